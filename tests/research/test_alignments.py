"""Who is aligned with whom, and the picture of it."""

import numpy as np
import pytest
import tiny
from matplotlib.figure import Figure
from typer.testing import CliRunner

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.explain import fonts
from research.alignments import __main__ as command
from research.alignments.figure import alignment, alignment_figure


@pytest.fixture(scope="module")
def encoder(tiny_model):
    return load_encoder(tiny_model, device="cpu")


def test_a_sentence_is_aligned_with_itself(encoder):
    rows, columns, plan, cost = alignment(encoder, encoder, *["the small cat runs"] * 2, plan="exact")
    assert rows == columns == ("<s>", "the", "small", "cat", "runs", "</s>")
    assert np.allclose(plan, np.eye(6) / 6, atol=1e-3) and cost == pytest.approx(0, abs=1e-3)


def test_the_plan_may_be_another(encoder):
    rows, columns, plan, _ = alignment(encoder, encoder, "the cat", "paka", plan="uniform")
    assert np.allclose(plan, 1 / (len(rows) * len(columns)))


def test_pieces_of_a_word_are_one_column(encoder):
    _, columns, plan, _ = alignment(encoder, encoder, "the cat", "mto pakarunsly")
    assert columns == ("<s>", "mto", "pakarunsly", "</s>")
    assert plan.sum() == pytest.approx(1) and plan.sum(0)[2] > 2 * plan.sum(0)[1]


def test_a_column_of_the_picture_is_a_token_of_the_student(encoder, tiny_model, tmp_path, monkeypatch):
    drawn, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *a, **kw: (drawn.append(self), save(self, *a, **kw))[1])
    pairs = [("the cat", "paka"), ("the long river", "mto mrefu")]
    path = alignment_figure(pairs, tmp_path / "new" / "a.png", model=tiny_model, teacher=str(tiny_model))
    assert path.read_bytes().startswith(b"\x89PNG") and [p.name for p in path.parent.iterdir()] == ["a.png"]
    first, second = drawn[0].axes
    assert [label.get_text() for label in second.get_xticklabels()] == ["<s>", "mto", "mrefu", "</s>"]
    assert [label.get_text() for label in first.get_yticklabels()] == ["<s>", "the", "cat", "</s>"]
    assert np.allclose(second.images[0].get_array().sum(0), 1)


def test_nothing_is_written_where_no_font_has_a_letter(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_installed", list)
    with pytest.raises(OpticalError, match="No installed font has 'द'"):
        alignment_figure([("the river", "नदी")], tmp_path / "a.png", model=tiny_model, teacher=str(tiny_model))
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_drawn_is_refused(encoder, tiny_model, tmp_path):
    with pytest.raises(OpticalError, match="1 to 8 pairs, and 0 are given"):
        alignment_figure([], tmp_path / "a.png", model=tiny_model, teacher=str(tiny_model))
    with pytest.raises(OpticalError, match="knows no part of"):
        alignment(encoder, encoder, "the cat", "")
    other = load_encoder(tiny.encoder(tmp_path / "wide", dim=32), device="cpu")
    with pytest.raises(OpticalError, match="have 32 numbers and the student's 16"):
        alignment(encoder, other, "the cat", "paka")


def test_the_command_reads_pairs_from_a_file(tiny_model, tmp_path):
    (tmp_path / "pairs.tsv").write_text("the cat\tpaka\nthe river\tmto\n", encoding="utf-8")
    arguments = ["--pairs", str(tmp_path / "pairs.tsv"), "--output", str(tmp_path / "a.png")]
    done = CliRunner().invoke(command.app, [*arguments, "--model", str(tiny_model)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a.png").is_file() and "written: " in done.output

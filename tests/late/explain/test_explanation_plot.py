"""The picture: MaxSim's choice beside the plan, in fonts that have the letters."""

import logging

import matplotlib
import numpy as np
import pytest
from matplotlib import font_manager

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.explain import fonts


def labels(ticks) -> list[str]:
    return [tick.get_text() for tick in ticks]


def numbers(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_rows_are_the_querys_words_and_columns_the_documents(reranker):
    explanation = reranker.explain("mto pakaruns", "the river runs", gloss="river")
    figure = explanation.plot()
    left, right = figure.axes
    expected = [word for part in explanation.parts for word in part.words.labels]
    assert labels(left.get_yticklabels()) == expected
    words = labels(left.get_xticklabels())
    assert words == labels(right.get_xticklabels()) and set(words) <= set(explanation.document.labels)
    assert set(explanation.frame["document_word"]) <= set(words)
    assert numbers(left) == [f"{value:.1f}" for value in explanation.frame["contribution"]]
    assert numbers(right) == ["query", "gloss", "query and gloss"]
    # A line is left free between wordings, and stands for no word.
    plan = right.images[0].get_array()
    assert plan.shape == (len(expected) + 2, len(words)) and np.ma.masked_invalid(plan).mask.all(1).sum() == 2


def test_a_number_stands_on_its_match(reranker):
    explanation = reranker.explain("mto cat", "a small dog near the cat")
    (left, _), (part,) = explanation.plot().axes, explanation.parts
    columns = labels(left.get_xticklabels())
    for text, row in zip(left.texts, explanation.frame.itertuples(), strict=True):
        x, y = text.get_position()
        assert (part.words.labels[int(y)], columns[int(x)]) == (row.query_word, row.document_word)
        assert left.images[0].get_array()[int(y), int(x)] == pytest.approx(row.cosine)


def test_some_wordings_and_few_words(reranker):
    explanation = reranker.explain(
        "mto mrefu near the cat", "a small dog near the cat by the river", gloss="long river"
    )
    left, _ = explanation.plot(("gloss",), most_words=2).axes
    assert labels(left.get_yticklabels()) == list(explanation.parts[1].words.labels)
    assert len(labels(left.get_xticklabels())) == 2
    with pytest.raises(OpticalError, match="no wording 'glos': choose of 'query', 'gloss'"):
        explanation.plot(("glos",))
    with pytest.raises(OpticalError, match="no match to draw"):
        reranker.explain("", "the cat").plot()


def test_a_document_from_right_to_left_is_read_that_way(reranker, monkeypatch):
    monkeypatch.setattr(fonts, "_letters", lambda path: frozenset(range(0x110000)))
    arabic, english = (reranker.explain("the cat", text).plot().axes[1] for text in ("قط cat نهر", "cat dog"))
    assert arabic.xaxis_inverted() and not english.xaxis_inverted()


def test_an_old_matplotlib_is_named(reranker, monkeypatch, caplog):
    monkeypatch.setattr(fonts, "_letters", lambda path: frozenset(range(0x110000)))
    monkeypatch.setattr(matplotlib, "__version_info__", (3, 10, 0))
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        reranker.explain("the cat", "the river").plot()
        assert not caplog.records
        reranker.explain("the cat", "बिल्ली").plot()
    assert "install 3.11 or later" in caplog.text


def test_usual_letters_need_no_other_font():
    assert len(fonts.families_for("Ọ̀yọ́ river река ποταμός")) == 1


def test_a_font_is_found_by_its_letters(monkeypatch):
    usual = font_manager.findfont(font_manager.FontProperties())
    mono, serif = (font_manager.findfont(f"DejaVu {name}") for name in ("Sans Mono", "Serif"))
    known = {usual: "abc", mono: "abcd", serif: "abcdef"}
    monkeypatch.setattr(fonts, "_installed", lambda: [mono, serif])
    monkeypatch.setattr(fonts, "_letters", lambda path: frozenset(map(ord, known[path])))
    assert fonts.families_for("a b c") == ["DejaVu Sans"]
    assert fonts.families_for("a d") == ["DejaVu Sans", "DejaVu Sans Mono"]
    assert fonts.families_for("a d f") == ["DejaVu Sans", "DejaVu Serif"]
    with pytest.raises(OpticalError, match=r"No installed font has 'ข' \(Thai\): install one, such as Noto Sans Thai"):
        fonts.families_for("a ข")


def test_a_damaged_font_has_no_letters(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert fonts._letters(str(tmp_path / "broken.ttf")) == frozenset()

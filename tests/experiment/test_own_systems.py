"""Rerankers by import path."""

import pytest

from pyterrier_optical import OpticalError, OpticalReranker
from pyterrier_optical.experiment.own_systems import own_systems


def test_a_transformer_or_what_makes_one(tmp_path, monkeypatch):
    lines = ["import pyterrier as pt", "nothing = pt.Transformer.identity()", "text = 'no'"]
    lines += ["def made():", "    return nothing % 3"]
    (tmp_path / "of_mine.py").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    found = own_systems(["one=of_mine:nothing", "two=of_mine:made", "ours=pyterrier_optical:OpticalReranker"])
    assert list(found) == ["one", "two", "ours"] and found["ours"] == OpticalReranker()
    with pytest.raises(OpticalError, match="of_mine:text is 'no': give a transformer"):
        own_systems(["three=of_mine:text"])


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (["mine"], "No system in 'mine': write name=package.module:attribute"),
        (["mine=module"], "write name=package.module:attribute"),
        (["mine=no.such.module:x"], "Cannot import x of no.such.module"),
        (["mine=pyterrier_optical:Nothing"], "Cannot import Nothing of pyterrier_optical"),
        (["a=pyterrier_optical:OpticalReranker"] * 2, "Two systems are called 'a'"),
    ],
)
def test_mistakes_are_named(entries, sentence):
    with pytest.raises(OpticalError, match=sentence):
        own_systems(entries)

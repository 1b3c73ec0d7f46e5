"""The defaults of OpticalTranslator: what each of them decides, on vectors and entries made by hand."""

from types import SimpleNamespace

import pytest
import torch

from pyterrier_optical.late.word_vectors import Word
from pyterrier_optical.translate import Lexicon, OpticalTranslator, nearest_terms


@pytest.fixture(autouse=True)
def no_model(monkeypatch):
    monkeypatch.setattr(nearest_terms, "_tables", {})
    monkeypatch.setattr(nearest_terms, "model_fingerprint", lambda model: "by hand")


def translator(cosines: dict[str, float], frequencies: dict[str, int] | None = None, **options) -> OpticalTranslator:
    """A translator whose terms have these cosines with any word."""

    def alone(terms) -> torch.Tensor:
        along = torch.tensor([cosines[term] for term in terms])
        return torch.stack([along, (1 - along**2).sqrt()], 1)

    def words(texts) -> tuple[list[list[Word]], torch.Tensor]:
        return [[Word(text, False, row)] for row, text in enumerate(texts)], torch.tensor([[1.0, 0.0]] * len(texts))

    made = OpticalTranslator(frequencies or list(cosines), **options)
    made._encoder = SimpleNamespace(model=None, alone=alone, words=words)
    return made


def terms_of(word: str, made: OpticalTranslator) -> dict[str, float]:
    ((_, terms),) = made.translate([word])[0]
    return terms


def test_the_nearest_terms_are_twenty_at_most():
    terms = terms_of("paka", translator({f"term{number}": 0.8 for number in range(41)}, method="nearest"))
    assert len(terms) == 20


def test_weights_are_the_softmax_of_ten_times_the_cosines_above_three_tenths():
    cosines = {"cat": 0.8, "kitten": 0.7, "lion": 0.4, "dog": 0.25}
    weights = torch.softmax(torch.tensor([8.0, 7.0, 4.0]), 0).tolist()
    terms = terms_of("paka", translator(cosines, method="nearest"))
    assert terms == pytest.approx(dict(zip(["cat", "kitten", "lion"], weights, strict=True)), abs=1e-3)


def test_a_term_in_more_than_a_fifth_of_the_documents_is_no_translation():
    frequencies = {"the": 100, "often": 21, "cat": 20}
    terms = terms_of("paka", translator(dict.fromkeys(frequencies, 0.8), frequencies, method="nearest"))
    assert terms == {"cat": 1.0}


def test_the_lexicon_has_half_of_the_weight():
    lexicon = Lexicon.from_entries({"sw": {"paka": (9, {"cat": 1.0})}})
    terms = terms_of("paka", translator({"cat": 0.0, "lion": 0.8}, lexicon=lexicon))
    assert terms == pytest.approx({"cat": 0.5, "lion": 0.5})


def test_the_twenty_thousand_most_frequent_terms_may_be_nearest():
    terms = {f"term{number}": 1 for number in range(20_000)} | {"frequent": 2}
    made = translator(dict.fromkeys(terms, 0.8), terms, method="nearest", max_df=1.0)
    assert len(made._nearest.table.terms) == 20_000 and made._nearest.table.terms[0] == "frequent"

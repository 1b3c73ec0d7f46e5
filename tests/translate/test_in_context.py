"""Among the terms that may translate a word, the one that the text means."""

import pandas as pd
import pytest
import tiny
import torch

from pyterrier_optical import Lexicon, OpticalTranslator
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.word_vectors import Word
from pyterrier_optical.translate.in_context import TermsInContext

DIRECTIONS = {"country": (1.0, 0.0), "soil": (0.0, 1.0), "noma": (0.6, 0.8), "waje": (0.8, 0.6), "ƙasar": (0.7, 0.7)}


class WordsInThePlane:
    """An encoder in which each word has one vector, and remembers what it was asked."""

    def __init__(self):
        self.texts, self.terms = [], []

    def words(self, texts):
        self.texts += texts
        found, vectors = [], []
        for text in texts:
            rows = [len(vectors) + i if word in DIRECTIONS else None for i, word in enumerate(text.split())]
            found.append([Word(word, False, row) for word, row in zip(text.split(), rows, strict=True)])
            vectors += [DIRECTIONS[word] for word in text.split() if word in DIRECTIONS]
        return found, torch.tensor(vectors).reshape(-1, 2)

    def alone(self, terms):
        self.terms += terms
        return torch.tensor([DIRECTIONS[term] for term in terms]).reshape(-1, 2)


def test_the_nearest_word_of_the_text_decides_between_likely_terms():
    choose = TermsInContext(WordsInThePlane())
    ƙasar = {"country": 0.6, "soil": 0.4, "noma": 0.1}
    # log .6 + 10 * .7 against log .4 + 10 * .8: the lexicon's odds are worth a difference of .04 in the cosine.
    assert choose(["ƙasar noma"], [[("ƙasar", ƙasar)]]) == [[("ƙasar", {"soil": 0.6})]]
    assert choose(["ƙasar waje"], [[("ƙasar", ƙasar)]]) == [[("ƙasar", {"country": 0.6})]]
    assert choose(["ƙasar"], [[("ƙasar", ƙasar)]]) == [[("ƙasar", {"country": 0.6})]]
    assert choose(["ƙasar noma"], [[("ƙasar", {"country": 0.6, "soil": 0.14})]])[0][0][1]["country"] == 0.6


@pytest.mark.parametrize(("soil", "meant"), [(0.73, "country"), (0.75, "soil")])
def test_a_cosine_counts_ten_times_beside_the_log_of_a_probability(soil, meant, monkeypatch):
    # log(.6 / .4) is .405, so that the second term needs a cosine that is .0405 higher.
    monkeypatch.setitem(DIRECTIONS, "karami", (0.7, soil))
    choices = {"country": 0.6, "soil": 0.4}
    assert TermsInContext(WordsInThePlane())(["karami"], [[("ƙasar", choices)]]) == [[("ƙasar", {meant: 0.6})]]


def test_only_texts_with_a_choice_are_encoded_and_each_term_once():
    encoder = WordsInThePlane()
    choose = TermsInContext(encoder)
    certain, doubtful = [("waje", {"country": 1.0}), ("a", {})], [("ƙasar", {"country": 0.5, "soil": 0.5})]
    assert choose(["waje a", ""], [certain, []]) == [certain, []] and encoder.texts == encoder.terms == []
    choose(["waje a", "ƙasar noma"], [certain, doubtful])
    choose(["ƙasar waje"], [doubtful])
    assert encoder.texts == ["ƙasar noma", "ƙasar waje"] and encoder.terms == ["country", "soil"]
    unknown = [("???", {"country": 0.5, "soil": 0.5})]
    assert choose(["???"], [unknown]) == [unknown], "no word of this text has a vector"


def test_a_mixture_chooses_by_its_model_and_a_lexicon_by_itself(tmp_path):
    folder = tiny.encoder(tmp_path / "tiny")
    model = load_encoder(folder, device="cpu")
    embeddings = model[0].auto_model.embeddings.word_embeddings.weight
    ids = model.tokenizer.convert_tokens_to_ids
    with torch.no_grad():
        embeddings[ids("▁mto")] = embeddings[ids("▁water")]
        embeddings[ids("▁bread")] = -embeddings[ids("▁water")]
    lexicon = Lexicon.from_entries({"sw": {"mto": (9, {"bread": 0.4, "water": 0.3, "dog": 0.2})}})
    terms = ["bread", "water", "dog"]
    assert OpticalTranslator(terms, method="lexicon", lexicon=lexicon).gloss(["mto"]) == ["bread"]
    mixture = OpticalTranslator(terms, model, lexicon=lexicon)
    assert mixture.gloss(["mto"]) == ["water"]
    frame = pd.DataFrame({"qid": ["1", "2"], "query": ["mto", "dog"]})
    assert mixture(frame)["query_gloss"].tolist() == ["water", ""]

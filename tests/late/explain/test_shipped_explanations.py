"""The model inside the package explains queries in four scripts over English texts."""

import os
import random

import pyterrier as pt
import pytest

from pyterrier_optical import OpticalReranker

QUERIES = {
    "hi": (
        "बारिश के बाद सड़क बंद",
        "After heavy rain the road to the market is closed.",
        {"बारिश": "rain", "सड़क": "road"},
    ),
    "th": ("ราคาน้ำผึ้ง", "The price of acacia honey has risen.", {"ราคา": "price"}),
    "am": ("ንጹህ የመጠጥ ውሃ", "The well gives clean drinking water.", {"ውሃ": "water"}),
    "ar": ("مياه الشرب النظيفة", "The well gives clean drinking water.", {"مياه": "water", "الشرب": "drinking"}),
}

PAIRS = int(os.environ.get("OPTICAL_EXPLAINED_PAIRS", "20"))


@pytest.fixture(scope="module")
def reranker(shipped_model):
    return OpticalReranker(device="cpu")


@pytest.mark.parametrize("lang", QUERIES)
def test_words_meet_their_translations(shipped_model, reranker, lang):
    query, text, translations = QUERIES[lang]
    frame = reranker.explain(query, text).frame
    own = frame[frame["wording"] == "query"].sort_values("contribution").set_index("query_word")["document_word"]
    assert set(own.index) <= set(query.split()) or lang == "th"
    assert {word: own[[word]].iloc[-1] for word in translations} == translations


def test_contributions_sum_to_the_score_on_random_pairs(shipped_model, reranker):
    dataset, numbers = pt.get_dataset("optical:sample/sw"), random.Random(11)
    texts = [document["text"] for document in dataset.get_corpus_iter(verbose=False)]
    topics = (pt.get_dataset(f"optical:sample/{lang}").get_topics()["query"] for lang in ("hi", "th", "mr", "so", "yo"))
    queries = [*(query for query, _, _ in QUERIES.values()), *(query for queries in topics for query in queries)]
    for _ in range(PAIRS):
        explanation = reranker.explain(numbers.choice(queries), numbers.choice(texts))
        assert explanation.frame["contribution"].sum() == pytest.approx(explanation.score, rel=1e-6)

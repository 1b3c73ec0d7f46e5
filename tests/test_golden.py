"""Golden values: glosses, terms and scores of 50 queries in five languages are what they were when recorded.

After a change that is meant to move them: ``python tests/test_golden.py``, and say why in CHANGELOG.md.
"""

import json
from pathlib import Path

import pytest

from pyterrier_optical import OpticalReranker, OpticalTranslator
from pyterrier_optical.datasets.sample import SampleCollection

LANGUAGES = ("hi", "so", "sw", "th", "yo")
QUERIES = DOCUMENTS = 10  # of each language
RECORDED = Path(__file__).with_name("golden.json")


def measured() -> dict[str, list]:
    """For each language: each query's gloss, its three heaviest terms, and the scores of ten documents."""
    values = {}
    for lang in LANGUAGES:
        sample = SampleCollection(f"sample/{lang}", lang)
        topics, documents = sample.topics.head(QUERIES), sample.documents.head(DOCUMENTS)
        words = sorted({word for text in documents["text"] for word in text.lower().split() if word.isalpha()})
        translated = OpticalTranslator(words)(topics[["qid", "query"]])
        run = OpticalReranker()(translated.merge(documents, how="cross"))
        values[lang] = [
            {
                "gloss": row.query_gloss,
                "terms": dict(sorted(row.query_toks.items(), key=lambda item: (-item[1], item[0]))[:3]),
                "scores": run[run["qid"] == row.qid].set_index("docno")["score"].round(7).to_dict(),
            }
            for row in translated.itertuples()
        ]
    return values


@pytest.fixture(scope="module")
def now(shipped_model) -> dict[str, list]:
    return measured()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_values_are_those_recorded(now, lang):
    then = json.loads(RECORDED.read_text(encoding="utf-8"))[lang]
    for new, old in zip(now[lang], then, strict=True):
        assert new["gloss"] == old["gloss"]
        # Vectors of terms are kept in half precision: a difference in the last bit may become one of 5e-4.
        assert new["terms"] == pytest.approx(old["terms"], abs=1e-4)
        # Float32: processors add up in another order. Scores reach 30; AVX-512 moved one by 1.15e-5.
        assert new["scores"] == pytest.approx(old["scores"], rel=5e-6, abs=1e-5)


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(measured(), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"Recorded in {RECORDED}")

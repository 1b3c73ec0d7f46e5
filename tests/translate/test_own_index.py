"""Translation to the terms of an index that a user already has."""

import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import OpticalError, OpticalTranslator
from pyterrier_optical.late.word_vectors import WordEncoder
from pyterrier_optical.translate import Lexicon

DOCS = [
    {"docno": "school", "text": "The schools of Nairobi teach generalizations."},
    {"docno": "river", "text": "Rivers run past the ponies."},
    {"docno": "computer", "text": "A computer computes in the school."},
    {"docno": "sky", "text": "Clouds in the skies."},
    {"docno": "bread", "text": "Bread and butter."},
    {"docno": "market", "text": "A market of lorries."},
]
WORDS = {
    "shule": (9, {"school": 0.5, "schools": 0.4, "the": 0.1}),
    "mito": (9, {"rivers": 0.9, "the": 0.1}),
    "anga": (9, {"skies": 1.0}),
    "kompyuta": (9, {"computing": 0.6, "laptop": 0.4}),
}
KINDS = ["terrier retriever", "terrier index", "terrier reference", "pisa retriever", "pisa index"]


@pytest.fixture(scope="module")
def own(tmp_path_factory, request):
    """Makes an index of some kind and stemmer, and gives it with a retriever for it."""
    made = {}

    def make(kind: str, stems: bool):
        if (kind, stems) not in made:
            engine, what = kind.split()
            folder = str(tmp_path_factory.mktemp("own") / "index")
            if engine == "terrier":
                request.getfixturevalue("java")
            made[kind, stems] = (_terrier if engine == "terrier" else _pisa)(folder, what, stems)
        return made[kind, stems]

    return make


def _terrier(folder: str, what: str, stems: bool):
    options = {} if stems else {"stemmer": "none", "stopwords": "none"}
    reference = pt.terrier.IterDictIndexer(folder, **options).index(DOCS)
    retriever = pt.terrier.Retriever(reference, wmodel="BM25")
    return {"retriever": retriever, "index": pt.terrier.TerrierIndex(folder), "reference": reference}[what], retriever


def _pisa(folder: str, what: str, stems: bool):
    pisa = pytest.importorskip("pyterrier_pisa")
    index = pisa.PisaIndex(folder, stemmer="porter2" if stems else "none", stops="none")
    index.index(DOCS)
    retriever = index.bm25(query_weighted=True)
    return {"retriever": retriever, "index": index}[what], retriever


def translator(terms, **options) -> OpticalTranslator:
    lexicon = Lexicon.from_entries({"sw": WORDS, "en": {"school": (5, {}), "market": (5, {})}})
    return OpticalTranslator(terms, method="lexicon", lexicon=lexicon, max_df=0.5, **options)


def toks(terms, query: str) -> dict[str, float]:
    return translator(terms)(pd.DataFrame({"qid": ["1"], "query": [query]}))["query_toks"][0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_of_stems_is_asked_for_whole_words_once(own, kind):
    index, retriever = own(kind, stems=True)
    assert toks(index, "shule") == pytest.approx({"school": 1.0}, abs=0.3)
    assert list(toks(index, "anga")) == ["skies"] and list(toks(index, "mito")) == ["rivers"]
    # The index has no word 'computing', and its stem; it has no 'laptop' in any form.
    assert list(toks(index, "kompyuta")) == ["computing"]
    assert toks(index, "Nairobi market") == {"nairobi": 1.0, "market": 1.0}
    found = (translator(index) >> retriever)(pd.DataFrame({"qid": list("abc"), "query": ["anga", "kompyuta", "shule"]}))
    best = found[found["rank"] == found["rank"].min()]
    assert best["docno"].tolist()[:2] == ["sky", "computer"]
    assert set(found[found.qid == "c"]["docno"]) == {"school", "computer"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_of_words_is_asked_for_those_that_it_has(own, kind):
    index, retriever = own(kind, stems=False)
    assert set(toks(index, "shule")) == {"school", "schools"}
    assert toks(index, "kompyuta") == {}
    found = (translator(index) >> retriever).search("shule mito")
    assert set(found["docno"]) == {"school", "computer", "river"}


@pytest.mark.parametrize("kind", ["terrier retriever", "pisa retriever"])
def test_the_retriever_that_follows_gives_its_terms(own, kind):
    retriever, _ = own(kind, stems=True)
    pipeline = translator(None) >> retriever % 3
    assert pipeline[0].terms == retriever and pipeline.search("anga")["docno"].tolist() == ["sky"]


def test_a_gloss_is_in_whole_words(own):
    index, _ = own("pisa index", stems=True)
    assert translator(index).glosses(["anga mito"]) == ["skies rivers"]


def test_an_index_that_cannot_be_read_is_named(tmp_path):
    pisa = pytest.importorskip("pyterrier_pisa")
    with pytest.raises(OpticalError, match=r"The terms of PisaIndex\(.*\) cannot be read \(FileNotFoundError"):
        toks(pisa.PisaIndex(str(tmp_path / "nowhere")), "shule")


def test_vectors_of_its_terms_are_kept_in_pyterriers_home(own, tmp_path, monkeypatch):
    from pyterrier_optical.translate import nearest_terms

    index, _ = own("pisa index", stems=True)
    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(nearest_terms, "_tables", {})
    lexicon = Lexicon.from_entries({"sw": WORDS})
    options = {"lexicon": lexicon, "max_df": 0.5, "threshold": -1, "device": "cpu"}
    model = tiny.encoder(tmp_path / "model")
    expected = OpticalTranslator(index, model, **options).translate(["mto"])
    assert len(list((tmp_path / "home" / "optical" / "term-vectors").glob("*.safetensors"))) == 1
    monkeypatch.setattr(nearest_terms, "_tables", {})
    monkeypatch.setattr(WordEncoder, "alone", None)
    assert OpticalTranslator(index, model, **options).translate(["mto"]) == expected

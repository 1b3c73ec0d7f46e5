"""Which languages documents are in."""

import pyterrier as pt

from pyterrier_optical.tokenise import words
from pyterrier_optical.translate import Lexicon
from pyterrier_optical.translate.document_languages import document_languages
from pyterrier_optical.translate.index_terms import IndexTerms
from pyterrier_optical.translate.word_terms import WordTranslator

LEXICON = Lexicon.from_entries(
    {
        "hi": {"पानी": (9, {"water": 1.0}), "घर": (8, {"house": 1.0})},
        "de": {"die": (9, {"the": 1.0}), "haus": (5, {"house": 1.0})},
        "en": {"die": (3, {}), "the": (9, {})},
    }
)


def test_documents_are_in_the_languages_whose_words_they_have():
    assert document_languages(IndexTerms({"पानी": 40, "घर": 30, "water": 1}, num_docs=100), LEXICON) == {"hi"}
    assert document_languages(IndexTerms({"the": 90, "die": 30, "haus": 1}, num_docs=100), LEXICON) == frozenset()
    assert document_languages(IndexTerms({"haus": 20, "पानी": 20}, num_docs=100), LEXICON) == {"de", "hi"}


def test_without_frequencies_half_of_the_words_must_be_there():
    assert document_languages(IndexTerms({"पानी": 0, "water": 0}), LEXICON) == {"hi"}
    assert document_languages(IndexTerms({"water": 0}), LEXICON) == frozenset()


def test_english_documents_are_in_no_other_language():
    sample = pt.get_dataset("optical:sample/sw").get_corpus_iter(verbose=False)
    documents = [set(words(document["text"])) for document in sample]
    frequencies = {term: sum(term in document for document in documents) for term in set().union(*documents)}
    assert document_languages(IndexTerms(frequencies, len(documents)), Lexicon.load()) == frozenset()


def test_queries_in_the_language_of_the_documents_stay_as_they_are():
    index = IndexTerms({"पानी": 40, "घर": 30, "water": 1, "house": 1}, num_docs=100)
    translate = WordTranslator(index, index.translating(1.0), None, LEXICON).translate
    assert translate(["पानी घर"])[0] == [("पानी", {"पानी": 1.0}), ("घर", {"घर": 1.0})]
    assert dict(translate(["haus"])[0]) == {"haus": {"house": 1.0}}

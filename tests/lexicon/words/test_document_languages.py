"""Which languages documents are in."""

import pyterrier as pt

from pyterrier_optical.lexicon.table import load_lexicon
from pyterrier_optical.lexicon.words.document_languages import document_languages
from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.word_terms import WordTranslator
from pyterrier_optical.script.tokenise import words
from pyterrier_optical.translate import Lexicon

HINDI = {"पानी": (900, {"water": 1.0}), "घर": (800, {"house": 1.0})}
GERMAN = {"die": (900, {"the": 1.0}), "haus": (500, {"house": 1.0})}
LEXICON = Lexicon.from_entries({"hi": HINDI, "de": GERMAN, "en": {"die": (3, {}), "the": (9, {})}})


def test_documents_are_in_the_languages_whose_words_they_have():
    assert document_languages(IndexTerms({"पानी": 70, "घर": 40, "water": 1}, num_docs=100), LEXICON) == {"hi"}
    assert document_languages(IndexTerms({"the": 90, "die": 90, "haus": 1}, num_docs=100), LEXICON) == frozenset()
    assert document_languages(IndexTerms({"haus": 100, "पानी": 100}, num_docs=100), LEXICON) == {"de", "hi"}


def test_few_words_of_a_language_do_not_tell():
    index = IndexTerms({"film": 1, "da": 1}, num_docs=10)
    small = {"ha": {"da": (900, {"and": 1.0}), "film": (7, {"film": 1.0})}}
    assert document_languages(index, Lexicon.from_entries({**small, "en": {}})) == frozenset()
    assert document_languages(IndexTerms({"da": 10}, num_docs=10), Lexicon.from_entries(small)) == frozenset()


def test_without_frequencies_half_of_the_words_must_be_there():
    many = Lexicon.from_entries({"hi": {f"शब्द{number}": (9, {}) for number in range(60)}, "en": {}})
    assert document_languages(IndexTerms({f"शब्द{number}": 0 for number in range(25)}), many) == {"hi"}
    assert document_languages(IndexTerms({f"शब्द{number}": 0 for number in range(24)}), many) == frozenset()


def test_english_documents_are_in_no_other_language():
    sample = pt.get_dataset("optical:sample/sw").get_corpus_iter(verbose=False)
    documents = [set(words(document["text"])) for document in sample]
    frequencies = {term: sum(term in document for document in documents) for term in set().union(*documents)}
    assert document_languages(IndexTerms(frequencies, len(documents)), load_lexicon(None)) == frozenset()


def test_queries_in_the_language_of_the_documents_stay_as_they_are():
    index = IndexTerms({"पानी": 70, "घर": 40, "water": 1, "house": 1}, num_docs=100)
    translate = WordTranslator(index, index.translating(1.0), None, LEXICON).translate
    assert translate(["पानी घर"])[0] == [("पानी", {"पानी": 1.0}), ("घर", {"घर": 1.0})]
    assert dict(translate(["haus"])[0]) == {"haus": {"house": 1.0}}
    english = IndexTerms({"पानी": 1, "water": 1}, num_docs=100)
    elsewhere = WordTranslator(english, english.translating(1.0), None, LEXICON).translate
    assert set(dict(elsewhere(["पानी"])[0])["पानी"]) == {"water"}, "one document that quotes Hindi"


def test_the_two_thousand_most_frequent_english_words_do_not_tell():
    english = {f"word{rank}": (9000 - rank, {}) for rank in range(3000)}

    def found(rank: int) -> frozenset[str]:
        lexicon = Lexicon.from_entries({"de": {f"word{i}": (9, {}) for i in range(rank, rank + 50)}, "en": english})
        return document_languages(IndexTerms({f"word{i}": 9 for i in range(3000)}, num_docs=10), lexicon)

    assert found(1950) == frozenset() and found(2000) == {"de"}

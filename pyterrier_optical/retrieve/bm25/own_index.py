"""Indexes of Terrier or PISA that a user already has: their terms, and what they make of a word."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyterrier as pt

from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.errors import OpticalError


@dataclass(frozen=True)
class OwnIndex:
    """What an index has, and how it stems.

    Attributes:
        frequencies: The number of documents that each term is in.
        num_docs: Number of documents.
        term_of: The term that a word is looked up by when a query is searched: its stem, or None for a stopword. None:
            words are looked up as they are.
    """

    frequencies: Mapping[str, int]
    num_docs: int
    term_of: Callable[[str], str | None] | None


def is_own_index(value) -> bool:
    """Whether a value is a retriever or an index of Terrier (an ``IndexRef`` too) or of PISA."""
    return _is_terrier(value) or _is_pisa(value)


def read_own_index(value) -> OwnIndex:
    """Reads the terms of an index.

    Args:
        value: For which :func:`is_own_index` is true.

    Raises:
        OpticalError: It cannot be read.
    """
    try:
        return _read_pisa(value) if _is_pisa(value) else _read_terrier(value)
    except OpticalError:
        raise
    except Exception as error:  # Java and PyTerrier raise all kinds
        reason = str(error).splitlines()[0][:200] if str(error) else ""
        raise OpticalError(
            f"The terms of {value!r:.100} cannot be read ({type(error).__name__}: {reason}): give an index that can be "
            "searched."
        ) from error


class WholeWords(Mapping[str, int]):
    """The document frequencies of words, of which an index has the stems.

    Any word can be looked up, and has the frequency of its stem. Those that are listed are the given words, and the
    terms of the index that are their own stems, names for example.

    Args:
        index: The index; its ``term_of`` is not None.
        words: Words of the documents' language; those without a term are left out.

    Example:
        >>> index = OwnIndex({"river": 3, "comput": 2}, 9, lambda word: {"rivers": "river"}.get(word, word[:6]))
        >>> words = WholeWords(index, ["rivers", "computing", "the"])
        >>> dict(words), words["computer"]
        ({'rivers': 3, 'computing': 2, 'river': 3, 'comput': 2}, 2)
    """

    def __init__(self, index: OwnIndex, words: Iterable[str]):
        assert index.term_of is not None  # noqa: S101 - the caller's promise
        self._index, self._term_of = index, index.term_of
        self._listed = {word: index.frequencies[term] for word in words if (term := self._term(word)) is not None}
        for term, frequency in index.frequencies.items():
            if self._term_of(term) == term:
                self._listed.setdefault(term, frequency)

    def __getitem__(self, word: str) -> int:
        if word in self._listed:
            return self._listed[word]
        term = self._term(word)
        if term is None:
            raise KeyError(word)
        return self._index.frequencies[term]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def _term(self, word: str) -> str | None:
        term = self._term_of(word)
        return term if term in self._index.frequencies else None


def _is_terrier(value) -> bool:
    # Its classes can be named only once Java has started; a retriever exists only then.
    is_java = type(value).__module__ == "jnius.reflect" and "org.terrier" in type(value).__name__
    return hasattr(value, "indexref") or is_java or isinstance(value, pt.terrier.TerrierIndex)


def _is_pisa(value) -> bool:
    return type(value).__module__.split(".")[0] == "pyterrier_pisa" and hasattr(_pisa_index(value), "stemmer")


def _pisa_index(value):
    # An index has a method called index, and a stemmer; a retriever has an index.
    return value if hasattr(value, "stemmer") else getattr(value, "index", None)


def _read_terrier(value) -> OwnIndex:
    index = pt.terrier.TerrierIndex.coerce(getattr(value, "indexref", value)).index_obj()
    lexicon = index.getLexicon()
    frequencies = {}
    entries = lexicon.iterator()
    while entries.hasNext():
        entry = entries.next()
        frequencies[str(entry.getKey())] = entry.getValue().getDocumentFrequency()
    return OwnIndex(frequencies, index.getCollectionStatistics().getNumberOfDocuments(), _terrier_stemmer(index))


def _terrier_stemmer(index) -> Callable[[str], str | None] | None:
    """The pipeline that Terrier puts the words of queries through: the one that the index was built with."""
    properties = pt.java.cast("org.terrier.structures.PropertiesIndex", index)
    default = pt.terrier.J.ApplicationSetup.getProperty("termpipelines", "")
    names = [name for name in properties.getIndexProperty("termpipelines", default).split(",") if name]
    if not names:
        return None
    stage = pt.java.autoclass("org.terrier.terms.BaseTermPipelineAccessor")
    stages = [stage(name) for name in names]

    @lru_cache(maxsize=1 << 18)
    def term_of(word: str) -> str | None:
        with LOADING:  # a stemmer of Terrier keeps the word that it is at
            term: str | None = word
            for one in stages:
                term = one.pipelineTerm(term) if term else None
        return term

    return term_of


def _read_pisa(value) -> OwnIndex:
    from pyterrier_pisa import PisaStemmer

    index = _pisa_index(value)
    folder = Path(index.path)
    terms = (folder / "fwd.terms").read_text(encoding="utf-8").split("\n")[:-1]
    # Uncompressed: [1, num_docs] and then, for each term, the number of its documents and these.
    documents = np.fromfile(folder / "inv.docs", np.uint32)
    frequencies, place = {}, 2
    for term in terms:
        frequencies[term] = int(documents[place])
        place += 1 + frequencies[term]

    @lru_cache(maxsize=1 << 18)
    def term_of(word: str) -> str | None:
        tokens = index.tokenize(word)
        return tokens[0] if len(tokens) == 1 else None

    stems = PisaStemmer(index.stemmer) != PisaStemmer.none
    return OwnIndex(frequencies, int(documents[1]), term_of if stems else None)

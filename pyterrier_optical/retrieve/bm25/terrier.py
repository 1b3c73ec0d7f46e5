"""BM25 by Terrier, fed with our own words."""

import base64
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock

import numpy as np
import pyterrier as pt

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.retrieve.bm25.spool import Batch
from pyterrier_optical.script.tokenise import MAX_WORD_LENGTH

# A term in half of the documents or more has no positive BM25 idf in Terrier: it would push relevant documents down.
# As in PISA it is given next to no weight instead, through a model whose idf is never negative.
_COMMON_WEIGHT = 1e-5
_COMMON_MODEL = ":wmodel=TF_IDF"

# Terrier sets three bytes aside for each of so many characters; letters outside the basic plane take four.
_TERM_CHARACTERS = (4 * MAX_WORD_LENGTH + 5) // 3

# Threads read at each other's places in the files of an index, and at each other's words in its pipeline, even where
# Terrier is told of them.
_SEARCHING = Lock()

_failure: str | None = None
_forked = False
_links: list[TemporaryDirectory] = []


def why_not() -> str | None:
    """Why Terrier cannot be used here, or None when it can; starts the Java machine.

    The first start ever fetches Terrier's jar files (100 MB).
    """
    global _failure
    if _forked:
        return "this process was forked after Java had started, which does not survive that: fork before the first use"
    if _failure:
        return _failure
    if pt.java.started():
        return _wrong_encoding()
    if not (shutil.which("java") or os.environ.get("JAVA_HOME") or pt.java.configure["java_home"]):
        _failure = "no Java was found"
        return _failure
    try:
        # Before Java 18 this depends on the locale, and Terrier would write a question mark for every letter.
        pt.java.add_option("-Dfile.encoding=UTF-8")
        with ExitStack() as streams:
            # PyTerrier says that Java has started, also where there is nothing to say it to.
            nowhere = streams.enter_context(open(os.devnull, "w"))
            for stream, redirect in ((sys.stdout, redirect_stdout), (sys.stderr, redirect_stderr)):
                if stream is None:
                    streams.enter_context(redirect(nowhere))
            pt.java.init()
    except (
        Exception
    ) as error:  # pyjnius, the resolver of the jars and PyTerrier raise all kinds, bare Exception among them
        _failure = f"Java or Terrier did not start ({type(error).__name__}: {str(error).splitlines()[0]:.100})"
    return _failure or _wrong_encoding()


def _note_fork() -> None:
    global _forked
    _forked = _forked or pt.java.started()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_note_fork)


def _wrong_encoding() -> str | None:
    charset = pt.java.autoclass("java.nio.charset.Charset").defaultCharset().name()
    if charset == "UTF-8":
        return None
    return f"Java was started for texts in {charset} (its option -Dfile.encoding=UTF-8 was not set)"


def build(
    folder: Path,
    batches: Iterable[Batch],
    terms: Mapping[str, int],
    num_docs: int,
    docno_bytes: int,
    k1: float,
    b: float,
) -> None:
    """Writes a Terrier index into an empty folder.

    Args:
        folder: Where to.
        batches: The documents.
        terms: Document frequency of each term, in order of their numbers.
        num_docs: Number of documents.
        docno_bytes: Length of the longest docno in UTF-8; Terrier crops longer ones.
        k1: Of no interest here, as ``b``: a Terrier index is the same for all.
        b: See ``k1``.

    Raises:
        OpticalError: Terrier did not write all of it, for want of room for example.
    """
    indexer = pt.terrier.IterDictIndexer(
        _java_path(folder),
        meta={"docno": docno_bytes},
        meta_reverse=[],
        # Not pretokenised: PyTerrier hands a dictionary to Java in pure Python, word by word.
        tokeniser=pt.TerrierTokeniser.whitespace,
        stemmer=None,
        stopwords=None,
        properties={"max.term.length": str(_TERM_CHARACTERS)},
    )
    words, interrupted = list(terms), Event()
    documents = (document for batch in batches for document in batch.texts(words))
    going_on = takewhile(lambda _: not interrupted.is_set(), documents)
    stream = ({"docno": docno, "text": text} for docno, text in going_on)
    # A signal waits until Java returns, unless it is another thread that called Java.
    with ThreadPoolExecutor(1) as pool:
        try:
            pool.submit(indexer.index, stream).result()
        except BaseException:
            interrupted.set()
            raise
    # Of files that it could not write it says so in its log alone.
    written: tuple | str
    try:
        index = pt.terrier.J.IndexFactory.of(_index_ref(folder))
        statistics = index.getCollectionStatistics()
        written = statistics.getNumberOfDocuments(), statistics.getNumberOfUniqueTerms()
        index.close()
    except Exception as error:  # Java's, or that there is no index
        written = type(error).__name__
    if written != (num_docs, len(terms)):
        raise OpticalError(
            f"Terrier could not write the index in '{folder}' ({written} instead of {(num_docs, len(terms))} documents "
            "and terms): see that the disk is not full and build the index again."
        )


def _java_path(folder: Path) -> str:
    """The absolute path of a folder (Terrier takes a relative one for one inside its own folder), fit for Java.

    Java can only open paths that the locale can write; for others it is given a link in plain letters.
    """
    path = str(folder.absolute())
    encoding = str(pt.java.autoclass("java.lang.System").getProperty("sun.jnu.encoding"))
    if path.isascii() or encoding.upper() == "UTF-8":
        return path
    _links.append(TemporaryDirectory(prefix="optical-bm25-", ignore_cleanup_errors=True))
    link = Path(_links[-1].name, "index")
    link.symlink_to(path)
    return str(link)


def _index_ref(folder: Path):
    # Not TerrierIndex(folder), which follows links.
    return pt.terrier.J.IndexRef.of(f"{_java_path(folder)}/data.properties")


class Searcher:
    """Queries a Terrier index, which stays open; threads may share it.

    Args:
        folder: The index.
        terms: Document frequency of each of its terms.
        num_docs: Number of its documents.
        k1: BM25's saturation of term frequencies.
        b: BM25's length normalisation.
    """

    def __init__(self, folder: Path, terms: Mapping[str, int], num_docs: int, k1: float, b: float):
        self.terms, self.num_docs = terms, num_docs
        # A huge k_3 makes scores linear in query weights, as in PISA; Terrier's 8 saturates them.
        controls = {"bm25.k_1": str(k1), "bm25.b": str(b), "bm25.k_3": "1e9"}
        # Java is not running yet in a process that was handed an index.
        if reason := why_not():
            raise OpticalError(f"The index at '{folder}' is one of Terrier, which cannot be used, as {reason}.")
        self._retriever = pt.terrier.Retriever(_index_ref(folder), wmodel="BM25", controls=controls)

    def search(self, queries: list[dict[str, float]], num_results: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ranks documents for weighted queries.

        Args:
            queries: Non-empty; every term is in the index and every weight positive.
            num_results: Most documents for one query.

        Returns:
            The position of each result's query, ascending, its docno and its score, in rank order.
        """
        if _forked:
            raise OpticalError(f"Terrier cannot be used, as {why_not()}.")
        queries = [{term: self._discounted(term, weight) for term, weight in query.items()} for query in queries]
        rankings: list[tuple[list[float], list[str]]] = []
        for weights in queries:
            with _SEARCHING:
                scores, docnos = self._rank(self._matching_operators(weights), num_results)
            # Terrier divides the weights of a query by the largest one.
            rankings.append((np.multiply(scores, max(weights.values())), docnos))
        numbers = np.repeat(np.arange(len(queries)), [len(docnos) for _, docnos in rankings])
        names = np.array([docno for _, docnos in rankings for docno in docnos], object)
        return numbers, names, np.concatenate([scores for scores, _ in rankings])

    def _rank(self, operators: str, num_results: int) -> tuple[list[float], list[str]]:
        # Not Retriever.transform: it asks Java for each result by itself, which takes most of the time.
        request = self._retriever.manager.newSearchRequest("query", operators)
        parsing = {"terrierql": "off", "parsecontrols": "off", "parseql": "off", "matchopql": "on"}
        controls = {**self._retriever.controls, **parsing, "decorate": "docno", "end": str(num_results - 1)}
        for name, value in controls.items():
            request.setControl(name, str(value))
        self._retriever.manager.runSearchRequest(request)
        found = pt.java.cast("org.terrier.querying.Request", request).getResultSet()
        size = found.getResultSize()
        return (found.getScores()[:size], found.getMetaItems("docno")[:size]) if size else ([], [])

    def _is_common(self, term: str) -> bool:
        return 2 * self.terms[term] >= self.num_docs

    def _discounted(self, term: str, weight: float) -> float:
        return weight * _COMMON_WEIGHT if self._is_common(term) else weight

    def _matching_operators(self, weights: dict[str, float]) -> str:
        # PyTerrier's own translation of query_toks knows one weighting model for all terms, and few decimals.
        largest = max(weights.values())
        return " ".join(self._operator(term, weight / largest) for term, weight in weights.items())

    def _operator(self, term: str, weight: float) -> str:
        encoded = base64.b64encode(term.encode()).decode()
        model = _COMMON_MODEL if self._is_common(term) else ""
        return f"#combine:0={weight:.15f}{model}(#base64({encoded}))"

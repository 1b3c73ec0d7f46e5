"""OpticalRetriever: late interaction as a first stage, as a PyTerrier transformer."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any

from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.index.settings import EncodingSettings, check_precision
from pyterrier_optical.late.limits import check_encoding_arguments
from pyterrier_optical.retrieve.bm25.corpus import Corpus
from pyterrier_optical.retrieve.dense.token_retriever import TokenRetriever


@dataclass
class _Loaded:
    """What a retriever and its copies with another cutoff have in common once the first of them was used."""

    encoders: tuple | None = None
    tokens: object = None
    begun: bool = False


@dataclass(eq=False, repr=False)
class OpticalRetriever(TokenRetriever):
    """Retrieves by MaxSim between the token vectors of a query and those of every document of a corpus.

    The documents are encoded once, when the first query arrives, and their vectors are kept in memory. Up to
    ``exact_limit`` documents the ranking is exact: every query meets every document. In larger corpora each query meets
    the ``candidates`` documents whose mean vectors are nearest to its own, and these are ranked exactly.

    `OpticalIndex` keeps the vectors on disk instead.

    Scores are those of `OpticalReranker` with the same models, up to the precision of the stored vectors. Documents of
    equal score stand in corpus order. A query without a token that the model knows has no results, and a document
    without one is never found.

    Args:
        corpus: a PyTerrier or ir_datasets dataset, the name of one, a data frame with ``docno`` and ``text``, an
            iterable of such dicts (read once), or a function that returns one; as for `bm25`.
        model: None for the model inside the package, a local checkpoint folder, a hub id, or a loaded
            ``MultiVectorEncoder``.
        fields: fields that make up a document's text; None: ``title`` and ``text``, where they exist.
        num_results: most documents for one query.
        exact_limit: the largest number of documents that each query meets all of.
        candidates: documents that a query meets in larger corpora, and so can find at most.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16", "bfloat16" or, on the CPU, "int8" of the model; None is float32 on the CPU, the
            stored precision elsewhere.
        precision: "float16", "float32" or "int8" (one scale a vector) of the stored vectors.
        max_query_tokens: a query's tokens, markers included, at most what the model takes; None for its own limit.
        max_document_tokens: a document's tokens, likewise.
        truncation: what to do with a text over its limit: "warn" cuts it and logs how many were cut, "error" raises
            and names the ``qid`` or ``docno``, "passages" splits a document into overlapping passages and takes the
            best one (queries are cut, with the warning).
        normalize: divide each score by the number of query tokens (with a gloss, by the sum of all tokens' weights), so
            that scores of long and short queries can be compared; -1 is then the score of an empty text.
        verbose: show progress bars at once; otherwise one appears for work that takes over two seconds.
        document_model: a second model for the documents, as for `OpticalReranker`.
        gloss: the share of a query's gloss in the score, as for `OpticalReranker`.
        lexicon: where glosses come from, as for `OpticalReranker`.

    Raises:
        OpticalError: an argument is out of its range, or no documents can be read from ``corpus``.

    Example:
        >>> docs = [{"docno": "d1", "text": "Millet porridge"}, {"docno": "d2", "text": "A river in flood"}]
        >>> OpticalRetriever(docs).search("mto umefurika")["docno"].tolist()   # doctest: +SKIP
        ['d2', 'd1']
    """

    corpus: Any
    model: Any = None
    _: KW_ONLY
    fields: str | Iterable[str] | None = None
    batch_size: int | None = None
    device: str | None = None
    dtype: str | None = None
    precision: str = "float16"
    max_document_tokens: int | None = None
    truncation: str = "warn"
    document_model: Any = None

    def __post_init__(self) -> None:
        self.fields = Corpus(self.corpus, self.fields).fields
        super().__post_init__()
        check_encoding_arguments(self)
        check_precision(self.precision)
        self._loaded = _Loaded()

    @property
    def tokens(self):
        """The `TokenIndex` of the corpus; asking for it encodes the documents if no query has done so."""
        with LOADING:
            if self._loaded.tokens is None:
                self._loaded.tokens = self._encode_corpus()
            return self._loaded.tokens

    def _encode_corpus(self):
        from pyterrier_optical.late.index.in_memory import encode_corpus

        encoder, corpus = self.encoders[1], Corpus(self.corpus, self.fields)
        if self._loaded.begun and not corpus.repeatable:
            raise OpticalError(
                "Reading the documents was broken off before and their generator cannot be read again: give a list, "
                "a data frame, or a function that returns a generator."
            )
        self._loaded.begun = True
        settings = EncodingSettings(self.precision, self.max_document_tokens, self.truncation)
        return encode_corpus(corpus, encoder, settings, verbose=self.verbose)

    def fuse_rank_cutoff(self, k: int) -> "OpticalRetriever":
        """The same retriever with at most ``k`` results; PyTerrier asks for it to compile ``retriever % k``."""
        fewer = super().fuse_rank_cutoff(k)
        fewer._loaded = self._loaded
        return fewer

    @property
    def encoders(self):
        """The query encoder and the document encoder, twice the same where they share a model; loaded once, when used.

        Raises:
            OpticalError: a model cannot be loaded.
        """
        with LOADING:
            if self._loaded.encoders is None:
                from pyterrier_optical.late.encoder import load_encoders

                self._loaded.encoders = load_encoders(self, verbose=False)
            return self._loaded.encoders

    def __getstate__(self) -> dict:
        """Without models and vectors: a worker process loads and encodes for itself."""
        return {**self.__dict__, "_loaded": _Loaded()}

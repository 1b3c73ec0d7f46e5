"""Result frames in, scored result frames out: what every reranker of this package does the same way."""

import inspect
import logging
import os

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.errors import OpticalError

logger = logging.getLogger("pyterrier_optical")

DOCUMENTATION = "https://pyterrier.readthedocs.io/en/latest/ext/pyterrier-optical/index.html"

# Document vectors alive at a time: 200,000 vectors of width 384 are 300 MB.
BLOCK_TOKENS = 200_000


class TextReranker(pt.Transformer):
    """Scores the text of each row against the query of that row.

    A subclass keeps every argument of its ``__init__`` under the argument's name and says in `_load_encoders` what
    encodes queries and what encodes documents.

    Each distinct query text and document text is encoded once per call. Queries are held whole; documents pass through
    in blocks of at most `BLOCK_TOKENS` tokens, each scored and dropped before the next: memory does not grow with the
    number of documents.
    """

    model = None
    text_field = "text"
    query_field = "query"
    batch_size = None
    device = None
    dtype = None
    max_query_tokens = None
    max_document_tokens = None
    truncation = "warn"
    normalize = False
    verbose = False

    _encoders = None

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Score and rank.

        Args:
            inp: columns ``qid``, ``docno``, the query field and the text field; others are passed through.

        Returns:
            The rows and columns of ``inp`` with ``score`` (float64, always finite) and ``rank`` (0 is the best, per
            ``qid``), both replaced where they existed.

        Raises:
            pt.validate.InputValidationError: a column is missing.
            OpticalError: the model cannot be loaded; with ``truncation="error"``, a text is too long.
        """
        pt.validate.result_frame(inp, extra_columns=[self.query_field, self.text_field], context=self)
        scores = self._scores(inp) if len(inp) else np.zeros(0)
        return pt.model.add_ranks(inp.assign(score=scores))

    def _load_encoders(self):
        """The query encoder and the document encoder, two `TokenEncoder` or twice the same."""
        raise NotImplementedError

    def _check_arguments(self) -> None:
        from pyterrier_optical.checkpoints import check_dtype

        check_dtype(self.dtype)
        if self.truncation not in ("warn", "error", "passages"):
            raise OpticalError(f"Unknown truncation {self.truncation!r}: choose 'warn', 'error' or 'passages'.")
        for name in ("batch_size", "max_query_tokens", "max_document_tokens"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int) and value > 0):
                raise OpticalError(f"{name} is {value!r}: give a positive whole number.")

    def _scores(self, inp: pd.DataFrame) -> np.ndarray:
        from pyterrier_optical.scoring import score_pairs

        if self._encoders is None:
            self._encoders = self._load_encoders()
        query_encoder, document_encoder = self._encoders
        query_index, queries = _distinct(inp[self.query_field])
        document_index, documents = _distinct(inp[self.text_field])
        query_sizes = query_encoder.lengths(queries, "query")
        document_sizes = document_encoder.lengths(documents, "document")
        query_limit = query_encoder.limit("query", self.max_query_tokens)
        document_limit = document_encoder.limit("document", self.max_document_tokens)
        long_queries = np.flatnonzero(np.array(query_sizes) > query_limit)
        long_documents = np.flatnonzero(np.array(document_sizes) > document_limit)
        if self.truncation == "error":
            self._refuse(inp["qid"], "query", query_index, long_queries, query_sizes, query_limit)
            self._refuse(inp["docno"], "document", document_index, long_documents, document_sizes, document_limit)
        else:
            cut_documents = [] if self.truncation == "passages" else long_documents
            _warn(len(long_queries), query_limit, len(cut_documents), document_limit)
        return score_pairs(
            query_encoder.queries(queries, self.max_query_tokens, sizes=query_sizes),
            document_encoder,
            documents,
            query_index,
            document_index,
            sizes=document_sizes,
            max_tokens=self.max_document_tokens,
            passages=self.truncation == "passages",
            normalize=self.normalize,
            block_tokens=BLOCK_TOKENS,
        )

    def _refuse(self, names: pd.Series, kind: str, index: np.ndarray, too_long, sizes: list[int], limit: int) -> None:
        if not len(too_long):
            return
        name = names.iloc[int(np.flatnonzero(index == too_long[0])[0])]
        raise OpticalError(
            f"The {kind} {name!r} has {sizes[too_long[0]]} tokens and {limit} fit: shorten it, raise "
            f"max_{kind}_tokens, or use truncation='warn' or 'passages'."
        )

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": type(self).__name__[:20], "help_url": DOCUMENTATION}

    def _arguments(self) -> dict:
        parameters = list(inspect.signature(type(self).__init__).parameters)[1:]
        values = {name: getattr(self, name) for name in parameters}
        return {name: str(value) if isinstance(value, os.PathLike) else value for name, value in values.items()}

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        shown = {name: value for name, value in self._arguments().items() if value is not defaults[name].default}
        # A loaded model's own repr is a page long; its address tells it from others.
        texts = (f"{k}={v!r}" if _is_plain(v) else f"{k}=<{type(v).__name__} {id(v):#x}>" for k, v in shown.items())
        return f"{type(self).__name__}({', '.join(texts)})"

    def __eq__(self, other) -> bool:
        return type(self) is type(other) and self._arguments() == other._arguments()

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._arguments().items())))

    def __getstate__(self) -> dict:
        """Without the loaded encoders: a worker process loads its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_encoders"}


def _distinct(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The index of each row's text among the distinct ones, and these; a missing text is the empty text."""
    texts = column.astype(object).where(column.notna(), "").map(str)
    index, distinct = pd.factorize(texts)
    return index, [str(text) for text in distinct]


def _is_plain(value) -> bool:
    return value is None or isinstance(value, (str, bool, int, float))


def _warn(queries: int, query_limit: int, documents: int, document_limit: int) -> None:
    cut = [
        f"{count} {kind} text{'s' * (count > 1)} cut to {limit} tokens"
        for count, kind, limit in ((queries, "query", query_limit), (documents, "document", document_limit))
        if count
    ]
    if cut:
        logger.warning("%s (truncation='error' refuses, 'passages' splits long documents)", " and ".join(cut))

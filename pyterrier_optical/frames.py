"""Result frames in, scored result frames out: what every reranker of this package does the same way."""

import logging

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.document_text import DEFAULTS, frame_texts, named_fields
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frame_checks import check_field, check_ids, check_one_query, plain, texts_of
from pyterrier_optical.identity import ByArguments
from pyterrier_optical.locks import LOADING
from pyterrier_optical.mixing import GuardedMixing

logger = logging.getLogger("pyterrier_optical")

DOCUMENTATION = "https://pyterrier.readthedocs.io/en/latest/ext/pyterrier-optical/index.html"

# Document vectors alive at a time: 200,000 vectors of width 384 are 300 MB.
BLOCK_TOKENS = 200_000

# The share of a query's gloss in its scores: chosen on MTOP dev and AfriQA dev (configs/README.md).
GLOSS_SHARE = 0.65


class TextReranker(ByArguments, GuardedMixing):
    """Scores the text of each row against the query of that row.

    A subclass keeps every argument of its ``__init__`` under the argument's name and says in `_load_encoders` what
    encodes queries and what encodes documents.

    Each distinct query text and document text is encoded once per call. Queries are held whole; documents pass through
    in blocks of at most `BLOCK_TOKENS` tokens, each scored and dropped before the next: memory does not grow with the
    number of documents.
    """

    model = None
    text_field = None
    query_field = "query"
    batch_size = None
    device = None
    dtype = None
    max_query_tokens = None
    max_document_tokens = None
    truncation = "warn"
    normalize = False
    verbose = False
    gloss = 0.0
    lexicon = None

    _encoders = None

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Score and rank.

        Args:
            inp: columns ``qid``, ``docno``, the query field, and the text fields; others are passed through. Where no
                text field was named, a document is its ``title``, if there is such a column, and its ``text``. A column
                ``query_gloss``, as :class:`OpticalTranslator` writes it, has a share ``gloss`` in the score where the
                query field is ``query``.

        Returns:
            The rows and columns of ``inp`` with ``score`` (float64, always finite) and ``rank`` (0 is the best, per
            ``qid``), both replaced where they existed.

        Raises:
            pt.validate.InputValidationError: a column is missing.
            OpticalError: the model cannot be loaded; with ``truncation="error"``, a text is too long; a row has no
                ``qid`` or ``docno``, a ``qid`` has two queries, a text is none, or two columns have one name.
        """
        inp = plain(inp)
        self._validate(inp)
        check_ids(inp, "qid", "docno")
        check_one_query(inp["qid"], texts_of(inp[self.query_field]))
        scores = self._scores(inp) if len(inp) else np.zeros(0)
        return pt.model.add_ranks(inp.assign(score=scores))

    def _validate(self, inp: pd.DataFrame) -> None:
        named = named_fields(self.text_field)
        with pt.validate.any(inp, context=self) as mode:
            for fields in DEFAULTS if named is None else [named]:
                mode.result_frame(extra_columns=[self.query_field, *fields])

    @property
    def encoders(self):
        """The query encoder and the document encoder, twice the same where they share a model; loaded once, when used.

        Raises:
            OpticalError: a model cannot be loaded.
        """
        with LOADING:
            if self._encoders is None:
                self._encoders = self._load_encoders()
            return self._encoders

    def _load_encoders(self):
        """The query encoder and the document encoder, two `TokenEncoder` or twice the same."""
        raise NotImplementedError

    def _check_arguments(self) -> None:
        check_encoding_arguments(self)
        self._check_field_arguments()

    def _check_field_arguments(self) -> None:
        check_field("query_field", self.query_field)
        check_positive("max_query_tokens", self.max_query_tokens)
        if isinstance(self.text_field, list):
            self.text_field = tuple(self.text_field)  # equal lists make equal rerankers
        for field in self.text_field if isinstance(self.text_field, tuple) else [self.text_field]:
            if self.text_field is not None:
                check_field("text_field", field)

    def _scores(self, inp: pd.DataFrame) -> np.ndarray:
        from pyterrier_optical.query_vectors import encode_queries

        return self._text_scores(inp, encode_queries(self, self.encoders[0], inp, self.query_field))

    def _text_scores(self, inp: pd.DataFrame, queries) -> np.ndarray:
        """The score of each row's text with its query, one of the `QueryVectors` ``queries``."""
        from pyterrier_optical.scoring import score_pairs

        encoder = self.encoders[1]
        index, documents = distinct_texts(frame_texts(inp, named_fields(self.text_field)))
        sizes = encoder.lengths(documents, "document")
        limit = encoder.limit("document", self.max_document_tokens)
        too_long = np.flatnonzero(np.array(sizes) > limit)
        if len(too_long) and self.truncation == "error":
            docno = inp["docno"].iloc[int(np.flatnonzero(index == too_long[0])[0])]
            raise too_long_error("document", docno, sizes[too_long[0]], limit, encoder.room("document"))
        warn_of_cuts(queries.cut, queries.limit, 0 if self.truncation == "passages" else len(too_long), limit)
        return score_pairs(
            queries.vectors,
            encoder,
            documents,
            queries.index,
            index,
            sizes=sizes,
            max_tokens=self.max_document_tokens,
            passages=self.truncation == "passages",
            normalize=self.normalize,
            block_tokens=BLOCK_TOKENS,
        )

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": type(self).__name__[:20], "help_url": DOCUMENTATION}

    def __getstate__(self) -> dict:
        """Without the loaded encoders: a worker process loads its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_encoders"}


def distinct_texts(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The index of each row's text among the distinct ones, and these; a missing text is the empty text."""
    index, distinct = pd.factorize(texts_of(column))
    return index, [str(text) for text in distinct]


def check_gloss(gloss: float) -> None:
    """Refuses a share of the score that does not lie between 0 and 1, 1 left out."""
    if isinstance(gloss, bool) or not isinstance(gloss, (int, float)) or not 0 <= gloss < 1:
        raise OpticalError(f"gloss={shown(gloss)}: give the gloss a share of the score from 0 (none) to below 1.")


def check_encoding_arguments(transformer: pt.Transformer) -> None:
    """Refuses values that no encoder can work with.

    Args:
        transformer: Has ``dtype``, ``truncation``, ``batch_size``, ``max_query_tokens``, ``max_document_tokens``.

    Raises:
        OpticalError: one of them is out of its range.
    """
    from pyterrier_optical.placement import check_dtype

    check_dtype(transformer.dtype)
    if transformer.truncation not in ("warn", "error", "passages"):
        raise OpticalError(f"Unknown truncation {shown(transformer.truncation)}: choose 'warn', 'error' or 'passages'.")
    for name in ("batch_size", "max_query_tokens", "max_document_tokens"):
        check_positive(name, getattr(transformer, name))


def check_positive(name: str, value: int | None) -> None:
    """Refuses the argument of that name unless it is None or a positive whole number."""
    if value is not None and not (isinstance(value, int) and value > 0):
        raise OpticalError(f"{name} is {shown(value)}: give a positive whole number.")


def too_long_error(kind: str, name: str, size: int, limit: int, room: int) -> OpticalError:
    """What ``truncation="error"`` raises for the "query" or "document" of that name.

    Args:
        kind: "query" or "document".
        name: Its qid or docno.
        size: Its tokens.
        limit: The tokens that fit.
        room: The largest limit that the model can have.
    """
    raised = f"raise max_{kind}_tokens, " if size <= room else ""
    other = "'warn' or 'passages'" if kind == "document" else "'warn'"
    return OpticalError(
        f"The {kind} {shown(name)} has {size} tokens and {limit} fit: shorten it, {raised}or use truncation={other}."
    )


def warn_of_cuts(queries: int, query_limit: int, documents: int, document_limit: int) -> None:
    """Logs how many texts were cut, if any."""
    cut = [
        f"{count} {kind} text{'s' * (count > 1)} cut to {limit} tokens"
        for count, kind, limit in ((queries, "query", query_limit), (documents, "document", document_limit))
        if count
    ]
    if cut:
        logger.warning("%s (truncation='error' refuses, 'passages' splits long documents)", " and ".join(cut))

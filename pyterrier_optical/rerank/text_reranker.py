"""Result frames in, scored result frames out: what every reranker of this package does the same way."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.frames.checks import check_field, check_ids, checked_queries
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.frames.texts import DEFAULTS, distinct_texts, frame_texts, named_fields
from pyterrier_optical.late.limits import check_encoding_arguments, check_sizes

# Document vectors alive at a time: 200,000 vectors of width 384 are 300 MB.
BLOCK_TOKENS = 200_000


class TextReranker(ByArguments, GuardedMixing):
    """Scores the text of each row against the query of that row.

    A subclass keeps every argument of its ``__init__`` under the argument's name and says in `_load_encoders` what
    encodes queries and what encodes documents.

    Each distinct query text and document text is encoded once per call. Queries are held whole; documents pass through
    in blocks of at most `BLOCK_TOKENS` tokens, each scored and dropped before the next: memory does not grow with the
    number of documents.
    """

    text_field: str | Iterable[str] | None = None
    query_field = "query"
    max_query_tokens: int | None = None
    max_document_tokens: int | None = None
    truncation = "warn"
    normalize = False

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
        inp = checked_queries(inp, self.query_field)
        self.validate(inp, context=self)
        check_ids(inp, "docno")
        scores = self._scores(inp) if len(inp) else np.zeros(0)
        return pt.model.add_ranks(inp.assign(score=scores))

    def validate(self, inp: pd.DataFrame, *, context: pt.Transformer) -> None:
        """Refuses a frame that lacks columns.

        Args:
            inp: The frame.
            context: The transformer that a message names.

        Raises:
            pt.validate.InputValidationError: A column is missing.
        """
        named = named_fields(self.text_field)
        with pt.validate.any(inp, context=context) as mode:
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
        self._check_fields()

    def _check_fields(self) -> None:
        check_field("query_field", self.query_field)
        if isinstance(self.text_field, list):
            self.text_field = tuple(self.text_field)  # equal lists make equal rerankers
        if self.text_field is not None:
            for field in (
                self.text_field if isinstance(self.text_field, tuple) and self.text_field else [self.text_field]
            ):
                check_field("text_field", field)

    def _scores(self, inp: pd.DataFrame) -> np.ndarray:
        from pyterrier_optical.query.encoding import encode_queries

        return self._text_scores(inp, *encode_queries(self, self.encoders[0], inp, self.query_field))

    def _text_scores(self, inp: pd.DataFrame, query_index: np.ndarray, queries) -> np.ndarray:
        """The score of each row's text with its query, given what `encode_queries` says of the queries."""
        from pyterrier_optical.late.scoring import score_pairs

        document_encoder = self.encoders[1]
        document_index, documents = distinct_texts(frame_texts(inp, named_fields(self.text_field)))
        sizes = document_encoder.lengths(documents, "document")
        check_sizes(self, document_encoder, "document", inp["docno"], document_index, sizes)
        return score_pairs(
            queries,
            document_encoder,
            documents,
            query_index,
            document_index,
            sizes=sizes,
            max_tokens=self.max_document_tokens,
            passages=self.truncation == "passages",
            normalize=self.normalize,
            block_tokens=BLOCK_TOKENS,
        )

    def __getstate__(self) -> dict:
        """Without the loaded encoders: a worker process loads its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_encoders"}


@dataclass(eq=False, repr=False)
class EncodingReranker(TextReranker):
    """A reranker that encodes the texts of a frame by a model; the arguments are those of `OpticalReranker`."""

    _: KW_ONLY
    text_field: str | Iterable[str] | None = None
    query_field: str = "query"
    batch_size: int | None = None
    device: str | None = None
    dtype: str | None = None
    verbose: bool = False

    def __post_init__(self) -> None:
        self._check_arguments()

"""Token vectors as columns: encoders of queries and documents, and a scorer over what they add."""

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import check_ids, plain
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.frames.texts import DEFAULTS, distinct_texts, frame_texts, named_fields
from pyterrier_optical.query.gloss import GlossReader

QUERY_VECTORS = "query_vecs"
QUERY_WEIGHTS = "query_weights"
DOCUMENT_VECTORS = "doc_vecs"


class _Encoding(ByArguments, GuardedMixing):
    """Keeps a reranker, whose model and options say how texts are encoded."""

    def __init__(self, reranker: pt.Transformer):
        self.reranker = reranker


class QueryEncoder(GlossReader, _Encoding):
    """Adds ``query_vecs`` and ``query_weights``: each row's query, with its gloss, as `OpticalReranker` scores it.

    Args:
        reranker: An `OpticalReranker`; its model is loaded when the first row arrives.

    Example:
        >>> from pyterrier_optical import OpticalReranker
        >>> QueryEncoder(OpticalReranker())(pd.DataFrame({"qid": ["1"], "query": ["mto"]}))   # doctest: +SKIP
    """

    @property
    def gloss(self) -> float:  # type: ignore[override]
        """The reranker's."""
        return self.reranker.gloss

    @property
    def query_field(self) -> str:
        """The reranker's."""
        return self.reranker.query_field

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Encodes the queries.

        Args:
            inp: With ``qid`` and the query field; ``query_gloss`` is read as by `OpticalReranker`.

        Returns:
            ``inp`` with ``query_vecs``, (m, d) float32 arrays, and ``query_weights``, (m,) float32 arrays.

        Raises:
            pt.validate.InputValidationError: A column is missing.
            OpticalError: The model cannot be loaded; with ``truncation="error"``, a query is too long.
        """
        inp, field = plain(inp), self.reranker.query_field
        pt.validate.columns(inp, includes=["qid", field], context=self)
        if not len(inp):
            return inp.assign(**{QUERY_VECTORS: pd.Series(dtype=object), QUERY_WEIGHTS: pd.Series(dtype=object)})
        from pyterrier_optical.query.encoding import encode_queries

        check_ids(inp, "qid")
        index, queries = encode_queries(self.reranker, self.reranker.encoders[0], inp, field)
        weights = np.ones(len(queries.values), np.float32) if queries.weights is None else queries.weights.cpu().numpy()
        vectors = [queries[i].float().cpu().numpy() for i in range(len(queries))]
        weights = np.split(weights, queries.offsets[1:-1].numpy())
        return inp.assign(**{QUERY_VECTORS: _column(vectors, index, inp), QUERY_WEIGHTS: _column(weights, index, inp)})


class DocEncoder(_Encoding):
    """Adds ``doc_vecs``: the token vectors of each row's document.

    Args:
        reranker: An `OpticalReranker`; its model is loaded when the first row arrives.

    Raises:
        OpticalError: The reranker splits documents into passages, of which ``doc_vecs`` cannot hold several.

    Example:
        >>> from pyterrier_optical import OpticalReranker
        >>> DocEncoder(OpticalReranker())(pd.DataFrame({"docno": ["1"], "text": ["a river"]}))   # doctest: +SKIP
    """

    def __init__(self, reranker: pt.Transformer):
        if reranker.truncation == "passages":
            raise OpticalError("A document's vectors are those of one passage: use truncation='warn' or 'error'.")
        super().__init__(reranker)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Encodes the documents.

        Args:
            inp: With ``docno`` and the text fields.

        Returns:
            ``inp`` with ``doc_vecs``, (n, d) float32 arrays.

        Raises:
            pt.validate.InputValidationError: A column is missing.
            OpticalError: The model cannot be loaded; with ``truncation="error"``, a document is too long.
        """
        inp, named = plain(inp), named_fields(self.reranker.text_field)
        with pt.validate.any(inp, context=self) as mode:
            for fields in DEFAULTS if named is None else [named]:
                mode.columns(includes=["docno", *fields])
        if not len(inp):
            return inp.assign(**{DOCUMENT_VECTORS: pd.Series(dtype=object)})
        from pyterrier_optical.late.limits import check_sizes

        check_ids(inp, "docno")
        encoder, limit = self.reranker.encoders[1], self.reranker.max_document_tokens
        index, texts = distinct_texts(frame_texts(inp, named))
        sizes = encoder.lengths(texts, "document")
        check_sizes(self.reranker, encoder, "document", inp["docno"], index, sizes)
        documents = encoder.documents(texts, limit, sizes=sizes)
        vectors = [documents[i].float().cpu().numpy() for i in range(len(documents))]
        return inp.assign(**{DOCUMENT_VECTORS: _column(vectors, index, inp)})


class VectorScorer(ByArguments, GuardedMixing):
    """Scores and ranks rows by MaxSim of ``query_vecs`` and ``doc_vecs``, whoever added them.

    Args:
        normalize: As for `OpticalReranker`.

    Example:
        >>> one = np.eye(2, dtype=np.float32)
        >>> frame = pd.DataFrame({"qid": "1", "docno": ["a", "b"], "query_vecs": [one, one]})
        >>> frame["doc_vecs"] = [one, one[:1]]
        >>> VectorScorer()(frame)["score"].tolist()
        [2.0, 1.0]
    """

    def __init__(self, *, normalize: bool = False):
        self.normalize = normalize

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Scores the rows.

        Args:
            inp: With ``qid``, ``docno``, ``query_vecs``, ``doc_vecs``; ``query_weights`` where tokens have weights.

        Returns:
            ``inp`` with ``score`` (float64) and ``rank``.

        Raises:
            pt.validate.InputValidationError: A column is missing.
            OpticalError: Vectors are no matrices of one width, or a query has no weight for each of its vectors.
        """
        inp = plain(inp)
        pt.validate.columns(inp, includes=["qid", "docno", QUERY_VECTORS, DOCUMENT_VECTORS], context=self)
        if not len(inp):
            return pt.model.add_ranks(inp.assign(score=np.zeros(0)))
        from pyterrier_optical.late.maxsim import maxsim_pairs

        check_ids(inp, "qid", "docno")
        weights = inp.get(QUERY_WEIGHTS)
        queries, query_index = _vectors(inp[QUERY_VECTORS], weights)
        documents, document_index = _vectors(inp[DOCUMENT_VECTORS])
        if queries.dim != documents.dim:
            raise OpticalError(
                f"{QUERY_VECTORS} have {queries.dim} numbers and {DOCUMENT_VECTORS} {documents.dim}: use one model."
            )
        scores = maxsim_pairs(queries, documents, query_index, document_index).double().numpy()
        if self.normalize:
            totals = queries.totals.double().numpy()[query_index]
            scores = scores / np.where(totals > 0, totals, 1.0)
        return pt.model.add_ranks(inp.assign(score=scores))


def _column(values: list[np.ndarray], index: np.ndarray, inp: pd.DataFrame) -> pd.Series:
    column = pd.Series([None] * len(inp), inp.index, object)
    column.iloc[:] = [values[i] for i in index]
    return column


def _vectors(column: pd.Series, weights: pd.Series | None = None):
    """The `TokenVectors` of the distinct arrays of a column, and the index of each row's among them, (n_rows,) int64.

    Arrays are told apart by being one object or two, as the rows of one query share theirs.
    """
    import torch

    from pyterrier_optical.late.encoder import TokenVectors

    same = [column.map(id)] if weights is None else [column.map(id), weights.map(id)]
    index, _ = pd.MultiIndex.from_arrays(same).factorize()
    first = np.unique(index, return_index=True)[1]
    arrays = [np.asarray(array, np.float32) for array in column.iloc[first]]
    widths = {array.shape[1] for array in arrays if array.ndim == 2 and array.shape[1]}
    if len(widths) != 1 or any(array.ndim != 2 for array in arrays):
        raise OpticalError(f"The column {shown(column.name)} must hold arrays of shape (tokens, d) of one width d.")
    values = np.concatenate([array for array in arrays if array.size])
    lengths = [len(array) if array.size else 0 for array in arrays]
    vectors = TokenVectors(torch.from_numpy(values), torch.tensor([0, *lengths]).cumsum(0))
    if weights is not None:
        counts = [np.asarray(row, np.float32).reshape(-1) for row in weights.iloc[first]]
        for row, (have, need) in enumerate(zip(map(len, counts), lengths, strict=True)):
            if have != need:
                raise OpticalError(
                    f"Row {first[row]} of the frame has {have} {QUERY_WEIGHTS} for {need} vectors in {QUERY_VECTORS}: "
                    f"give one for each, or drop the column {QUERY_WEIGHTS}."
                )
        vectors.weights = torch.from_numpy(np.concatenate(counts))
    for name, numbers in {str(column.name): vectors.values, QUERY_WEIGHTS: vectors.weights}.items():
        if numbers is not None and not numbers.isfinite().all():
            raise OpticalError(f"The column {name} has a number that is not finite: take such rows out.")
    return vectors, torch.from_numpy(index)

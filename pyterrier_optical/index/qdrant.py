"""An index as a Qdrant collection, and retrieval from it: for more documents than one machine holds.

Each passage is a point with two vectors: ``tokens``, a multi-vector whose similarity is MaxSim, and ``mean``, the mean
of its token vectors, by which candidates are found. A weight of a query token multiplies its vector:
w max_j q·d_j = max_j (w q)·d_j, so the engine computes our score with glosses too.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, asdict, dataclass
from typing import Any

import numpy as np
import torch

from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.model_check import is_same_probe, probe_vectors
from pyterrier_optical.late.index.settings import IndexSettings
from pyterrier_optical.late.index.shard import Block, mean_vectors
from pyterrier_optical.late.limits import check_encoding_arguments
from pyterrier_optical.retrieve.dense.token_retriever import Found, TokenRetriever

#: Numbers that one multi-vector may have in Qdrant: 2,730 tokens of width 384.
MOST_NUMBERS = 1 << 20

_METADATA = "pyterrier_optical"
_REQUEST_TOKENS = 2000  # in one request: of width 384 some 10 MB of JSON, of the 32 MB that a server takes


def copy_to_qdrant(index, client, collection: str, *, overwrite: bool = False, verbose: bool = False) -> None:
    """Copies the documents of an index to a Qdrant collection, which a `QdrantRetriever` then searches.

    The collection is a copy: make it again when the index has changed. Until it is whole it is refused.

    Args:
        index: the documents.
        client: a ``qdrant_client.QdrantClient``.
        collection: the name of the collection.
        overwrite: delete a collection of that name first.
        verbose: as for `pyterrier_optical.base.progress`.

    Raises:
        OpticalError: there is a collection of that name and ``overwrite`` is not set; a passage has too many tokens.
    """
    from qdrant_client import models

    tokens, settings = index.tokens, index.meta.settings
    most = MOST_NUMBERS // settings.dim
    longest = int(tokens.lengths.max()) if len(tokens.lengths) else 0
    if longest > most:
        position = torch.searchsorted(tokens.parts.cumsum(0), tokens.lengths.argmax(), right=True)
        docno = tokens.docnos[position[None].numpy()][0]
        raise OpticalError(
            f"The document {shown(docno)} has {longest} tokens in one passage and Qdrant "
            f"takes {most}: index with max_document_tokens={most} and truncation='passages'."
        )
    if client.collection_exists(collection):
        if not overwrite:
            raise OpticalError(f"There is a collection {shown(collection)} already: use overwrite=True to replace it.")
        client.delete_collection(collection)
    kind = models.Datatype.FLOAT32 if settings.precision == "float32" else models.Datatype.FLOAT16
    options = {"size": settings.dim, "distance": models.Distance.DOT, "datatype": kind, "on_disk": True}
    largest = models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
    client.create_collection(
        collection,
        vectors_config={
            "tokens": models.VectorParams(
                **options, multivector_config=largest, hnsw_config=models.HnswConfigDiff(m=0)
            ),
            "mean": models.VectorParams(**options),
        },
    )
    for batch in _points(tokens, verbose=verbose):
        points = [
            models.PointStruct(id=number, vector={"tokens": vectors, "mean": mean}, payload={"docno": docno})
            for number, docno, vectors, mean in batch
        ]
        client.upsert(collection, points)
    probe = probe_vectors(index.path / index.meta.model_part, "query").tolist()
    documents = int(tokens.searchable.sum())
    several = bool((tokens.parts > 1).any())
    metadata = {"settings": asdict(settings), "query_probe": probe, "documents": documents, "passages": several}
    client.update_collection(collection, metadata={_METADATA: metadata})


def _points(tokens, *, verbose: bool) -> Iterator[list[tuple]]:
    """Batches of a passage's number, docno, vectors and mean."""
    first = tokens.parts.cumsum(0) - tokens.parts
    for start, end in progress(tokens.spans(_REQUEST_TOKENS), desc="Copying", unit="batch", verbose=verbose):
        block = tokens.span(start, end)
        passages, number = block.passages, int(first[start])
        docnos = np.repeat(tokens.docnos[np.arange(start, end)], block.parts.numpy())
        shown = torch.repeat_interleave(tokens.searchable[start:end], block.parts) & (passages.lengths > 0)
        means = mean_vectors(Block(passages, torch.ones(len(passages), dtype=torch.int64)))
        wanted = shown.nonzero()[:, 0].tolist()
        batch = [(number + i, docnos[i], passages[i].tolist(), means[i].tolist()) for i in wanted]
        if batch:
            yield batch


@dataclass(eq=False, repr=False)
class QdrantRetriever(TokenRetriever):
    """Retrieves by MaxSim from a Qdrant collection that `OpticalIndex.to_qdrant` made.

    Up to ``exact_limit`` documents the engine scores all of them; in larger collections those ``candidates`` whose mean
    vectors are nearest to the query's. Scores are those of `IndexRetriever`, up to the stored precision.

    Args:
        client: a ``qdrant_client.QdrantClient``.
        collection: the name of the collection.
        model: the query model of the index, as for `OpticalReranker`.
        num_results: most documents for one query.
        exact_limit: as for `IndexRetriever`.
        candidates: as for `IndexRetriever`.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: as for `OpticalReranker`.
        max_query_tokens: as for `OpticalReranker`.
        truncation: "warn" cuts long queries, "error" refuses them.
        normalize: as for `OpticalRetriever`.
        verbose: as for `pyterrier_optical.base.progress`.
        gloss: as for `OpticalReranker`.
        lexicon: as for `OpticalReranker`.

    Raises:
        OpticalError: an argument is out of its range.

    Example:
        >>> index.to_qdrant(client, "passages")                           # doctest: +SKIP
        >>> QdrantRetriever(client, "passages").search("maji safi")       # doctest: +SKIP
    """

    client: Any
    collection: str
    model: Any = None
    _: KW_ONLY
    batch_size: int | None = None
    device: str | None = None
    dtype: str | None = None
    truncation: str = "warn"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoding_arguments(self)
        self._encoder = None
        self._metadata: dict | None = None

    max_document_tokens = document_model = None

    @property
    def metadata(self) -> dict:
        """What `copy_to_qdrant` said of the collection.

        Raises:
            OpticalError: there is no such collection, or it is not a whole copy of an index.
        """
        if self._metadata is None:
            there = self.client.collection_exists(self.collection)
            found = self.client.get_collection(self.collection).config.metadata if there else None
            if not found or _METADATA not in found:
                raise OpticalError(
                    f"The collection {shown(self.collection)} is no whole copy of an index: make it with "
                    "OpticalIndex.to_qdrant."
                )
            self._metadata = found[_METADATA]
        return self._metadata

    @property
    def encoders(self):
        """The query encoder, twice; loaded once, when used.

        Raises:
            OpticalError: the model cannot be loaded, or is not the one that made the index.
        """
        from pyterrier_optical.late.encoder import load_encoders

        with LOADING:
            if self._encoder is None:
                settings = IndexSettings.from_record(self.metadata["settings"])
                encoder = load_encoders(self)[0]
                if not is_same_probe(self.metadata["query_probe"], "query", encoder, settings.dtype[0]):
                    name = (
                        "a loaded model" if settings.loaded else shown(settings.model or "the one inside the package")
                    )
                    raise OpticalError(
                        f"The collection {shown(self.collection)} was made with another model, {name}: give that one."
                    )
                self._encoder = encoder
            return self._encoder, self._encoder

    def _search(self, vectors: TokenVectors) -> list[Found]:
        exact = self.metadata["documents"] <= self.exact_limit
        weights = 1.0 if vectors.weights is None else vectors.weights.to(vectors.values.device)[:, None]
        weighted = TokenVectors(vectors.values * weights, vectors.offsets)
        means = mean_vectors(Block(weighted, torch.ones(len(vectors), dtype=torch.int64))).tolist()
        numbers = progress(range(len(vectors)), desc="Searching", unit="query", verbose=self.verbose)
        return [self._ask(weighted[number], None if exact else means[number]) for number in numbers]

    def _ask(self, query: torch.Tensor, mean: list[float] | None) -> Found:
        from qdrant_client import models

        if not len(query):
            return np.empty(0, object), np.empty(0)
        options = {"limit": self.num_results, "query": query.tolist(), "using": "tokens", "with_payload": ["docno"]}
        if mean is not None:
            options["prefetch"] = models.Prefetch(query=mean, using="mean", limit=self.candidates)
        if self.metadata["passages"]:
            groups = self.client.query_points_groups(self.collection, group_by="docno", group_size=1, **options).groups
            points = [group.hits[0] for group in groups]
        else:
            points = self.client.query_points(self.collection, **options).points
        points = sorted(points, key=lambda point: (-point.score, point.id))
        docnos = np.empty(len(points), object)
        docnos[:] = [point.payload["docno"] for point in points]
        return docnos, np.array([point.score for point in points], dtype=float)

    def __getstate__(self) -> dict:
        """Without the model: a worker process loads its own."""
        return {**self.__dict__, "_encoder": None}

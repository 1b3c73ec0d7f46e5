"""OpticalIndex: token vectors of documents on disk, as a PyTerrier artifact."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.index.meta import ARTIFACT_FORMAT, ARTIFACT_TYPE, META_FILE, IndexMeta, read_meta


@dataclass
class _Opened:
    meta: IndexMeta
    tokens: object  # TokenIndex


class OpticalIndex(ByArguments, pt.Artifact):
    """The token vectors of documents, encoded once and kept on disk.

    Reranking from the index costs the encoding of the query, and needs no text of the documents. Vectors are mapped
    into memory and read when they are scored. The index is bound to the models that made it: with another one it is
    refused.

    Args:
        path: the folder of the index; it may not exist yet.
        model: the query model, as for `OpticalReranker`; None: the one that made the index, for a new index the one
            inside the package.
        document_model: a second model for the documents, likewise.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: as for `OpticalReranker`.

    Example:
        >>> from pyterrier_optical import OpticalIndex
        >>> index = OpticalIndex("my-index")                       # doctest: +SKIP
        >>> index.indexer().index(dataset.get_corpus_iter())       # doctest: +SKIP
        >>> bm25 >> index.reranker()                               # doctest: +SKIP
        >>> index.retriever().search("maji safi ya kunywa")        # doctest: +SKIP
    """

    ARTIFACT_TYPE = ARTIFACT_TYPE
    ARTIFACT_FORMAT = ARTIFACT_FORMAT
    ARTIFACT_PACKAGE_HINT = "pyterrier-optical"

    def __init__(
        self,
        path: str | os.PathLike,
        model=None,
        *,
        document_model=None,
        batch_size: int | None = None,
        device: str | None = None,
        dtype: str | None = None,
    ):
        super().__init__(path)
        self.model = model
        self.document_model = document_model
        self.batch_size = batch_size
        self.device = device
        self.dtype = dtype
        self._opened: _Opened | None = None
        self._encoders = self._checked_by = None

    def built(self) -> bool:
        """Whether there is a finished index."""
        return (self.path / META_FILE).is_file()

    @property
    def meta(self) -> IndexMeta:
        """What the index is and which parts it has, when it was opened.

        Raises:
            OpticalError: as `tokens`.
        """
        return self._open().meta

    @property
    def tokens(self):
        """The `TokenIndex`, opened when it is first asked for; it stays as it was then until this object changes it.

        Raises:
            OpticalError: there is no finished index, or it is damaged or of a newer format.
        """
        return self._open().tokens

    def __len__(self) -> int:
        """The number of documents that are not deleted."""
        return len(self.tokens) - (self.meta.deleted[1] if self.meta.deleted else 0)

    def __contains__(self, docno: str) -> bool:
        return bool(self.tokens.docnos.positions([str(docno)])[0] >= 0)

    @property
    def query_model(self):
        """The model that encodes queries: the one given, or the one that made the index.

        Raises:
            OpticalError: the index was made with a loaded model, which has no name, and none was given.
        """
        return self._models()[0]

    @property
    def encoders(self):
        """The query encoder and the document encoder, twice the same where they share a model; loaded once, when used.

        Raises:
            OpticalError: a model cannot be loaded, or it is not the one that made the index.
        """
        from pyterrier_optical.late.index.model_check import check_models

        with LOADING:
            part = self.meta.model_part if self.built() else None
            if self._encoders is None or self._checked_by != part:
                encoders = self._load_encoders(*self._models())
                if part:
                    check_models(self.path, self.meta, encoders, self._models())
                self._encoders, self._checked_by = encoders, part
            return self._encoders

    def indexer(self, **options) -> pt.Indexer:
        """An indexer that makes this index; arguments as for `OpticalIndexer`."""
        from pyterrier_optical.index.indexer import OpticalIndexer

        return OpticalIndexer(self, **options)

    def reranker(self, **options) -> pt.Transformer:
        """A transformer that scores documents from the index; arguments as for `IndexReranker`."""
        from pyterrier_optical.index.reranker import IndexReranker

        return IndexReranker(self, **options)

    def retriever(self, **options) -> pt.Transformer:
        """A transformer that searches the index; arguments as for `IndexRetriever`."""
        from pyterrier_optical.index.retriever import IndexRetriever

        return IndexRetriever(self, **options)

    def append(
        self, corpus, *, ray: str | None = None, workers: int | None = None, verbose: bool = False
    ) -> "OpticalIndex":
        """Encodes more documents, as the index's own were.

        Interrupted, it goes on when it is called again with the same documents; until it ends the index is as it was.

        Args:
            corpus: as for `OpticalIndexer.index`.
            ray: as for `OpticalIndexer`.
            workers: as for `OpticalIndexer`.
            verbose: as for `pyterrier_optical.base.progress`.

        Returns:
            This index.

        Raises:
            OpticalError: a docno is in the index already or comes twice; the model is not the one that made the index;
                another process is changing the index, or it cannot be written.
        """
        from pyterrier_optical.index.on_ray import RayBlocks
        from pyterrier_optical.late.index.blocks import write_blocks_here
        from pyterrier_optical.late.index.changes import append_documents, changing
        from pyterrier_optical.retrieve.bm25.corpus import Corpus

        encoder = self.encoders[1]
        with changing(self.path):
            settings = self.reload().meta.settings
            documents = Corpus(corpus, settings.fields)
            if ray is None:
                write_blocks = write_blocks_here(self.path, encoder, settings.encoding)
            else:
                write_blocks = RayBlocks(self, settings.encoding, ray, workers, new=False)
            append_documents(
                self.path, self.meta, documents, write_blocks, self.tokens.docnos.positions, verbose=verbose
            )
        return self.reload()

    def delete(self, docnos: Iterable[str]) -> "OpticalIndex":
        """Takes documents out: neither reranker nor retriever has them, and their docnos may be appended again.

        Their vectors stay on the disk until `compact`.

        Args:
            docnos: names of documents.

        Returns:
            This index.

        Raises:
            OpticalError: a docno is not in the index, and then none is deleted; otherwise as `append`.
        """
        import numpy as np

        from pyterrier_optical.late.index.changes import changing, delete_documents

        if not isinstance(docnos, Iterable):
            raise OpticalError(f"docnos={shown(docnos)} are no names of documents: give a list of docnos.")
        docnos = [docnos] if isinstance(docnos, str) else [str(docno) for docno in docnos]
        with changing(self.path):
            self.reload()
            positions = self.tokens.docnos.positions(docnos)
            if (positions < 0).any():
                missing = shown(docnos[int(np.argmax(positions < 0))])
                raise OpticalError(f"The docno {missing} is not in the index: no document was deleted.")
            before = np.flatnonzero(self.tokens.docnos.deleted)
            if len(positions):
                delete_documents(self.path, self.meta, np.union1d(before, positions))
        return self.reload()

    def compact(self, *, verbose: bool = False) -> "OpticalIndex":
        """Removes the vectors of deleted documents from the disk, joins small shards, and returns this index.

        Args:
            verbose: as for `pyterrier_optical.base.progress`.

        Raises:
            OpticalError: as `append`.
        """
        import numpy as np

        from pyterrier_optical.late.index.changes import changing, compact_index

        with changing(self.path):
            tokens, kept = self.reload().tokens, ~self.tokens.docnos.deleted
            docnos = tokens.docnos[np.flatnonzero(kept)].tolist()
            compact_index(self.path, self.meta, tokens.shards, kept, docnos, verbose=verbose)
        return self.reload()

    def to_qdrant(self, client, collection: str, *, overwrite: bool = False, verbose: bool = False) -> None:
        """Copies the index to a Qdrant collection; arguments as for `copy_to_qdrant`."""
        from pyterrier_optical.index.qdrant import copy_to_qdrant

        copy_to_qdrant(self, client, collection, overwrite=overwrite, verbose=verbose)

    def verify(self, *, verbose: bool = False) -> None:
        """Reads all files and compares them with their checksums; opening compares the sizes of the large ones only.

        Args:
            verbose: as for `pyterrier_optical.base.progress`.

        Raises:
            OpticalError: a file is damaged or missing.
        """
        from pyterrier_optical.late.index.opening import verify_part

        for name in progress([*self.reload().meta.parts()], desc="Verifying", unit="part", verbose=verbose):
            verify_part(self.path / name)

    def reload(self) -> "OpticalIndex":
        """Sees what other processes changed since this object opened the index."""
        self._opened = self._checked_by = None
        return self

    def __getstate__(self) -> dict:
        """Without models and vectors: a worker process opens the index for itself."""
        return {**self.__dict__, "_opened": None, "_encoders": None}

    def _open(self) -> _Opened:
        from pyterrier_optical.late.index.opening import open_tokens

        with LOADING:
            while self._opened is None:
                meta = read_meta(self.path)
                try:
                    self._opened = _Opened(meta, open_tokens(self.path, meta))
                except OpticalError:
                    if read_meta(self.path) == meta:  # else another process has changed it meanwhile
                        raise
            return self._opened

    def _models(self) -> tuple:
        if not self._opened and not self.built():
            return self.model, self.document_model
        settings = (self._opened.meta if self._opened else read_meta(self.path)).settings
        if settings.loaded and self.model is None:
            raise OpticalError(
                f"The index '{self.path}' was made with a loaded model, which has no name: give it, as by "
                "OpticalIndex(path, model)."
            )
        document_model = settings.document_model if self.document_model is None else self.document_model
        return settings.model if self.model is None else self.model, document_model

    def load_given_encoders(self):
        """The encoders of the models that were given, whatever index is there: those of a new index."""
        return self._load_encoders(self.model, self.document_model)

    def _load_encoders(self, model, document_model):
        from pyterrier_optical.late.encoder import load_encoders

        placed = {"device": self.device, "dtype": self.dtype, "batch_size": self.batch_size}
        return load_encoders(SimpleNamespace(model=model, document_model=document_model, **placed))

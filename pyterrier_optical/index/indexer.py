"""OpticalIndexer: any corpus to an `OpticalIndex`, as a PyTerrier indexer."""

import os
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.frames import DOCUMENTATION
from pyterrier_optical.frames.texts import DEFAULTS, named_fields
from pyterrier_optical.late.index.meta import read_meta
from pyterrier_optical.late.index.settings import IndexSettings, check_pool_factor, check_precision
from pyterrier_optical.late.limits import check_encoding_arguments, check_positive
from pyterrier_optical.retrieve.bm25.corpus import Corpus


@dataclass(eq=False, repr=False)
class OpticalIndexer(ByArguments, pt.Indexer):
    """Encodes documents to an index, once.

    Shards are written as they are finished. An interrupted run, by Ctrl-C, a full disk or ``kill -9``, goes on from
    its last whole shard when it is started again with the same documents and options, and ends with the same files as
    a run that was not interrupted. The index appears in one step at the end.

    Args:
        target: the index to make, with its models.
        fields: fields that make up a document's text; None: ``title`` and ``text``, where they exist.
        precision: "float16", "float32" or "int8" (one scale a vector) of the stored vectors.
        max_document_tokens: a document's tokens, markers included, at most what the model takes; None for its own
            limit.
        truncation: what to do with a longer document: "warn" cuts it and logs how many were cut, "error" raises and
            names the ``docno``, "passages" splits it into overlapping passages, of which the best one counts.
        pool_factor: the vectors of a text for each one that is kept: similar ones are merged into their mean, by
            sentence-transformers' ``HierarchicalTokenPooling``; 1 keeps all.
        ray: where documents are encoded; None: in this process; "local": in processes of this machine, by Ray; "auto"
            or an address: in those of a Ray cluster, all of which reach the index's folder and the model by the same
            paths.
        workers: processes of Ray, each of which loads the model; None: one for each GPU, or each CPU core.
        overwrite: replace an index that is there; it stays usable until the new one is finished.
        verbose: as for `pyterrier_optical.base.progress`.

    Raises:
        OpticalError: an argument is out of its range.
    """

    target: Any
    _: KW_ONLY
    fields: str | Iterable[str] | None = None
    precision: str = "float16"
    max_document_tokens: int | None = None
    truncation: str = "warn"
    pool_factor: float = 1.0
    ray: str | None = None
    workers: int | None = None
    overwrite: bool = False
    verbose: bool = False

    def __post_init__(self) -> None:
        self.fields = named_fields(self.fields)
        check_encoding_arguments(self)
        check_precision(self.precision)
        check_pool_factor(self.pool_factor)
        check_positive("workers", self.workers)

    def index_inputs(self) -> list[list[str]]:
        """The fields that documents need, one list for each way to give them."""
        return [["docno", *fields] for fields in (DEFAULTS if self.fields is None else (self.fields,))]

    def index(self, iter, **kwargs):
        """Makes the index.

        Args:
            iter: the documents: an iterable of dicts with ``docno`` and the fields, a data frame, a dataset or the name
                of one, or a function that returns one of these; read once.
            **kwargs: ignored.

        Returns:
            The index, ready to use.

        Raises:
            OpticalError: there are no documents, a docno comes twice, a document is unfit; there is an index already
                and ``overwrite`` is not set; another process is making it; the place cannot be written; a model
                cannot be loaded.
        """
        from pyterrier_optical.index.on_ray import RayBlocks
        from pyterrier_optical.late.index.changes import changing, write_index

        target, corpus = self.target, Corpus(iter, self.fields)
        if target.built() and not self.overwrite:
            raise OpticalError(
                f"'{target.path}' holds an index already: use overwrite=True (--overwrite) to replace it, or "
                "index.append(documents)."
            )
        encoders = target.load_given_encoders()
        settings = self._settings(encoders, corpus.fields)
        write_blocks = None
        if self.ray is not None:
            write_blocks = RayBlocks(target, settings.encoding, self.ray, self.workers, new=True)
        with changing(target.path, create=True):
            replaced = read_meta(target.path) if target.built() else None
            options = {"write_blocks": write_blocks, "verbose": self.verbose}
            write_index(target.path, corpus, *encoders, settings, replaced, **options)
        return target.reload()

    def _settings(self, encoders, fields: tuple[str, ...] | None) -> IndexSettings:
        from pyterrier_optical.late.index.model_check import precision_of

        models = (self.target.model, self.target.document_model)
        return IndexSettings(
            model=_name(models[0]),
            document_model=_name(models[1]),
            dtype=(precision_of(encoders[0]), precision_of(encoders[1])),
            loaded=any(model is not None and _name(model) is None for model in models),
            dim=encoders[1].dim,
            fields=fields,
            precision=self.precision,
            max_document_tokens=self.max_document_tokens,
            truncation=self.truncation,
            pool_factor=self.pool_factor,
        )

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this indexer."""
        return {"label": "OpticalIndexer", "help_url": DOCUMENTATION}

    max_query_tokens = None

    @property
    def dtype(self) -> str | None:
        """The precision in which the models compute."""
        return self.target.dtype

    @property
    def batch_size(self) -> int | None:
        """Texts per forward pass, at most."""
        return self.target.batch_size


def _name(model) -> str | None:
    """How an index names its model: a hub id, or the whole path of a folder; None for a loaded one."""
    if not isinstance(model, (str, os.PathLike)):
        return None
    return str(Path(model).resolve()) if Path(model).is_dir() else str(model)

"""Gives retrieved documents their text."""

from collections.abc import Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown


class OpticalTextLoader(pt.Transformer):
    """Adds the documents' fields to a frame with ``docno``; all other columns, the order and the index stay.

    Args:
        dataset: Where the documents are, an :class:`~pyterrier_optical.datasets.OpticalDataset`.
        fields: Which columns of the documents to add, "*" for all.
        verbose: Show a progress bar.

    Raises:
        OpticalError: A field that the documents do not have.

    Example:
        >>> from pyterrier_optical.datasets import load
        >>> OpticalTextLoader(load("sample/sw"), "title")(pd.DataFrame({"docno": ["d001"]})).columns.tolist()
        ['docno', 'title']
    """

    def __init__(self, dataset: pt.datasets.Dataset, fields: Sequence[str] | str = "*", *, verbose: bool = False):
        self.dataset = dataset
        self.fields = fields
        self.verbose = verbose
        self.schematic = {"label": "TextLoader", "help_url": dataset.info_url()}
        available = dataset.preset.documents
        for field in self._fields():
            if field not in available:
                raise OpticalError(
                    f"{dataset.name} has no field {shown(field)} for its documents: it has {', '.join(available)}."
                )

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Join the fields by ``docno``.

        Args:
            inp: Frame with a column ``docno``; columns of the same names as the fields are replaced.

        Returns:
            ``inp`` with the fields as columns of str.

        Raises:
            OpticalError: A ``docno`` that the collection does not have, or missing files.
        """
        pt.validate.columns(inp, includes=["docno"], context=self)
        if not len(inp):
            # Frames without rows come from pt.inspect: no data may be read for them.
            return inp.assign(**{field: pd.Series(dtype=str) for field in self._fields()})
        documents = self.dataset.load_documents(inp["docno"], self.verbose)
        return inp.assign(**{field: documents[field].to_numpy() for field in self._fields()})

    def fuse_rank_cutoff(self, k: int) -> pt.Transformer:
        """Cutting first loads fewer texts."""
        return pt.RankCutoff(k) >> self

    def _fields(self) -> list[str]:
        if self.fields == "*":
            return list(self.dataset.preset.documents)
        return [self.fields] if isinstance(self.fields, str) else list(self.fields)

    def _documents_id(self) -> tuple:
        return self.dataset.preset.docs_id, tuple(self.dataset.preset.documents.items()), tuple(self._fields())

    def __repr__(self) -> str:
        return f"OpticalTextLoader({self.dataset!r}, {self.fields!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._documents_id() == self._documents_id()

    def __hash__(self) -> int:
        return hash(self._documents_id())

"""Gives retrieved documents their text."""

from collections.abc import Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown


class OpticalTextLoader(pt.Transformer):
    """Adds the documents' fields to a frame with ``docno``; all other columns, the order and the index stay.

    Args:
        collection: Where the documents are.
        fields: Which columns of the documents to add, "*" for all.
        verbose: Accepted for the sake of PyTerrier's other text loaders; this one takes no time worth a bar.

    Raises:
        OpticalError: A field that the documents do not have.

    Example:
        >>> import pyterrier as pt
        >>> dataset = pt.get_dataset("optical:sample/sw")  # doctest: +SKIP
        >>> dataset.text_loader()(pd.DataFrame({"docno": ["d1"]}))  # doctest: +SKIP
    """

    def __init__(self, collection: Collection, fields: Sequence[str] | str = "*", *, verbose: bool = False):
        self.collection = collection
        self.fields = fields
        self.verbose = verbose
        self.schematic = {"label": "TextLoader", "help_url": collection.url}
        for field in self._fields():
            if field not in collection.document_fields:
                has = ", ".join(collection.document_fields)
                raise OpticalError(f"{collection.name} has no field {shown(field)} for its documents: it has {has}.")

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Join the fields by ``docno``.

        Args:
            inp: Frame with a column ``docno``; columns of the same names as the fields are replaced.

        Returns:
            ``inp`` with the fields as columns of str.

        Raises:
            OpticalError: A ``docno`` that the collection does not have.
        """
        pt.validate.columns(inp, includes=["docno"], context=self)
        if not len(inp):
            # Frames without rows come from pt.inspect: no data may be read for them.
            return inp.assign(**{field: pd.Series(dtype=str) for field in self._fields()})
        documents = self.collection.documents.set_index("docno")
        rows = documents.index.get_indexer(inp["docno"])
        if (rows < 0).any():
            unknown = inp["docno"].iloc[(rows < 0).argmax()]
            raise OpticalError(
                f"{self.collection.name} has no document {shown(unknown)}: load from the data set searched."
            )
        return inp.assign(**{field: documents[field].to_numpy()[rows] for field in self._fields()})

    def fuse_rank_cutoff(self, k: int) -> pt.Transformer:
        """Cutting first loads fewer texts."""
        return pt.RankCutoff(k) >> self

    def _fields(self) -> list[str]:
        if self.fields == "*":
            return list(self.collection.document_fields)
        return [self.fields] if isinstance(self.fields, str) else list(self.fields)

    def __repr__(self) -> str:
        return f"OpticalTextLoader({self.collection!r}, {self.fields!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and repr(other) == repr(self)

    def __hash__(self) -> int:
        return hash(repr(self))

"""The collections as PyTerrier data sets: ``pt.get_dataset("optical:<name>")``."""

from collections.abc import Iterable, Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets import catalogue
from pyterrier_optical.datasets.collection import Collection, iso_639_1
from pyterrier_optical.datasets.text_loader import OpticalTextLoader
from pyterrier_optical.errors import OpticalError, shown


class OpticalDataset(pt.datasets.Dataset):
    """One collection with PyTerrier's methods; data are read at the first call that needs them.

    Args:
        collection: The collection.

    Attributes:
        collection: The same, with its description and its plain tables.

    Example:
        >>> dataset = OpticalDatasetProvider().get_dataset("mtop/hi-th/test")
        >>> dataset.get_topics_lang(), dataset.get_corpus_lang()
        ('hi', 'th')
    """

    def __init__(self, collection: Collection):
        self.collection = collection

    def get_corpus_iter(self, *, verbose: bool = True, start: int = 0, count: int | None = None) -> pt.model.IterDict:
        """The documents as dicts of ``docno``, ``text`` (and ``title``), in a fixed order.

        Args:
            verbose: Show a progress bar.
            start: Leave out so many documents at the beginning.
            count: Stop after so many documents; None for all.
        """
        documents = self.collection.documents.iloc[start : None if count is None else start + count]
        columns = list(documents)
        rows = (dict(zip(columns, row, strict=True)) for row in documents.itertuples(index=False, name=None))
        if verbose:
            rows = iter(pt.tqdm(rows, desc=f"{self.collection.name} documents", total=len(documents)))
        return pt.utils.GeneratorLen(rows, len(documents))

    def get_topics(self, variant: str | None = None) -> pd.DataFrame:
        """The topics.

        Args:
            variant: A column to take as the query (AfriQA, XQuAD-R: "query_translated"); None for all columns.

        Returns:
            Frame with ``qid`` and ``query``; with ``variant`` these two only.

        Raises:
            OpticalError: There is no such variant.
        """
        topics = self.collection.topics
        if variant is None or variant == "query":
            return topics.copy() if variant is None else topics[["qid", "query"]].copy()
        self._check_variant("topics", variant, self.collection.topics_variants)
        return topics[["qid", variant]].rename(columns={variant: "query"})

    def get_qrels(self, variant: str | None = None) -> pd.DataFrame:
        """The judgments: ``qid``, ``docno``, ``label`` (int).

        Args:
            variant: A further form of the judgments (MTOP: "without-translation"); None for all of them.

        Raises:
            OpticalError: There is no such variant.
        """
        qrels = self.collection.qrels
        if variant is None:
            return qrels.copy()
        self._check_variant("qrels", variant, self.collection.qrels_variants)
        return self.collection.qrels_variants[variant](qrels).reset_index(drop=True)

    def text_loader(self, fields: Sequence[str] | str = "*", *, verbose: bool = False) -> OpticalTextLoader:
        """A transformer that adds the documents' fields by ``docno``: ``retriever >> dataset.text_loader()``.

        Args:
            fields: Which fields, "*" for all.
            verbose: As in PyTerrier's other text loaders.
        """
        return OpticalTextLoader(self.collection, fields, verbose=verbose)

    def get_corpus_lang(self) -> str | None:
        """ISO 639-1 code of the documents' language, None where it has none."""
        return iso_639_1(self.collection.document_lang)

    def get_topics_lang(self) -> str | None:
        """ISO 639-1 code of the topics' language, None where it has none."""
        return iso_639_1(self.collection.query_lang)

    def info_url(self) -> str:
        """Where the source is described."""
        return self.collection.url

    def _describe_component(self, component: str) -> bool | None:
        return True if component in ("topics", "qrels", "corpus") else None

    def _check_variant(self, component: str, variant: str, variants: Iterable[str]) -> None:
        if variant not in variants:
            known = ", ".join(variants) or "none"
            raise OpticalError(f"{self.collection.name} has no {component} variant {shown(variant)}: it has {known}.")

    def __repr__(self) -> str:
        return f"OpticalDataset({self.collection.name!r})"


class OpticalDatasetProvider(pt.datasets.DatasetProvider):
    """What PyTerrier asks for names with the prefix ``optical:``."""

    def get_dataset(self, name: str) -> OpticalDataset:
        """The data set of that name, without the prefix.

        Args:
            name: Such as ``mtop/hi/test``, ``afriqa/ha/dev``, ``xquad-r/hi`` or ``sample/sw``.

        Raises:
            OpticalError: There is none of that name.
        """
        return OpticalDataset(catalogue.find(name))

    def list_dataset_names(self) -> list[str]:
        """All names; no data is touched."""
        return catalogue.names()

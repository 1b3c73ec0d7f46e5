"""MTOP as retrieval: utterances of one language ask for utterances of another that mean the same kind of thing."""

import re
from dataclasses import dataclass
from functools import cached_property

import ir_measures
import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets import mtop_files
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.datasets.parses import intent_and_structure
from pyterrier_optical.errors import OpticalError, shown

MEASURES = [ir_measures.nDCG @ 10, ir_measures.AP, ir_measures.RR(rel=3), ir_measures.P @ 1]

NAMES = "mtop/<query language>[-<document language>]/<train|dev|test> and mtop/.../<dev|test>/split"
_LANG = "|".join(mtop_files.LANGUAGES)
_NAME = re.compile(rf"mtop/({_LANG})(?:-({_LANG}))?/(?:(train)|(dev|test)(/split)?)")


class MtopCollection(Collection):
    """Queries are the utterances of a split, documents those of ``pool``; both only where all six languages have them.

    Relevance follows the English parses: 3 the query's own translation, 2 the same intent with the same nested slots,
    1 the same top-level intent. A query has the ``docno`` of its own translation as its ``qid``.

    Args:
        name: The identifier.
        query_lang: One of :data:`~pyterrier_optical.datasets.mtop_files.LANGUAGES`.
        document_lang: Likewise; equal languages are allowed (the translation is then the query itself).
        split: Where the queries come from.
        pool: The splits whose utterances are documents; contains ``split``.
    """

    title = "MTOP"
    description = (
        "Utterances to a voice assistant in six parallel languages (Li et al. 2021). Relevance follows the English"
        " parses; only utterances that exist in all six languages are used."
    )
    url = "https://arxiv.org/abs/2008.09335"
    licence = "CC-BY-SA-4.0"
    citation = "Li et al., EACL 2021, https://aclanthology.org/2021.eacl-main.257"
    label_meanings = {  # noqa: RUF012
        3: "the query's own translation",
        2: "same intent and same slot structure",
        1: "same top-level intent",
    }
    measures = tuple(MEASURES)
    qrels_variants = {"without-translation": lambda qrels: qrels[qrels["label"] < 3]}  # noqa: RUF012

    def __init__(self, name: str, query_lang: str, document_lang: str, split: str, pool: tuple[str, ...]):
        super().__init__(name, query_lang, document_lang)
        self.split = split
        self.pool = pool

    @cached_property
    def _utterances(self) -> pd.DataFrame:
        splits = {split: mtop_files.read_split(split) for split in self.pool}
        table = pd.concat(splits, names=["split", "row"]).reset_index("split").reset_index(drop=True)
        table["key"] = table["split"] + "-" + table["id"]
        table[["intent", "structure"]] = [intent_and_structure(parse) for parse in table["parse"]]
        return table

    @property
    def _queries(self) -> pd.DataFrame:
        return self._utterances[self._utterances["split"] == self.split].reset_index(drop=True)

    @cached_property
    def documents(self) -> pd.DataFrame:
        return pd.DataFrame({"docno": self._utterances["key"], "text": self._utterances[self.document_lang]})

    @cached_property
    def topics(self) -> pd.DataFrame:
        """Columns ``qid``, which is also the docno of the query's own translation, and ``query``."""
        return pd.DataFrame({"qid": self._queries["key"], "query": self._queries[self.query_lang]})

    @cached_property
    def qrels(self) -> pd.DataFrame:
        what = ["key", "intent", "structure"]
        pairs = self._queries[what].merge(self._utterances[what], on="intent", suffixes=("_query", "_document"))
        same_structure = pairs["structure_query"] == pairs["structure_document"]
        translation = pairs["key_query"] == pairs["key_document"]
        label = (1 + same_structure.astype("int64")).mask(translation, 3)
        return pd.DataFrame({"qid": pairs["key_query"], "docno": pairs["key_document"], "label": label})


@dataclass(frozen=True)
class WithoutTranslation(pt.Transformer):
    """Drops each MTOP query's own translation from results; put it before any rank cut-off.

    With it belongs ``get_qrels("without-translation")``: what is left is whether *other* utterances of the same
    meaning are found, which a model cannot do by matching names.

    Example:
        >>> results = pd.DataFrame({"qid": "dev-1", "docno": ["dev-1", "dev-2"], "score": [2.0, 1.0], "rank": [0, 1]})
        >>> WithoutTranslation()(results)["docno"].tolist()
        ['dev-2']
    """

    schematic = {"label": "WithoutTranslation", "help_url": MtopCollection.url}  # noqa: RUF012

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows whose ``docno`` is not their ``qid``; ranks are made anew where there are scores."""
        pt.validate.columns(inp, includes=["qid", "docno"], context=self)
        kept = inp[inp["qid"] != inp["docno"]]
        return pt.model.add_ranks(kept) if "score" in kept else kept


def names() -> list[str]:
    """Every MTOP identifier; ``hi-en`` is spelt ``hi``."""
    ends = ("train", "dev", "dev/split", "test", "test/split")
    langs = [(q, d) for q in mtop_files.LANGUAGES for d in mtop_files.LANGUAGES]
    return [f"mtop/{_languages(query, document)}/{end}" for query, document in langs for end in ends]


def collection(name: str) -> MtopCollection:
    """The collection of that name.

    Queries of dev or test look for documents among both, those of ``.../split`` among their own split only, and those
    of train among train only, so that nothing learnt from it has seen the others.

    Args:
        name: Such as ``mtop/hi/test`` (English documents), ``mtop/hi-th/test`` (Thai documents), ``mtop/hi/dev/split``.

    Raises:
        OpticalError: There is none of that name.
    """
    match = _NAME.fullmatch(name)
    if not match:
        raise OpticalError(f"No data set {shown(name)}: the names are {NAMES}, with the languages {_LANG}.")
    query_lang, document_lang, train, split, own_split = match.groups()
    document_lang = document_lang or "en"
    split = train or split
    canonical = f"mtop/{_languages(query_lang, document_lang)}/{split}{own_split or ''}"
    pool = (split,) if train or own_split else ("dev", "test")
    return MtopCollection(canonical, query_lang, document_lang, split, pool)


def _languages(query_lang: str, document_lang: str) -> str:
    return query_lang if document_lang == "en" else f"{query_lang}-{document_lang}"

"""Belebele as retrieval: a question in one language asks for the passage of another that answers it."""

import re
from functools import cached_property

import ir_measures
import pandas as pd

from pyterrier_optical.datasets.belebele_files import LANGUAGES, read_language
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

ENGLISH = "eng_Latn"
NAMES = "belebele/<query language>[-<document language>]"
_NAME = re.compile(r"belebele/([a-z]{3}_[A-Z][a-z]{3})(?:-([a-z]{3}_[A-Z][a-z]{3}))?")


class BelebeleCollection(Collection):
    """900 questions of one language and 488 passages of another, parallel in 122 languages and scripts.

    Relevant (1) is the one passage that the question was asked about. Names are the same in every language.

    Args:
        name: The identifier.
        query_code: FLORES-200's code of the questions' language and script, such as ``hin_Deva`` or ``hin_Latn``.
        document_code: Likewise, of the passages'.
    """

    title = "Belebele"
    description = "Questions about short passages of FLORES-200, parallel in 122 languages (Bandarkar et al. 2024)."
    url = "https://github.com/facebookresearch/belebele"
    licence = "CC-BY-SA-4.0"
    citation = "Bandarkar et al., ACL 2024, https://arxiv.org/abs/2308.16884"
    label_meanings = {1: "the question was asked about this passage"}  # noqa: RUF012
    measures = (ir_measures.nDCG @ 10, ir_measures.RR @ 10)

    def __init__(self, name: str, query_code: str, document_code: str):
        super().__init__(name, LANGUAGES[query_code], LANGUAGES[document_code])
        self.query_code = query_code
        self.document_code = document_code
        if query_code != ENGLISH:
            self.topics_variants = ("query_translated",)

    @cached_property
    def _asked(self) -> pd.DataFrame:
        return read_language(self.query_code)

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Columns ``docno`` and ``text``, each passage once."""
        passages = read_language(self.document_code)[["docno", "text"]]
        return passages.drop_duplicates("docno", ignore_index=True)

    @cached_property
    def topics(self) -> pd.DataFrame:
        """Columns ``qid``, ``query`` and, unless it is English, ``query_translated``, the English question."""
        topics = self._asked[["qid", "query"]]
        if self.query_code == ENGLISH:
            return topics
        english = read_language(ENGLISH).set_index("qid")["query"]
        return topics.assign(query_translated=topics["qid"].map(english).fillna(""))

    @cached_property
    def qrels(self) -> pd.DataFrame:
        known = self._asked["docno"].isin(self.documents["docno"])
        if not known.all():
            raise OpticalError(
                f"Belebele's files of {self.query_code} and {self.document_code} have different passages: fetch both "
                "of one release."
            )
        return self._asked[["qid", "docno"]].assign(label=1)


def names() -> list[str]:
    """The identifiers with English on one side; the other pairs of languages are there as well."""
    others = [code for code in LANGUAGES if code != ENGLISH]
    return [f"belebele/{code}" for code in LANGUAGES] + [f"belebele/{ENGLISH}-{code}" for code in others]


def collection(name: str) -> BelebeleCollection:
    """The collection of that name.

    Args:
        name: Such as ``belebele/hin_Deva`` (English passages) or ``belebele/eng_Latn-hin_Deva`` (Hindi passages).

    Raises:
        OpticalError: There is none of that name.
    """
    match = _NAME.fullmatch(name)
    query_code, document_code = match.groups(default=ENGLISH) if match else ("", "")
    for code in (query_code, document_code):
        if code not in LANGUAGES:
            raise OpticalError(
                f"No data set {shown(name)}: the names are {NAMES}, with FLORES-200's codes: {' '.join(LANGUAGES)}."
            )
    canonical = query_code if document_code == ENGLISH else f"{query_code}-{document_code}"
    return BelebeleCollection(f"belebele/{canonical}", query_code, document_code)

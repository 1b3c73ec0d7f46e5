"""XQuAD-R as retrieval: a question in one language asks for the paragraph of another that holds the answer."""

import re
from functools import cached_property

import ir_measures
import pandas as pd

from pyterrier_optical.datasets import xquad_r_files
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

MEASURES = (ir_measures.RR @ 10, ir_measures.nDCG @ 10, ir_measures.AP)

NAMES = "xquad-r/<query language>[-<document language>]"
_LANG = "|".join(xquad_r_files.LANGUAGES)
_NAME = re.compile(rf"xquad-r/({_LANG})(?:-({_LANG}))?")


class XquadRCollection(Collection):
    """Questions of one language and the paragraphs of another, both translated by people from the same English text.

    Relevant (1) is the one paragraph that the question was asked about. Queries and documents have the same names in
    every language. It is for reporting only: nothing of it may be trained or tuned on.

    Args:
        name: The identifier.
        query_lang: One of :data:`~pyterrier_optical.datasets.xquad_r_files.LANGUAGES`.
        document_lang: Likewise; equal languages are allowed.
    """

    title = "XQuAD-R"
    description = (
        "1,190 questions and 240 Wikipedia paragraphs, parallel in eleven languages: XQuAD (Artetxe et al. 2020) as"
        " retrieval (LAReQA, Roy et al. 2020), here with whole paragraphs as documents."
    )
    url = "https://github.com/google-research-datasets/lareqa"
    licence = "CC-BY-SA-4.0"
    citation = "Roy et al., EMNLP 2020, https://arxiv.org/abs/2004.05484"
    label_meanings = {1: "the answer is in this paragraph"}  # noqa: RUF012
    measures = MEASURES

    def __init__(self, name: str, query_lang: str, document_lang: str):
        super().__init__(name, query_lang, document_lang)
        if query_lang != "en":
            self.topics_variants = ("query_translated",)

    @cached_property
    def _asked(self) -> pd.DataFrame:
        return xquad_r_files.read_language(self.query_lang).questions

    @cached_property
    def _searched(self) -> xquad_r_files.Parallel:
        searched = xquad_r_files.read_language(self.document_lang)
        if set(searched.questions["qid"]) != set(self._asked["qid"]):
            raise OpticalError(
                f"XQuAD-R's files of {self.query_lang} and {self.document_lang} have different questions: fetch both "
                "of one release."
            )
        return searched

    @property
    def documents(self) -> pd.DataFrame:
        return self._searched.paragraphs

    @cached_property
    def topics(self) -> pd.DataFrame:
        """Columns ``qid``, ``query`` and, unless it is English, ``query_translated``, the English question."""
        topics = self._asked[["qid", "query"]]
        if self.query_lang == "en":
            return topics
        english = xquad_r_files.read_language("en").questions.set_index("qid")["query"]
        return topics.assign(query_translated=topics["qid"].map(english).fillna(""))

    @cached_property
    def qrels(self) -> pd.DataFrame:
        holds_answer = self._searched.questions.set_index("qid")["docno"]
        qids = self._asked["qid"]
        return pd.DataFrame({"qid": qids, "docno": qids.map(holds_answer), "label": 1})


def names() -> list[str]:
    """Every XQuAD-R identifier; ``hi-en`` is spelt ``hi``."""
    languages = xquad_r_files.LANGUAGES
    return [f"xquad-r/{_languages(query, document)}" for query in languages for document in languages]


def collection(name: str) -> XquadRCollection:
    """The collection of that name.

    Args:
        name: Such as ``xquad-r/hi`` (English paragraphs) or ``xquad-r/en-hi`` (English questions, Hindi paragraphs).

    Raises:
        OpticalError: There is none of that name.
    """
    match = _NAME.fullmatch(name)
    if not match:
        raise OpticalError(f"No data set {shown(name)}: the names are {NAMES}, with the languages {_LANG}.")
    query_lang, document_lang = match.groups()
    document_lang = document_lang or "en"
    return XquadRCollection(f"xquad-r/{_languages(query_lang, document_lang)}", query_lang, document_lang)


def _languages(query_lang: str, document_lang: str) -> str:
    return query_lang if document_lang == "en" else f"{query_lang}-{document_lang}"

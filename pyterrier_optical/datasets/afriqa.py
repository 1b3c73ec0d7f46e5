"""AfriQA as retrieval: questions in African languages ask for English passages."""

import hashlib
import re
from functools import cached_property

import pandas as pd

from pyterrier_optical.datasets import afriqa_files
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

LANGUAGES = {
    "bem": "bem",
    "hau": "ha",
    "ibo": "ig",
    "kin": "rw",
    "swa": "sw",
    "twi": "tw",
    "yor": "yo",
    "zul": "zu",
}

NAMES = "afriqa/<language>/<train|dev|test>[/open]"
_ALIASES = {alias: iso_639_3 for iso_639_3, short in LANGUAGES.items() for alias in (iso_639_3, short)}
_NAME = re.compile(r"afriqa/([a-z]+)/([a-z]+)")


class AfriqaCollection(Collection):
    """Questions of one language, and the English gold passages of all languages of the split as documents.

    A passage is relevant (1) for the questions that were answered from it, white space aside. Passages are pooled over
    the languages, each distinct text once: 1,509 in dev. Questions without a passage or without words are left out and
    counted in :attr:`dropped`. Fon is no part of it because its passages are French.

    Args:
        name: The identifier.
        lang: ISO 639-3 code of the questions' language, a key of :data:`LANGUAGES`.
        split: "train", "dev" or "test".
    """

    title = "AfriQA"
    description = (
        "Questions of speakers of African languages with human English translations, and the English Wikipedia"
        " passages that answer them (Ogundepo et al. 2023): the gold passages of all languages of a split, pooled."
    )
    url = "https://github.com/masakhane-io/afriqa"
    licence = "CC-BY-4.0"
    citation = "Ogundepo et al., Findings of EMNLP 2023, https://arxiv.org/abs/2305.06897"
    document_fields = ("text", "title")
    label_meanings = {1: "the question was answered from this passage"}  # noqa: RUF012
    topics_variants = ("query_translated",)

    def __init__(self, name: str, lang: str, split: str):
        super().__init__(name, LANGUAGES[lang], "en")
        self.lang = lang
        self.split = split

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return afriqa_files.read_split(self.split)

    @cached_property
    def _questions(self) -> pd.DataFrame:
        own = self._rows[self._rows["lang"] == self.lang]
        usable = own[(own["context"].str.strip() != "") & (own["question_lang"].str.strip() != "")]
        return usable.assign(qid=f"{self.lang}-{self.split}-" + usable["id"])

    @cached_property
    def documents(self) -> pd.DataFrame:
        """Columns ``docno``, ``text`` and ``title``, which can be empty; ``docno`` depends on the text alone."""
        passages = self._rows[self._rows["context"].str.strip() != ""]
        titles = passages["title"].str.strip()
        # An untitled copy of a passage must not hide the title of another copy.
        first = passages.assign(title=titles, untitled=titles == "").sort_values("untitled", kind="stable")
        first = first.drop_duplicates("context").sort_index()
        docno = [f"{self.split}-{_digest(text)}" for text in first["context"]]
        return pd.DataFrame({"docno": docno, "text": first["context"].to_numpy(), "title": first["title"].to_numpy()})

    @cached_property
    def topics(self) -> pd.DataFrame:
        """Columns ``qid``, ``query`` and ``query_translated``, the human English translation (can be empty)."""
        columns = {"qid": "qid", "question_lang": "query", "question_translated": "query_translated"}
        return self._questions[list(columns)].rename(columns=columns).reset_index(drop=True)

    @cached_property
    def qrels(self) -> pd.DataFrame:
        documents = self.documents.assign(passage=_white_space_aside(self.documents["text"]))
        questions = self._questions.assign(passage=_white_space_aside(self._questions["context"]))
        pairs = questions[["qid", "passage"]].merge(documents[["docno", "passage"]], on="passage")
        return pairs[["qid", "docno"]].assign(label=1)

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """``qid``, title of the article that the answer was found in, and the English answer, of each question."""
        columns = self._questions[["qid", "title", "answer"]]
        return [(qid, title.strip(), answer) for qid, title, answer in columns.itertuples(index=False, name=None)]

    @property
    def dropped(self) -> dict[str, int]:
        own = self._rows[self._rows["lang"] == self.lang]
        no_question = own["question_lang"].str.strip() == ""
        no_passage = own["context"].str.strip() == ""
        return {"no question": int(no_question.sum()), "no passage": int((no_passage & ~no_question).sum())}


def names() -> list[str]:
    """Every AfriQA identifier, in the short codes."""
    return [f"afriqa/{LANGUAGES[lang]}/{split}" for split, langs in afriqa_files.LANGUAGES_OF.items() for lang in langs]


def collection(name: str) -> AfriqaCollection:
    """The collection of that name.

    Args:
        name: Such as ``afriqa/ha/dev``; the ISO 639-3 code is an alias: ``afriqa/hau/dev``.

    Raises:
        OpticalError: There is none of that name.
    """
    match = _NAME.fullmatch(name)
    lang, split = match.groups() if match else ("", "")
    lang = _ALIASES.get(lang)
    if lang not in afriqa_files.LANGUAGES_OF.get(split, ()):
        choices = ", ".join(
            f"{split}: {' '.join(LANGUAGES[lang] for lang in langs)}"
            for split, langs in afriqa_files.LANGUAGES_OF.items()
        )
        raise OpticalError(f"No data set {shown(name)}: the names are {NAMES}, with the languages {choices}.")
    return AfriqaCollection(f"afriqa/{LANGUAGES[lang]}/{split}", lang, split)


def _white_space_aside(texts: pd.Series) -> pd.Series:
    return texts.str.split().str.join(" ")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

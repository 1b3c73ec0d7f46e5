"""AfriQA as open retrieval: which passages of all of Wikipedia hold the answer to a question."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import pyterrier as pt
from ir_datasets.datasets.base import Dataset
from ir_datasets.formats import BaseQrels, GenericQrel

from pyterrier_optical.datasets import afriqa, afriqa_files
from pyterrier_optical.datasets.clir.local_irds import wikipedia_passages

_WORD = re.compile(r"\w+")
#: Answers that a passage may contain without giving them.
_NOT_SPANS = {"", "yes", "no"}


class AnswerQrels(BaseQrels):
    """Relevant (1): a passage of the article that the answer was found in, with the answer's words in it.

    XOR-Retrieve (Asai et al. 2021) counts any passage with the answer; the article keeps out passages that have the
    words by chance. Questions that are answered by yes or no have no judgments. The passages are read once, from the
    first to the last.

    Args:
        docs: The passages: handler of documents with ``title`` and ``text``.
        collection: The questions with their gold passages.
    """

    def __init__(self, docs, collection: afriqa.AfriqaCollection):
        self._docs = docs
        self._collection = collection

    def qrels_iter(self) -> Iterator[GenericQrel]:
        """The judgments, in the order of the passages."""
        wanted = defaultdict(list)
        for qid, title, answer in self._collection.answers:
            words = plain_words(answer)
            if words.strip() not in _NOT_SPANS:
                wanted[title].append((qid, words))
        for doc in pt.tqdm(self._docs.docs_iter(), desc="Reading Wikipedia for answers", unit="passage"):
            if asked := wanted.get(doc.title):
                text = plain_words(doc.text)
                yield from (GenericQrel(qid, doc.doc_id, 1) for qid, answer in asked if answer in text)

    def qrels_defs(self) -> dict[int, str]:
        """What the labels mean."""
        return {1: "a passage of the gold passage's article that contains the answer"}


def plain_words(text: str) -> str:
    """The words without case and accents, with a space around each.

    Example:
        >>> plain_words("São Paulo, 1554") in plain_words("Founded as Sao Paulo (1554)."), " 15 " in plain_words("1554")
        (True, False)
    """
    text = unicodedata.normalize("NFD", text).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return f" {' '.join(_WORD.findall(text))} "


def open_datasets(queries_of) -> Iterator[tuple[str, Dataset]]:
    """Each name with its data set; no file is touched.

    Args:
        queries_of: Makes ir_datasets' handler of the topics of a collection.
    """
    docs = wikipedia_passages()
    for split, languages in afriqa_files.LANGUAGES_OF.items():
        for lang in languages:
            name = f"afriqa/{afriqa.LANGUAGES[lang]}/{split}"
            collection = afriqa.AfriqaCollection(name, lang, split)
            yield f"{name}/open", Dataset(docs, queries_of(collection), AnswerQrels(docs, collection))

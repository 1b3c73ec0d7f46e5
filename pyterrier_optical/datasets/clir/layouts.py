"""Where the files of collections that ir_datasets lacks lie, as their publishers lay them out."""

from dataclasses import dataclass

#: Code of the language -> its name in CIRAL's files.
CIRAL_LANGUAGES = {"ha": "hausa", "so": "somali", "sw": "swahili", "yo": "yoruba"}
#: Sets of judgments of CIRAL; the pools of its shared task are deeper judgments of the first test set.
CIRAL_SETS = ("dev", "test-a", "test-a-pools", "test-b")
#: Code of the language -> its code and its name in AfriCLIRMatrix's files.
AFRICLIRMATRIX_LANGUAGES = {
    "af": ("afr", "afrikaans"),
    "am": ("amh", "amharic"),
    "ary": ("ary", "moroccan_arabic"),
    "arz": ("arz", "egyptian_arabic"),
    "ha": ("hau", "hausa"),
    "ig": ("ibo", "igbo"),
    "nso": ("nso", "northern_sotho"),
    "sn": ("sna", "shona"),
    "so": ("som", "somali"),
    "sw": ("swa", "swahili"),
    "ti": ("tir", "tigrinya"),
    "tw": ("twi", "twi"),
    "wo": ("wol", "wolof"),
    "yo": ("yor", "yoruba"),
    "zu": ("zul", "zulu"),
}
#: Passages of 100 words of English Wikipedia, as AfriQA's scripts write them: id, text, title, with a head line.
WIKIPEDIA = "afriqa/enwiki-20220501.tsv"


@dataclass(frozen=True)
class Layout:
    """Paths inside the data folder.

    Attributes:
        topics: TSV of qid and query.
        qrels: In TREC's format.
        documents: JSON lines.
    """

    topics: str
    qrels: str
    documents: str


def ciral(lang: str, judgments: str) -> Layout:
    """The files of CIRAL: the two repositories on its hub, side by side."""
    language = CIRAL_LANGUAGES[lang]
    stem, asked = f"ciral-v1.0-{lang}", judgments.removesuffix("-pools")
    return Layout(
        f"ciral/ciral-{language}/topics/topics.{stem}-{asked}.tsv",
        f"ciral/ciral-{language}/qrels/qrels.{stem}-{judgments}.tsv",
        f"ciral-corpus/passages-v1.0/{language}_passages.jsonl",
    )


def africlirmatrix(lang: str) -> Layout:
    """The files of AfriCLIRMatrix: its repository, and its corpus as ``africlirmatrix-corpus`` beside it."""
    code, language = AFRICLIRMATRIX_LANGUAGES[lang]
    return Layout(
        f"africlirmatrix/test/queries/topics.africlirmatrix-v1.0.en.{code}.tsv",
        f"africlirmatrix/test/qrels/qrels.africlirmatrix-v1.0.en.{code}.txt",
        f"africlirmatrix-corpus/africlirmatrix-v1.0-{language}/corpus.jsonl",
    )

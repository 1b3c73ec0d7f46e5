"""A few documents for tests of the first stage, and short ways to ask for them."""

import functools

import pandas as pd

from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25

DOCS = [
    {"docno": "millet", "text": "Millet grows where maize would wither."},
    {"docno": "ferry", "text": "The ferry crosses the river twice a day, and the river is wide."},
    {"docno": "loom", "text": "A loom stands in the yard; she weaves cotton on it."},
    {"docno": "empty", "text": ""},
]
SCRIPTS = {
    "thai": ("เรือข้ามแม่น้ำวันละสองครั้ง", "แม่น้ำ"),
    "khmer": ("ទូកឆ្លងទន្លេពីរដងក្នុងមួយថ្ងៃ", "ទន្លេ"),
    "burmese": ("လှေသည်မြစ်ကိုဖြတ်ကူးသည်", "မြစ်ကို"),
    "amharic": ("ጀልባው ወንዙን ይሻገራል", "ወንዙን"),
    "arabic": ("يعبر القارب النهر مرتين", "النهر"),
    "hindi": ("नाव दिन में दो बार नदी पार करती है", "नदी"),
    "japanese": ("渡し船は一日に二回川を渡る", "渡し船"),
    "yoruba": ("Ọkọ̀ ojú omi ń kọjá odò", "odò"),
}


@functools.cache
def shared(engine: str, name: str) -> BM25Retriever:
    """One index for the tests that only read it: Terrier takes a while to make one."""
    scripts = [{"docno": name, "text": text} for name, (text, _) in SCRIPTS.items()]
    return bm25(DOCS if name == "documents" else scripts, engine=engine)


def queries(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(texts))], "query": texts})


def ours(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "pyterrier_optical"]


def found(retriever, query: str) -> list[str]:
    return retriever.search(query)["docno"].tolist()

"""Documents and queries of the index's tests."""

import pandas as pd

TEXTS = {
    "d1": "the long river",
    "क-2": "a small dog",
    "d3": "water near bread",
    "แมว": "the cat sleeps",
    "d5": "the long river",
    "d6": "",
    "7": "the mountain runs near the river water " * 3,
}
DOCUMENTS = [{"docno": docno, "text": text} for docno, text in TEXTS.items()]
TOPICS = pd.DataFrame(
    {"qid": ["q1", "q2", "q3"], "query": ["mto mrefu", "katze", "mto mrefu"], "query_gloss": ["long river", "cat", ""]}
)

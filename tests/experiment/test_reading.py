"""What encoders read, as a table beside the scores."""

import pandas as pd
import pytest

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.experiment.reading import reading_text, what_was_read
from pyterrier_optical.late.encoder import TokenEncoder


class Task:
    """A task over two documents."""

    corpus_key = "same"
    documents = pd.DataFrame({"docno": ["a", "b"], "text": ["the cat", "river " * 200], "title": ["", ""]})

    def __init__(self, *queries):
        self.queries = queries

    def get_topics(self):
        return pd.DataFrame({"qid": [str(i) for i in range(len(self.queries))], "query": self.queries})


def test_a_row_for_each_language_and_encoder(tiny_model):
    encoder = TokenEncoder(load_encoder(tiny_model, device="cpu"))
    read = what_was_read(
        {"x": encoder, "y": encoder}, {"sw": Task("paka", "mto"), "ru": Task("кот"), "th": Task("แมว")}
    )
    assert list(zip(read["lang"], read["system"], strict=True))[:3] == [("sw", "x"), ("sw", "y"), ("ru", "x")]
    assert read["cut_documents"].tolist() == [0.5] * 6
    assert read["unknown"].tolist() == [0, 0, pytest.approx(0.5), pytest.approx(0.5), 0, 0]
    lines = reading_text(read).splitlines()
    cells = [cell.strip() for cell in lines[4].strip("|").split("|")]
    assert cells[:2] == ["ru", "x"] and cells[4] == "50.0†" and cells[6] == "50.0†"
    assert [cell.strip() for cell in lines[6].strip("|").split("|")][2] == "-"
    assert "† over 3 tokens a word, 1% of tokens or 5% of texts" in lines[-1]

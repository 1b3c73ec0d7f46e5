"""Words and their rows without a dict."""

import pickle

from pyterrier_optical.lexicon import rows as module
from pyterrier_optical.lexicon.rows import WordRows

WORDS = ["paka", "mto", "नदी", "", "ọjà", "maji" * 50]


def test_as_a_dict():
    rows, expected = WordRows(WORDS), {word: row for row, word in enumerate(WORDS)}
    assert dict(rows) == expected and list(rows) == WORDS and len(rows) == 6
    for other in ("pak", "paka ", "paka\nmto", "\udc80", "नद"):
        assert other not in rows and rows.get(other) is None
    assert len(WordRows([])) == 0 and "a" not in WordRows([]) and list(WordRows([])) == []


def test_words_of_one_hash(monkeypatch):
    monkeypatch.setattr(module, "hash", len, raising=False)
    rows = WordRows(["ab", "cd", "x", "ef"])
    assert [rows.get(word) for word in ("ab", "cd", "ef", "x", "gh", "y", "xyz")] == [0, 1, 3, 2, None, None, None]


def test_in_another_process():
    rows = pickle.loads(pickle.dumps(WordRows(WORDS)))  # noqa: S301 - our own
    assert rows["नदी"] == 2 and list(rows) == WORDS

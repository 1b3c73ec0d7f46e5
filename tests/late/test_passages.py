"""Passages cover their text, overlap, and fit."""

import random
from itertools import pairwise

import pytest
import tiny

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.passages import _windows, split_passages


def jumble(letters: str, count: int) -> str:
    """Letters in an order that does not repeat, so that a passage has one place in its text."""
    return "".join(random.Random(7).choices(letters, k=count))


TEXTS = {
    "words": " ".join(jumble("abcdefgh", 400)[i : i + 1 + i % 5] for i in range(0, 400, 5)),
    "thai": jumble("แมนวยา", 90),
    "hindi": " ".join(random.Random(3).choices(["नदी", "बिल्ली", "पहाड़", "दल", "हाल", "बड़ी"], k=40)),
    "one word": jumble("abcdefghijklmnop", 150),
}


@pytest.fixture(scope="module", params=["xlmr", "bert"])
def encoder(request, tmp_path_factory):
    return TokenEncoder(load_encoder(getattr(tiny, request.param)(tmp_path_factory.mktemp("model")), device="cpu"))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("limit", [8, 20])
def test_passages_cover_overlap_and_fit(encoder, name, limit):
    text = TEXTS[name]
    if name == "one word" and len(encoder.tokenizer("document").tokenize(text)) == 1:
        pytest.skip("a word of more than 100 letters is one unknown token to BERT")
    passages, sizes, counts = split_passages([text], encoder.lengths([text], "document"), encoder, limit)
    assert counts.tolist() == [len(passages)]
    assert max(sizes) <= limit
    assert sizes == encoder.lengths(passages, "document")
    # Each passage begins inside the part covered so far, so nothing between two passages is lost.
    covered, position = 0, 0
    for passage in passages:
        position = text.index(passage, position)
        assert not text[covered:position].strip()
        covered = max(covered, position + len(passage))
    assert not text[covered:].strip()
    shared = sum(len(passage) for passage in passages) - len(text)
    assert shared > 0.05 * len(text)


def test_passages_start_at_words(encoder):
    text = TEXTS["words"]
    passages, _, _ = split_passages([text], encoder.lengths([text], "document"), encoder, 12)
    for passage in passages:
        assert set(passage.split()) <= set(text.split())


def test_short_texts_stay_whole(encoder):
    texts = ["the cat", "", TEXTS["words"], "a"]
    sizes = encoder.lengths(texts, "document")
    passages, _, counts = split_passages(texts, sizes, encoder, 16)
    assert passages[:2] == ["the cat", ""]
    assert passages[-1] == "a"
    assert counts[[0, 1, 3]].tolist() == [1, 1, 1]
    assert counts[2] > 1


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("words", [list(range(20)), [0] * 20, [None] * 20, [0, 0, 0, 1, 1, 2] * 3, [0]])
def test_windows_cover_all_tokens_and_move_on(words, size):
    windows = _windows(words, size)
    assert windows[0][0] == 0
    assert windows[-1][1] == len(words)
    for (start, end), (next_start, next_end) in pairwise(windows):
        assert start < next_start <= end < next_end
    assert all(0 < end - start <= size for start, end in windows)


def test_a_slow_tokenizer_is_refused(encoder, monkeypatch):
    class Slow:
        is_fast = False

    monkeypatch.setattr(encoder, "tokenizer", lambda task: Slow())
    with pytest.raises(OpticalError, match="fast tokenizer"):
        split_passages(["the cat " * 50], [102], encoder, 16)

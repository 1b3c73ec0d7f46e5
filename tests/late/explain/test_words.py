"""Sub-words become words in every script, and every token vector has a word."""

import pytest
import tiny
import torch

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.explain.words import merged, read_words


def encoder_of(folder) -> TokenEncoder:
    return TokenEncoder(load_encoder(folder, device="cpu"))


@pytest.fixture(scope="module")
def encoder(tiny_model):
    return encoder_of(tiny_model)


@pytest.mark.parametrize(
    ("text", "cuts", "words"),
    [
        ("बिल्ली पहाड़", [1, 2, 4, 6, 7, 9], ["बिल्ली", "पहाड़"]),
        ("ንጹህ ውሃ", [2, 4], ["ንጹህ", "ውሃ"]),
        ("الشرب النظيفة", [2, 6, 9], ["الشرب", "النظيفة"]),
        ("don't.", [3, 4, 5], ["don", "'", "t", "."]),
        # Thai: the pieces stay, but for one that parts a letter from its mark.
        ("น้ำแมว", [1, 3], ["น้ำ", "แมว"]),
        ("東京都に", [3], ["東京都", "に"]),
        # A piece over two words joins them.
        ("U.S. law", [3, 4], ["U.S", ".", "law"]),
    ],
)
def test_pieces_are_merged(text, cuts, words):
    ends = [*cuts, len(text)]
    pieces = [(text[a:b], a, b) for a, b in zip([0, *cuts], ends, strict=True)]
    found = merged(text, pieces)
    assert list(found.labels) == words
    assert [text[slice(*span)] for span in found.spans] == words
    assert len(found.owner) == len(pieces) and sorted(set(found.owner)) == list(range(len(words)))


def test_the_mark_of_a_words_start_belongs_to_the_word():
    # As XLM-R's tokenizer says it: at the start of a text the mark lies over the first letter, later over the space.
    found = merged("แมว 東京", [("<s>", 0, 0), ("▁", 0, 1), ("แมว", 0, 3), ("▁", 3, 4), ("東京", 4, 6), ("</s>", 0, 0)])
    assert found.labels == ("<s>", "แมว", "東京", "</s>") and found.owner.tolist() == [0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    "text", ["the cat runs", "mto pakaruns, नदी बिल्ली", "แม่น้ำแมวยาว", "a 😀 b", "  the \n cat ", "", "█"]
)
@pytest.mark.parametrize("task", ["query", "document"])
def test_every_vector_has_a_word(encoder, text, task):
    words = read_words(encoder, text, task, 12)
    assert len(words.owner) == len(getattr(encoder, f"{'queries' if task == 'query' else 'documents'}")([text], 12)[0])
    assert sorted(set(words.owner)) == list(range(len(words.labels))) and len(words.spans) == len(words.labels)


def test_a_word_that_was_cut_ends_where_the_model_stopped(encoder):
    words = read_words(encoder, "the cat xyzzyx", "document", 6)
    assert words.labels == ("<s>", "the", "cat", "x", "</s>") and words.text == "the cat xyzzyx"


def test_prompts_skiplists_and_expansion(tmp_path):
    prompts = {"query": "near: ", "document": ""}
    expansion = {"strategy": "fixed", "length": 12}
    folder = tiny.encoder(tmp_path, prompts=prompts, skiplist=["<s>", "</s>"], query_expansion=expansion)
    encoder = encoder_of(folder)
    words = read_words(encoder, "the cat", "query")
    assert len(words.owner) == len(encoder.queries(["the cat"])[0]) == 12
    assert words.labels[:5] == ("<s>", "near", ":", "the", "cat") and set(words.labels[6:]) == {"<mask>"}
    assert read_words(encoder, "the cat", "document").labels == ("the", "cat")


def test_a_tokenizer_that_does_not_know_its_places_is_refused(encoder, monkeypatch):
    monkeypatch.setattr(type(encoder.tokenizer("query")), "is_fast", False)
    with pytest.raises(OpticalError, match="cannot tell where its tokens lie"):
        read_words(encoder, "the cat", "query")


@pytest.mark.parametrize("task", ["query", "document"])
def test_the_mask_alone_says_what_the_whole_model_says(tmp_path, monkeypatch, task):
    folder = tiny.encoder(tmp_path, skiplist=["<s>"], query_expansion={"strategy": "fixed", "length": 12})
    encoder = encoder_of(folder)
    body = type(encoder.model[0])
    whole = model_words(encoder, task, monkeypatch)
    monkeypatch.setattr(body, "forward", lambda *args, **kwargs: pytest.fail("the body ran"))
    assert read_words(encoder, "the cat", task).labels == whole
    assert ("<s>" in whole) == (task == "query")


def model_words(encoder, task, monkeypatch) -> tuple[str, ...]:
    """The words as a model is read that has a module of its own."""
    with monkeypatch.context() as patch:
        patch.setattr(encoder.model, "children", lambda: iter([torch.nn.Identity()]))
        return read_words(encoder, "the cat", task).labels

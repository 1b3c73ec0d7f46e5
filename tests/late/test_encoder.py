"""Token vectors: the model's own, the same in any batch, once per distinct text."""

import pytest
import tiny
import torch

from pyterrier_optical.checkpoint.folder import load_encoder, load_sentence_transformer
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import SentenceEncoder, TokenEncoder, TokenVectors

TEXTS = ["the cat sleeps near water", "mto mrefu", "a", "the dog runs, runs, runs and the cat", "น้ำ", "paka"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tiny.encoder(tmp_path_factory.mktemp("encoder"), prompts={"query": "a ", "document": ""}, skiplist=[","])
    return load_encoder(folder, device="cpu")


def test_vectors_are_those_of_the_model_for_each_task(model):
    encoder = TokenEncoder(model, batch_tokens=20)
    for vectors, plain in (
        (encoder.queries(TEXTS), model.encode_query(TEXTS)),
        (encoder.documents(TEXTS), model.encode_document(TEXTS)),
    ):
        for i, expected in enumerate(plain):
            torch.testing.assert_close(vectors[i], expected)
    assert len(encoder.documents(["cat, dog"])[0]) == len(encoder.documents(["cat dog"])[0])


@pytest.mark.parametrize("options", [{"batch_tokens": 1}, {"batch_tokens": 17}, {"batch_texts": 1}, {}])
def test_a_text_has_the_same_vectors_in_any_batch(model, options):
    together, alone = TokenEncoder(model, **options).queries(TEXTS), TokenEncoder(model)
    for i, text in enumerate(TEXTS):
        torch.testing.assert_close(together[i], alone.queries([text])[0], atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("the ｃａｔ", "the cat"),
        ("ri\u00adver\u200b near\ufeff", "river near"),
        ("cat\ud800", "cat"),
        ("น\u200bดี", "นดี"),
    ],
)
def test_texts_are_read_in_normal_form(model, written, plain):
    encoder = TokenEncoder(model)
    for task, encode in (("query", encoder.queries), ("document", encoder.documents)):
        assert encoder.lengths([written], task) == encoder.lengths([plain], task)
        assert torch.equal(encode([written]).values, encode([plain]).values)


def test_digits_of_any_script_are_one_piece(tmp_path):
    folder = tiny.encoder(tmp_path)
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    assert torch.equal(encoder.queries(["१२ ๓"]).values, encoder.queries(["12 3"]).values)


def test_batches_keep_their_budgets_and_texts_are_encoded_once(model, monkeypatch):
    encoder = TokenEncoder(model, batch_tokens=16, batch_texts=2)
    seen = []
    forward = encoder._forward
    monkeypatch.setattr(encoder, "_forward", lambda batch, *args: seen.append(batch) or forward(batch, *args))
    encoder.queries(TEXTS * 3)
    assert sorted(text for batch in seen for text in batch) == sorted(TEXTS)
    lengths = dict(zip(TEXTS, encoder.lengths(TEXTS, "query"), strict=True))
    for batch in seen:
        assert len(batch) <= 2
        assert len(batch) == 1 or len(batch) * max(lengths[text] for text in batch) <= 16


def test_texts_without_a_known_token_have_no_vectors(model):
    vectors = TokenEncoder(model).documents(["cat", "", "   ", "日本", "cat"])
    assert vectors.lengths.tolist() == [3, 0, 0, 0, 3]
    torch.testing.assert_close(vectors[0], vectors[4])
    nothing = TokenEncoder(model).documents(["", ""])
    assert nothing.values.shape == (0, 16)
    assert len(TokenEncoder(model).queries([])) == 0


def test_lengths_count_prompt_and_markers(model):
    encoder = TokenEncoder(model)
    texts = ["cat", "the cat runs"]
    assert encoder.lengths(texts, "query") == [len(v) for v in model.encode_query(texts)]
    assert encoder.lengths(texts, "document") == [len(v) for v in model.encode_document(texts)]
    assert encoder.lengths([], "query") == []


def test_texts_are_cut_at_the_limit(model):
    encoder = TokenEncoder(model)
    long = "cat " * 200
    assert encoder.limit("document") == 64
    assert encoder.documents([long]).lengths.tolist() == [64]
    assert encoder.documents([long], 10).lengths.tolist() == [10]
    with pytest.raises(OpticalError, match="max_document_tokens=1000 is more than the 64 that the model takes"):
        encoder.limit("document", 1000)
    with pytest.raises(OpticalError, match="leaves no room"):
        encoder.queries(["cat"], 3)


def test_the_models_own_task_lengths_hold(tmp_path):
    folder = tiny.encoder(tmp_path, query_length=6, document_length=9)
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    assert (encoder.limit("query"), encoder.limit("document")) == (6, 9)
    assert encoder.queries(["cat " * 20]).lengths.tolist() == [6]
    assert encoder.documents(["cat " * 20]).lengths.tolist() == [9]


@pytest.mark.parametrize("strategy", ["fixed", "min"])
def test_query_expansion_is_kept_and_does_not_revive_empty_queries(tmp_path, strategy):
    expansion = {"strategy": strategy, "length": 12}
    model = load_encoder(tiny.encoder(tmp_path, query_expansion=expansion), device="cpu")
    vectors = TokenEncoder(model).queries(["cat", "", "the cat runs"])
    assert vectors.lengths.tolist() == [12, 0, 12]
    torch.testing.assert_close(vectors[2], model.encode_query("the cat runs"))


def test_two_sided_models_are_routed(tmp_path):
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize, Router, Transformer

    sides = [Transformer(str(tiny.xlmr(tmp_path / str(seed), seed=seed))) for seed in (1, 2)]
    router = Router.for_query_document([sides[0]], [sides[1]])
    model = MultiVectorEncoder(modules=[router, Normalize(module_input_name="token_embeddings")], device="cpu")
    encoder = TokenEncoder(model)
    query, document = encoder.queries(["the cat"])[0], encoder.documents(["the cat"])[0]
    torch.testing.assert_close(query, model.encode_query("the cat"))
    torch.testing.assert_close(document, model.encode_document("the cat"))
    assert not torch.allclose(query, document)


def test_single_vectors_are_those_of_the_sentence_encoder(tmp_path):
    model = load_sentence_transformer(tiny.labse(tmp_path), device="cpu")
    vectors = SentenceEncoder(model, batch_tokens=10).documents([*TEXTS, ""])
    assert vectors.lengths.tolist() == [1] * len(TEXTS) + [0]
    torch.testing.assert_close(vectors.values, torch.tensor(model.encode(TEXTS, normalize_embeddings=True)))


def test_token_vectors_are_found_by_their_text():
    vectors = TokenVectors(torch.arange(8.0).view(4, 2), torch.tensor([0, 1, 1, 4]))
    assert [len(vectors[i]) for i in (0, 1, 2, -1)] == [1, 0, 3, 3]
    with pytest.raises(IndexError):
        vectors[3]


def test_progress_bar_only_when_asked(model, capsys):
    TokenEncoder(model).queries(["cat"])
    assert "Encoding" not in capsys.readouterr().err
    TokenEncoder(model, verbose=True).queries(["cat"])
    assert "Encoding query texts" in capsys.readouterr().err

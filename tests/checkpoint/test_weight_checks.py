"""Weights that are refused: not all there, more than the model has, not finite, or led to from elsewhere."""

import json
import time

import pytest
import tiny
import tiny_hub
import torch
from safetensors.torch import load_file, save_file

from pyterrier_optical.checkpoint.folder import load_encoder, load_sentence_transformer
from pyterrier_optical.errors import OpticalError


def change(folder, **names):
    """Rewrites the tensors: None deletes one, a tensor is put in its place."""
    tensors = load_file(folder / "model.safetensors")
    for name, value in names.items():
        tensors.pop(name.replace("__", "."), None)
        if value is not None:
            tensors[name.replace("__", ".")] = value
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def configure(folder, **options):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **options}))


@pytest.mark.parametrize("build", [tiny.xlmr, tiny.bert, tiny.encoder, tiny.stanford_colbert])
def test_a_missing_tensor_is_named(build, tmp_path):
    folder = build(tmp_path)
    prefix = "bert__" if build is tiny.stanford_colbert else ""
    change(folder, **{f"{prefix}encoder__layer__1__output__dense__weight": None})
    with pytest.raises(OpticalError, match=r"lack '(bert\.)?encoder\.layer\.1\.output\.dense\.weight': fetch or save"):
        load_encoder(folder, device="cpu")


def test_a_missing_tensor_of_a_sentence_encoder_is_named(tmp_path):
    folder = tiny.labse(tmp_path)
    change(folder, embeddings__LayerNorm__bias=None)
    for pooling in (None, "mean"):
        with pytest.raises(OpticalError, match=r"lack 'embeddings\.LayerNorm\.bias'"):
            load_sentence_transformer(folder, device="cpu", pooling=pooling)


def test_fewer_layers_than_the_weights_have_are_refused(tmp_path):
    folder = tiny.encoder(tmp_path)
    configure(folder, num_hidden_layers=1)
    with pytest.raises(OpticalError, match=r"hold more than the configuration says: 'encoder\.layer\.1\..*and 15 more"):
        load_encoder(folder, device="cpu")


@pytest.mark.parametrize("layers", [3, 1_000_000])
def test_more_layers_than_the_weights_have_are_refused_at_once(tmp_path, layers):
    folder = tiny.encoder(tmp_path)
    configure(folder, num_hidden_layers=layers)
    start = time.monotonic()
    with pytest.raises(OpticalError, match=r"lack 'encoder\.layer\.2\.|num_hidden_layers=1000000 and the weights have"):
        load_encoder(folder, device="cpu")
    assert time.monotonic() - start < 20


def test_a_head_may_be_left_over_and_a_pooler_missing(tmp_path):
    assert load_encoder(tiny_hub.xlm_roberta_base(tmp_path / "xlmr"), device="cpu").encode_query("cat").isfinite().all()


def test_position_numbers_that_earlier_libraries_stored_may_be_left_over(tmp_path):
    folder = tiny.bert(tmp_path)
    before = load_encoder(folder, device="cpu").encode_query("the cat")
    numbers = {"embeddings__token_type_ids": torch.zeros(1, 64, dtype=torch.long)}
    change(folder, embeddings__position_ids=torch.arange(64)[None], **numbers)
    assert load_encoder(folder, device="cpu").encode_query("the cat").equal(before)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_refused(tmp_path, number):
    folder = tiny.encoder(tmp_path)
    bias = load_file(folder / "model.safetensors")["encoder.layer.0.output.dense.bias"]
    bias[3] = number
    change(folder, encoder__layer__0__output__dense__bias=bias)
    with pytest.raises(OpticalError, match=r"not finite \(first in '0\.model\.encoder\.layer\.0\.output\.dense\.bias'"):
        load_encoder(folder, device="cpu")


def shard(folder, *names):
    """Splits the weights in two shards under these names."""
    tensors = load_file(folder / "model.safetensors")
    halves = sorted(tensors)[::2], sorted(tensors)[1::2]
    for name, half in zip(names, halves, strict=True):
        save_file({key: tensors[key] for key in half}, folder / name, metadata={"format": "pt"})
    (folder / "model.safetensors").unlink()
    weight_map = {key: name for name, half in zip(names, halves, strict=True) for key in half}
    index = {"metadata": {"total_size": 1}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def test_shards_inside_the_folder_are_read(tmp_path):
    folder = tiny.encoder(tmp_path)
    whole = load_encoder(folder, device="cpu").encode_query("the cat")
    shard(folder, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    assert torch.equal(load_encoder(folder, device="cpu").encode_query("the cat"), whole)


@pytest.mark.parametrize("name", ["model-2.bin", "../outside.safetensors", "sub/model-2.safetensors"])
def test_a_shard_that_is_pickled_or_elsewhere_is_refused(tmp_path, name):
    folder = tiny.encoder(tmp_path)
    (folder / "sub").mkdir()
    shard(folder, "model-1.safetensors", name)
    with pytest.raises(OpticalError, match=r"names '.*', which is no safetensors file of its folder"):
        load_encoder(folder, device="cpu")


@pytest.mark.parametrize("content", ["", "[]", '{"weight_map": 3}', '{"weight_map": {"a": 1}}'])
def test_a_damaged_list_of_shards_is_named(tmp_path, content):
    folder = tiny.encoder(tmp_path)
    (folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(OpticalError, match=r"index\.json' is damaged"):
        load_encoder(folder, device="cpu")


def test_a_module_outside_the_folder_is_refused(tmp_path):
    folder = tiny.encoder(tmp_path)
    modules = json.loads((folder / "modules.json").read_text())
    modules[1]["path"] = "../elsewhere"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(OpticalError, match=r"modules\.json' names no modules, or some outside its folder"):
        load_encoder(folder, device="cpu")


def test_transformers_loads_as_ever_afterwards(tmp_path):
    from transformers import AutoModelForTokenClassification, PreTrainedModel

    before = PreTrainedModel.__dict__["from_pretrained"]
    folder = tiny.xlmr(tmp_path)
    load_encoder(folder, device="cpu")
    assert PreTrainedModel.__dict__["from_pretrained"] is before
    assert AutoModelForTokenClassification.from_pretrained(folder).classifier.weight.shape == (2, 16)

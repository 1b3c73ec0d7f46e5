"""Loading checkpoints: every kind that is accepted, and one sentence for each that is not."""

import json
import socket
import time

import huggingface_hub.constants
import pytest
import tiny
import torch
from safetensors.torch import load_file, save_file

from pyterrier_optical.base import manifest
from pyterrier_optical.checkpoint.folder import (
    CHECKPOINT_FILE,
    CHECKPOINT_VERSION,
    load_encoder,
    load_sentence_transformer,
    read_checkpoint_info,
    write_checkpoint_info,
)
from pyterrier_optical.errors import OpticalError

TEXTS = ["the cat sleeps near water", "mto mrefu"]


def refused(call, *parts: str) -> None:
    """The call raises an OpticalError of one sentence that contains the parts."""
    with pytest.raises(OpticalError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    for part in parts:
        assert part in message


def test_a_saved_encoder_comes_back_with_the_same_vectors(tmp_path):
    from sentence_transformers import MultiVectorEncoder

    folder = tiny.encoder(tmp_path, prompts={"query": "a "}, skiplist=["▁the"])
    ours, plain = load_encoder(folder, device="cpu"), MultiVectorEncoder(str(folder), device="cpu")
    for mine, theirs in zip(ours.encode_query(TEXTS), plain.encode_query(TEXTS), strict=True):
        torch.testing.assert_close(mine, theirs)
    assert len(ours.encode_document("the cat")) == 3  # without the skipped word


@pytest.mark.parametrize("build", [tiny.xlmr, tiny.bert, tiny.labse])
def test_other_transformers_give_normalised_vectors_of_their_last_layer(build, tmp_path):
    model = load_encoder(build(tmp_path), device="cpu")
    features = model.tokenizer(TEXTS[:1], return_tensors="pt")
    with torch.no_grad():
        last = model.transformers_model(**features).last_hidden_state[0]
    expected = torch.nn.functional.normalize(last, dim=-1)
    torch.testing.assert_close(model.encode_document(TEXTS[0]), expected)


def test_stanford_colbert_layout_brings_its_projection_and_settings(tmp_path):
    folder = tiny.stanford_colbert(tmp_path, out=8)
    model = load_encoder(folder, device="cpu")
    assert model.encode_query(TEXTS[0]).shape == (12, 8)
    torch.testing.assert_close(model[1].linear.weight.data, load_file(folder / "model.safetensors")["linear.weight"])


def test_a_loaded_encoder_passes_through(tmp_path):
    model = load_encoder(tiny.encoder(tmp_path), device="cpu")
    assert load_encoder(model) is model


def test_an_object_that_is_no_model_is_refused():
    refused(lambda: load_encoder(42), "int", "MultiVectorEncoder")
    refused(lambda: load_sentence_transformer(42), "int", "SentenceTransformer")


def test_half_precision_checkpoints_are_float32_on_the_cpu_unless_asked(tmp_path):
    folder = tiny.encoder(tmp_path)
    halved = {name: value.half() for name, value in load_file(folder / "model.safetensors").items()}
    save_file(halved, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "dtype": "float16"}))
    assert load_encoder(folder, device="cpu").dtype == torch.float32
    assert load_encoder(folder, device="cpu", dtype="float16").dtype == torch.float16
    assert load_encoder(folder, device="cpu", dtype="bfloat16").dtype == torch.bfloat16


def test_unknown_dtype_and_device_are_refused(tmp_path):
    folder = tiny.encoder(tmp_path)
    refused(lambda: load_encoder(folder, dtype="int4"), "int4", "float16", "int8")
    refused(lambda: load_encoder(folder, device="abacus"), "abacus", "cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_a_device_that_is_not_there_is_named(tmp_path, device):
    refused(lambda: load_encoder(tiny.encoder(tmp_path), device=device), f"no CUDA device '{device}'", "device='cpu'")


def test_xlmr_texts_that_fill_all_positions_are_encoded(tmp_path):
    folder = tiny.xlmr(tmp_path, positions=20)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("model_max_length", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    assert load_encoder(folder, device="cpu").encode_document("cat " * 50).shape[0] == 20


def test_a_missing_folder_is_refused(tmp_path):
    refused(lambda: load_encoder(tmp_path / "nowhere"), "nowhere", "existing")
    refused(lambda: load_encoder("./nowhere"), "./nowhere")
    refused(lambda: load_encoder("not a hub id"), "not a hub id")
    for name in ("a query and no model " * 20, tmp_path / ("x" * 300)):
        refused(lambda name=name: load_encoder(name), "No model folder")


def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path):
    refused(lambda: load_encoder(tmp_path), "modules.json", "config.json")


@pytest.mark.parametrize("place", ["", "2_Dense"])
def test_pickled_weights_are_refused(tmp_path, place):
    folder = tiny.labse(tmp_path)
    weights = folder / place / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    refused(lambda: load_sentence_transformer(folder), "pytorch_model.bin", "safetensors")


@pytest.mark.parametrize("file", ["modules.json", "config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_file_is_one_sentence(tmp_path, file):
    folder = tiny.encoder(tmp_path)
    (folder / file).write_bytes(b"{ damaged")
    refused(lambda: load_encoder(folder), str(folder))


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    folder = tiny.xlmr(tmp_path)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.C", "AutoModel": "evil.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    refused(lambda: load_encoder(folder), str(folder))
    assert not (tmp_path / "ran").exists()


def test_checkpoint_info_round_trip(tmp_path):
    assert read_checkpoint_info(tmp_path) is None
    write_checkpoint_info(tmp_path, {"languages": ["sw", "ไทย"]})
    info = read_checkpoint_info(tmp_path)
    assert info["languages"] == ["sw", "ไทย"]
    assert info["format_version"] == CHECKPOINT_VERSION
    assert "library_version" in info
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT_FILE]


def test_a_newer_format_is_refused(tmp_path):
    folder = tiny.encoder(tmp_path)
    write_checkpoint_info(folder, {})
    path = folder / CHECKPOINT_FILE
    path.write_text(json.dumps({"format_version": CHECKPOINT_VERSION + 1}))
    refused(lambda: load_encoder(folder), str(CHECKPOINT_VERSION + 1), "upgrade")


def test_the_background_of_an_earlier_format_is_left_out_with_one_warning(tmp_path, caplog):
    folder = tiny.encoder(tmp_path)
    before = load_encoder(folder, device="cpu").encode_query(TEXTS)
    assert not caplog.records
    save_file({"values": torch.ones(1, 16), "offsets": torch.tensor([0, 1])}, folder / "background.safetensors")
    (folder / CHECKPOINT_FILE).write_text('{"format_version": 2, "config": {"background": {"passages": 1}}}')
    manifest.write(folder)
    after = load_encoder(folder, device="cpu").encode_query(TEXTS)
    torch.testing.assert_close(after, before)
    (record,) = caplog.records
    assert (
        record.getMessage() == f"The background of the checkpoint '{folder}' is no longer read: scores are plain MaxSim"
    )


@pytest.mark.parametrize("content", ["{", "[]", '{"format_version": "new"}', "{}"])
def test_damaged_checkpoint_info_is_refused(tmp_path, content):
    (tmp_path / CHECKPOINT_FILE).write_text(content)
    refused(lambda: read_checkpoint_info(tmp_path), CHECKPOINT_FILE, "damaged")


def test_single_vector_encoders(tmp_path):
    from sentence_transformers import SentenceTransformer

    folder = tiny.labse(tmp_path)
    own = load_sentence_transformer(folder, device="cpu")
    plain = SentenceTransformer(str(folder), device="cpu")
    torch.testing.assert_close(torch.tensor(own.encode(TEXTS)), torch.tensor(plain.encode(TEXTS)))
    tokens = load_encoder(folder, device="cpu").transformers_model
    features = own.tokenizer(TEXTS[0], return_tensors="pt")
    last = tokens(**features).last_hidden_state[0].detach()
    for pooling, expected in (("mean", last.mean(0)), ("cls", last[0])):
        pooled = load_sentence_transformer(folder, device="cpu", pooling=pooling).encode(TEXTS[0])
        torch.testing.assert_close(torch.tensor(pooled), expected)
    refused(lambda: load_sentence_transformer(tiny.bert(tmp_path / "bare")), "pooling='mean'")


def test_a_hub_id_offline_is_refused_at_once(tmp_path):
    refused(lambda: load_encoder("owner/some-model"), "owner/some-model", "HF_HUB_OFFLINE")


@pytest.mark.parametrize("answers", [False, True])
def test_an_unreachable_hub_is_one_sentence_within_ten_seconds(monkeypatch, answers):
    """One address refuses at once; the other accepts the connection and never says a word."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if answers:
            silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
        start = time.monotonic()
        refused(lambda: load_encoder("owner/some-model"), "owner/some-model", "cannot be reached", "local folder")
        assert time.monotonic() - start < 10


def test_the_shipped_model_loads_plainly(shipped_model):
    from sentence_transformers import MultiVectorEncoder

    assert read_checkpoint_info(shipped_model)["format_version"] == CHECKPOINT_VERSION
    ours, plain = load_encoder(device="cpu"), MultiVectorEncoder(str(shipped_model), device="cpu")
    assert ours.dtype == torch.float32
    torch.testing.assert_close(ours.encode_query("mto"), plain.encode_query("mto").float(), atol=1e-2, rtol=0)

"""Compact checkpoints: what they hold, that they answer as plain ones do, and the way back."""

import json
import shutil

import pytest
import tiny
import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder
from typer.testing import CliRunner

from pyterrier_optical import cli
from pyterrier_optical.checkpoint.compact import Q4Embedding, make_compact, plain
from pyterrier_optical.checkpoint.export import export
from pyterrier_optical.checkpoint.folder import load_encoder, write_checkpoint_info
from pyterrier_optical.checkpoint.q4 import pack_q4, unpack_q4
from pyterrier_optical.errors import OpticalError

TEXTS = ["the cat sleeps near water", "mto mrefu", "नदी"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A plain checkpoint and its compact twin."""
    base = tmp_path_factory.mktemp("compact")
    source = tiny.encoder(base / "source", dim=32)
    write_checkpoint_info(source, {"kind": "distilled", "teacher": "start"})
    (source / "README.md").write_text("a card\n")
    return source, export(base / "compact", source, compact=True)


def vectors(model):
    return torch.cat([torch.as_tensor(model.encode_query(text)) for text in TEXTS])


def test_weights_are_four_and_eight_bits_on_disk_and_rows_in_memory(folders):
    stored = load_file(folders[1] / "model.safetensors")
    assert stored["embeddings.word_embeddings.blocks"].dtype == torch.uint8
    assert stored["encoder.layer.0.attention.self.query.weight"].dtype == torch.int8
    assert stored["embeddings.position_embeddings.weight"].dtype == torch.float32
    body = load_encoder(folders[1])[0].auto_model
    assert isinstance(body.get_input_embeddings(), Q4Embedding)
    assert not [name for name, value in body.named_parameters() if value.shape[0] == body.config.vocab_size]


def test_vectors_are_those_of_the_rounded_weights(folders):
    model = load_encoder(folders[0])
    body = model[0].auto_model
    with torch.no_grad():
        rows = body.get_input_embeddings().weight
        rows.copy_(unpack_q4(pack_q4(rows)))
        for layer in body.modules():
            if isinstance(layer, torch.nn.Linear):
                scale = layer.weight.abs().amax(1, keepdim=True) / 127
                layer.weight.copy_((layer.weight / scale).round() * scale)
    assert torch.allclose(vectors(load_encoder(folders[1])), vectors(model), atol=1e-5)


@pytest.mark.parametrize("dtype", ["bfloat16", "int8"])
def test_it_loads_in_other_precisions(folders, dtype):
    model = load_encoder(folders[1], dtype=dtype)
    similarity = torch.nn.functional.cosine_similarity(vectors(model).float(), vectors(load_encoder(folders[1])))
    assert similarity.min() > 0.98


def test_the_export_is_a_plain_checkpoint_with_equal_vectors(folders, tmp_path):
    result = CliRunner().invoke(cli.app, ["export", str(tmp_path / "plain"), "--model", str(folders[1])])
    assert result.exit_code == 0, result.output
    assert "quantization_config" not in json.loads((tmp_path / "plain" / "config.json").read_text())
    foreign = MultiVectorEncoder(str(tmp_path / "plain"), device="cpu")
    assert torch.allclose(vectors(foreign), vectors(load_encoder(folders[1])), atol=1e-6)
    assert (tmp_path / "plain" / "README.md").read_text() == "a card\n"
    again = export(tmp_path / "again", tmp_path / "plain", compact=True)
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (again, folders[1]))
    for stored in (ours, theirs):  # a row of zeros has a scale of either sign
        stored["rows"] = unpack_q4(stored.pop("embeddings.word_embeddings.blocks"))
    assert not [name for name in theirs if not torch.equal(ours[name], theirs[name])]


def test_python_does_not_parse_the_pieces_of_the_shipped_model(shipped_model, monkeypatch):
    from tokenizers import Tokenizer
    from transformers import AutoTokenizer

    read = json.load

    def load(file, **options):
        assert not file.name.endswith("tokenizer.json")
        return read(file, **options)

    monkeypatch.setattr(json, "load", load)
    tokenizer = AutoTokenizer.from_pretrained(shipped_model)
    stored = Tokenizer.from_file(str(shipped_model / "tokenizer.json"))
    for text in (*TEXTS, "<s> a <mask> b", "ﬁn  d’année\u200b", ""):
        assert tokenizer(text)["input_ids"] == stored.encode(text).ids


def test_saved_added_tokens_are_those_of_the_tokenizer(folders):
    config = json.loads((folders[1] / "tokenizer_config.json").read_text())
    assert [config["added_tokens_decoder"][str(i)]["content"] for i in range(4)] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert (
        load_encoder(folders[1]).tokenizer.added_tokens_decoder
        == load_encoder(folders[0]).tokenizer.added_tokens_decoder
    )


def test_a_plain_model_stays_as_it_is_and_a_compact_one_can_learn_all(folders):
    for folder in folders:
        model = load_encoder(folder)
        plain(model)
        rows = model[0].auto_model.get_input_embeddings()
        assert isinstance(rows, torch.nn.Embedding)
        assert rows.weight.requires_grad


def test_what_cannot_be_made_compact_is_refused(folders, tmp_path):
    with pytest.raises(OpticalError, match="holds no plain"):
        make_compact(folders[1])
    with pytest.raises(OpticalError, match="multiple of 32"):
        export(tmp_path / "narrow", tiny.encoder(tmp_path / "source", dim=16), compact=True)
    assert not (tmp_path / "narrow").exists()
    shutil.copytree(folders[0], tmp_path / "other")
    weights = load_file(tmp_path / "other" / "model.safetensors")
    renamed = {name.replace("word_embeddings", "tok_embeddings"): tensor for name, tensor in weights.items()}
    save_file(renamed, tmp_path / "other" / "model.safetensors")
    with pytest.raises(OpticalError, match="holds no BERT or XLM-R: export it without --compact"):
        make_compact(tmp_path / "other")


def test_a_file_or_a_folder_of_something_else_is_not_replaced(folders, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "file").write_text("mine")
    for place in (tmp_path / "notes", tmp_path / "notes" / "file"):
        with pytest.raises(OpticalError, match="holds something else: name an empty or new folder"):
            export(place, folders[0])
    assert (tmp_path / "notes" / "file").read_text() == "mine"

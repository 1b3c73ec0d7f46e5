"""Languages reach the model: the source in what it reads, the target in what it must write first."""

import json
import logging
import shutil
from pathlib import Path

import pytest
import transformers

from pyterrier_optical import OpticalError
from pyterrier_optical.base.languages import codes_of, differ
from pyterrier_optical.mt import MTQueryTranslator
from pyterrier_optical.mt import checkpoint as loader


def spied(folder, monkeypatch, text="mto mrefu", **arguments):
    """What a model read and wrote for a text: tokens in, tokens out, arguments of the search."""
    translator = MTQueryTranslator(folder, device="cpu", num_beams=2, max_length=12, **arguments)
    loaded, seen = translator._loaded, {}
    generate = loaded.model.generate

    def spy(**kwargs):
        output = generate(**kwargs)
        seen.update(kwargs, read=kwargs["input_ids"][0].tolist(), wrote=output[0].tolist())
        return output

    monkeypatch.setattr(loaded.model, "generate", spy)
    (translation,) = translator.translate([text])
    tokens = loaded.tokenizer.convert_ids_to_tokens
    return {**seen, "read": tokens(seen["read"]), "wrote": tokens(seen["wrote"]), "translation": translation}


@pytest.mark.parametrize(("source", "token"), [("sw", "swh_Latn"), ("swh_Latn", "swh_Latn"), ("hi", "hin_Deva")])
def test_nllb_reads_the_source_and_begins_with_the_target(nllb, monkeypatch, source, token):
    seen = spied(nllb, monkeypatch, source_lang=source)
    assert seen["read"][0] == token and seen["read"][-1] == "</s>"
    assert seen["wrote"][:2] == ["</s>", "eng_Latn"]
    assert "eng_Latn" not in seen["translation"]
    other = spied(nllb, monkeypatch, source_lang=source, target_lang="fra_Latn")
    assert other["wrote"][1] == "fra_Latn"


@pytest.mark.parametrize("source", ["sw", "swh_Latn"])
def test_m2m100_reads_the_source_and_begins_with_the_target(m2m100, monkeypatch, source):
    seen = spied(m2m100, monkeypatch, source_lang=source)
    assert seen["read"][0] == "__sw__" and seen["read"][-1] == "</s>"
    assert seen["wrote"][:2] == ["</s>", "__en__"]
    assert not seen["translation"].startswith("__en__")
    assert spied(m2m100, monkeypatch, source_lang="en", target_lang="zu")["wrote"][1] == "__zu__"


def test_marian_has_its_own_direction(marian, monkeypatch):
    seen = spied(marian, monkeypatch, source_lang="sw")
    assert seen["read"] == [*"▁mto▁mrefu", "</s>"]
    assert seen["wrote"][0] == "<pad>" and "<pad>" not in seen["wrote"][1:]
    assert seen["forced_bos_token_id"] is None


@pytest.mark.parametrize(("target", "token"), [("sw", ">>swa<<"), ("zh", ">>cmn_Hans<<"), ("swa", ">>swa<<")])
def test_marian_with_many_targets_is_told_one(many_targets, monkeypatch, target, token):
    seen = spied(many_targets, monkeypatch, target_lang=target)
    assert seen["read"] == [token, *"▁mto▁mrefu", "</s>"]


def test_the_search_is_the_callers(marian, monkeypatch, caplog):
    monkeypatch.setattr(logging.getLogger("transformers"), "propagate", True)
    with caplog.at_level(logging.WARNING):
        seen = spied(marian, monkeypatch)
    assert (seen["num_beams"], seen["max_new_tokens"], seen["do_sample"]) == (2, 12, False)
    assert len(seen["wrote"]) <= 13
    assert not [record.message for record in caplog.records if "max_length" in record.message]


def test_a_language_the_model_lacks_is_named(nllb, m2m100, many_targets):
    with pytest.raises(OpticalError, match=r"no source_lang 'hi-Latn': it knows '.*' and \d+ more"):
        MTQueryTranslator(nllb, source_lang="hi-Latn").translate(["x"])
    with pytest.raises(OpticalError, match="no target_lang 'eng_Latm': it knows 'eng_Latn'"):
        MTQueryTranslator(nllb, source_lang="sw", target_lang="eng_Latm").translate(["x"])
    with pytest.raises(OpticalError, match="no source_lang 'rw'"):
        MTQueryTranslator(m2m100, source_lang="rw").translate(["x"])
    with pytest.raises(OpticalError, match="no target_lang 'en': it knows 'cmn_Hans', 'swa'"):
        MTQueryTranslator(many_targets).translate(["x"])


def test_a_source_must_be_given_where_the_model_has_many(nllb):
    with pytest.raises(OpticalError, match="from many languages: say which one with source_lang"):
        MTQueryTranslator(nllb).translate(["x"])


def test_the_wrong_direction_is_refused(marian):
    with pytest.raises(OpticalError, match="translates into 'eng', not into 'de'"):
        MTQueryTranslator(marian, target_lang="de").translate(["x"])
    with pytest.raises(OpticalError, match="translates from 'swa', not from 'hi'"):
        MTQueryTranslator(marian, source_lang="hi").translate(["x"])


def test_languages_are_checked_before_weights_are_read(nllb, tmp_path):
    folder = Path(shutil.copytree(nllb, tmp_path / "model"))
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(OpticalError, match="no source_lang 'xx'"):
        MTQueryTranslator(folder, source_lang="xx").translate(["x"])
    with pytest.raises(OpticalError, match="cannot be loaded"):
        MTQueryTranslator(folder, source_lang="sw").translate(["x"])


def test_other_architectures_are_refused(nllb, tmp_path):
    folder = Path(shutil.copytree(nllb, tmp_path / "t5"))
    (folder / "config.json").write_text(json.dumps({"model_type": "t5"}))
    with pytest.raises(OpticalError, match=r"of the type 't5'.*choose a Marian"):
        MTQueryTranslator(folder).translate(["x"])
    (folder / "config.json").write_text("{")
    with pytest.raises(OpticalError, match="damaged"):
        MTQueryTranslator(folder).translate(["x"])


def test_pickled_and_incomplete_folders_are_refused(nllb, tmp_path):
    folder = Path(shutil.copytree(nllb, tmp_path / "model"))
    (folder / "tokenizer.json").rename(tmp_path / "tokenizer.json")
    with pytest.raises(OpticalError, match=r"lacks tokenizer\.json"):
        MTQueryTranslator(folder, source_lang="sw").translate(["x"])
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(OpticalError, match=r"pickled only.*save_pretrained.*refs/pr"):
        MTQueryTranslator(folder, source_lang="sw").translate(["x"])


def test_absent_models_are_one_sentence():
    with pytest.raises(OpticalError, match="No model folder"):
        MTQueryTranslator("./nowhere").translate(["x"])
    with pytest.raises(OpticalError, match="HF_HUB_OFFLINE is set"):
        MTQueryTranslator("owner/absent").translate(["x"])


def test_the_missing_package_is_named(marian, monkeypatch):
    monkeypatch.setattr(loader, "find_spec", lambda name: None)
    with pytest.raises(OpticalError, match=r"sentencepiece: pip install 'pyterrier-optical\[mt\]'"):
        MTQueryTranslator(marian).translate(["x"])


def test_a_model_that_was_saved_again_is_the_same(checkpoint, tmp_path):
    folder, languages = checkpoint
    for part in (transformers.AutoTokenizer, transformers.AutoModelForSeq2SeqLM):
        part.from_pretrained(folder).save_pretrained(tmp_path)
    one, two = (MTQueryTranslator(path, device="cpu", max_length=8, **languages) for path in (folder, tmp_path))
    assert one.translate(["mto mrefu", "paka"]) == two.translate(["mto mrefu", "paka"])


def test_the_two_of_one_architecture_are_told_apart_without_a_named_tokenizer(nllb, m2m100, tmp_path):
    from pyterrier_optical.mt.families import M2M100, NLLB, family_of

    for source, family in ((nllb, NLLB), (m2m100, M2M100)):
        folder = Path(shutil.copytree(source, tmp_path / family.__name__))
        assert type(family_of(folder)) is family
        (folder / "tokenizer_config.json").write_text("{}")
        assert type(family_of(folder)) is family


def test_the_codes_of_a_language():
    assert codes_of("zul_Latn")[1:] == ("zu", "zul")
    assert not differ("tl", "fil") and differ("ig", "yo")

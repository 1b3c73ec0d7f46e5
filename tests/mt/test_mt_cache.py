"""Translations on disk: found again, resumed, never mistaken for another model's."""

import json
import shutil
from pathlib import Path

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.mt import MTQueryTranslator
from pyterrier_optical.mt.translation import TranslationModel

QUERIES = ["paka", "maji", "mto mrefu", "नदी", "mkate"]


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """Every text whose translation a model has delivered."""
    texts, translate = [], TranslationModel.translate

    def spy(self, new, **arguments):
        for batch in translate(self, new, **arguments):
            texts.extend(batch)
            yield batch

    monkeypatch.setattr(TranslationModel, "translate", spy)
    return texts


@pytest.fixture
def translator(nllb, tmp_path):
    def make(model=nllb, **arguments) -> MTQueryTranslator:
        defaults = {"source_lang": "sw", "device": "cpu", "max_length": 6, "num_beams": 2, "cache": tmp_path / "kept"}
        return MTQueryTranslator(model, **{**defaults, **arguments})

    return make


def test_translations_are_found_again_without_the_model(translator, sent):
    first = translator().translate(QUERIES)
    assert sorted(sent) == sorted(QUERIES)
    again = translator(batch_size=1)
    assert again.translate(QUERIES[::-1]) == first[::-1]
    assert len(sent) == len(QUERIES) and "_loaded" not in vars(again)


def test_other_settings_are_translated_anew(translator, sent, nllb, tmp_path):
    import tiny_mt

    first = translator().translate(QUERIES)
    for change in ({"source_lang": "hi"}, {"target_lang": "fr"}, {"num_beams": 1}, {"max_length": 7}):
        translator(**change).translate(["paka"])
    retrained = tiny_mt.nllb(tmp_path / "again" / "nllb", seed=1)
    assert translator(retrained).translate(QUERIES) != first
    assert len(sent) == 2 * len(QUERIES) + 4
    moved = shutil.copytree(nllb, tmp_path / "elsewhere" / "nllb")
    assert translator(moved).translate(QUERIES) == first
    assert len(sent) == 2 * len(QUERIES) + 4
    assert all(path.name.startswith("nllb-") for path in (tmp_path / "kept").iterdir())


def test_an_interrupted_run_is_resumed(translator, sent, monkeypatch):
    model = translator(batch_size=2)
    generate, calls = model._loaded._generate, []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return generate(*arguments)

    monkeypatch.setattr(model._loaded, "_generate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.translate(QUERIES)
    assert len(sent) == 2
    resumed = translator().translate(QUERIES)
    assert sorted(sent) == sorted(QUERIES)
    assert resumed == translator(cache=None).translate(QUERIES)


def test_a_line_that_broke_off_is_translated_again(translator, sent, tmp_path):
    first = translator().translate(QUERIES)
    (path,) = (tmp_path / "kept").glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-9])
    assert translator().translate(QUERIES) == first
    assert len(sent) == len(QUERIES) + 1
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(QUERIES) + 1
    assert {json.loads(line)["query"] for line in [*lines[:-2], lines[-1]]} == set(QUERIES)
    assert translator().translate(QUERIES) == first and len(sent) == len(QUERIES) + 1


def test_two_at_a_time_lose_nothing(translator, sent, tmp_path):
    one, two = translator(), translator()
    one.translate(["paka"])
    two.translate(["maji"])
    one.translate(["mto"])
    (path,) = (tmp_path / "kept").glob("*.jsonl")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    translator().translate(["mto", "maji", "paka"])
    assert len(sent) == 3


def test_a_hub_model_counts_by_name_and_revision(tmp_path):
    paths = set()
    for name, revision in (("owner/one", None), ("owner/one", "refs/pr/1"), ("owner/two", None)):
        paths.add(MTQueryTranslator(name, revision=revision, cache=tmp_path)._known.path.name)
    assert len(paths) == 3 and any(name.startswith("owner_two-en-") for name in paths)


def test_a_folder_that_cannot_be_written_is_named_before_translating(translator, sent, tmp_path):
    Path(tmp_path / "file").write_text("taken")
    with pytest.raises(OpticalError, match=r"file' cannot keep translations .*: give cache another folder"):
        translator(cache=tmp_path / "file").translate(QUERIES)
    assert not sent

"""Going on after bad luck: checkpoints that are damaged or half-written, a log that was cut off, a full disk."""

import json
import os
import resource
import shutil

import pytest
from safetensors.torch import load_file

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.checkpoint.saving import check_replaceable, save_model
from pyterrier_optical.distill import DistillConfig, distill, load_bitext, make_lexicon
from pyterrier_optical.distill.progress import RunLog
from pyterrier_optical.distill.resuming import RECORD, checkpoint_to_go_on_from
from pyterrier_optical.errors import OpticalError

FILES = ["model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"]


def run_settings(output, student_folder, bitext_file):
    return {
        "output": str(output),
        "student": str(student_folder),
        "bitext": {"files": [{"lang": "xx", "path": str(bitext_file)}]},
        "training": {"steps": 8, "batch_size": 8, "eval_steps": 4, "warmup_steps": 1},
        "evaluation": {"heldout_pairs": 4},
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory, student_folder, bitext_file):
    output = tmp_path_factory.mktemp("finished") / "run"
    distill(run_settings(output, student_folder, bitext_file))
    return output


@pytest.fixture
def settings(finished, tmp_path, student_folder, bitext_file):
    """Those of a finished run, in a copy of its folder."""
    shutil.copytree(finished, tmp_path / "run")
    return run_settings(tmp_path / "run", student_folder, bitext_file)


def last_of(settings):
    config = DistillConfig.from_dict(settings)
    found = checkpoint_to_go_on_from(config, load_bitext(config.bitext, heldout_pairs=4), resume=True)
    return found and found.name


def spoil(path, how):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 8
    spoilt = {"flip": content, "cut": content[: len(content) // 2], "empty": b""}
    path.unlink() if how == "gone" else path.write_bytes(spoilt[how])


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["flip", "cut", "empty", "gone"])
def test_a_run_goes_back_behind_a_damaged_checkpoint_and_says_so(settings, tmp_path, caplog, file, how):
    assert last_of(settings) == "checkpoint-8"
    spoil(tmp_path / "run" / "checkpoints" / "checkpoint-8" / file, how)
    assert last_of(settings) == "checkpoint-4"
    assert any("checkpoint-8 is passed over" in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("how", ["cut", "empty", "gone"])
def test_so_it_does_without_a_manifest(settings, tmp_path, file, how):
    folder = tmp_path / "run" / "checkpoints" / "checkpoint-8"
    (folder / "manifest.json").unlink()
    assert last_of(settings) == "checkpoint-8"
    spoil(folder / file, how)
    assert last_of(settings) == "checkpoint-4"


def test_without_a_whole_checkpoint_a_run_begins_anew(settings, tmp_path, caplog):
    for folder in (tmp_path / "run" / "checkpoints").glob("checkpoint-*"):
        (folder / "optimizer.pt").unlink()
    assert last_of(settings) is None
    assert "begins anew" in caplog.records[-1].getMessage()


@pytest.mark.slow
def test_what_is_gone_on_from_an_older_checkpoint_ends_the_same(settings, finished, tmp_path):
    run = tmp_path / "run"
    shutil.rmtree(run / "model")
    spoil(run / "checkpoints" / "checkpoint-8" / "optimizer.pt", "cut")
    (run / "checkpoints" / RECORD).write_text('{"teach')
    with (run / "log.jsonl").open("a") as log:
        log.write('{"event": "log", "st')
    model = distill(settings)
    before, after = (load_file(folder / "model.safetensors") for folder in (finished / "model", model))
    assert all((before[name] - after[name]).abs().max() <= 1e-3 for name in before)
    assert json.loads((run / "checkpoints" / RECORD).read_text())["student"] == settings["student"]
    assert [event["event"] for event in RunLog(run / "log.jsonl").read()].count("end") == 2


def test_a_damaged_record_of_the_settings_is_written_again(settings, tmp_path, caplog):
    record = tmp_path / "run" / "checkpoints" / RECORD
    whole = record.read_text()
    for content in ("", whole[:40], "[]", "3"):
        record.write_text(content)
        assert last_of(settings) == "checkpoint-8"
        assert record.read_text() == whole and "run.json is damaged" in caplog.records[-1].getMessage()


def test_a_kill_while_a_model_is_replaced_leaves_one(settings, tmp_path, monkeypatch):
    folder = tmp_path / "run" / "model"
    model, before = load_encoder(folder, device="cpu"), load_encoder(folder, device="cpu").encode_query("madi")

    def killed(*args, **options):
        raise KeyboardInterrupt

    def killed_in_between(old, new, replace=os.replace):
        replace(old, new)
        if old == folder:
            killed()

    with monkeypatch.context() as patch:
        patch.setattr("pyterrier_optical.base.files.os.replace", killed_in_between)
        with pytest.raises(KeyboardInterrupt):
            save_model(model, folder, {})
    assert not folder.exists()
    assert load_encoder(folder, device="cpu").encode_query("madi").equal(before)

    def killed_at_the_end(old, new, replace=os.replace):
        if str(old).endswith(".old"):
            killed()
        replace(old, new)

    with monkeypatch.context() as patch:
        patch.setattr("pyterrier_optical.base.files.os.replace", killed_at_the_end)  # what was moved aside stays
        with pytest.raises(KeyboardInterrupt):
            save_model(model, folder, {"kind": "new"})
    assert json.loads((folder / "optical.json").read_text())["kind"] == "new"
    save_model(model, folder, {"kind": "newer"})
    check_replaceable(folder)
    assert json.loads((folder / "optical.json").read_text())["kind"] == "newer"
    assert not list(folder.parent.glob(".model.*.old")), "what was moved aside is deleted in the end"


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path, student_folder, bitext_file):
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "file", tmp_path / "file" / "run"):
        settings = run_settings(output, student_folder, bitext_file)
        for make in (distill, lambda settings: make_lexicon(DistillConfig.from_dict(settings))):
            with pytest.raises(OpticalError, match=r"^Cannot write to '.*file.*' \(.*\): make room there, or choose"):
                make(settings)


@pytest.mark.parametrize("largest", [2_000, 30_000])
def test_a_disk_without_room_is_one_sentence(tmp_path, student_folder, bitext_file, largest):
    """The limit on the size of a file is met while the start is written, or a checkpoint in training."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        with pytest.raises(OpticalError, match=r"^Cannot write to '.*' \(.*\): make room there, or choose"):
            distill(run_settings(tmp_path / "run", student_folder, bitext_file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "run" / "model").exists()

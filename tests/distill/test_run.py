"""A whole run on a tiny student: start, training, resuming, and what is written."""

import json
import shutil
import subprocess
import sys

import pytest
import tiny
import torch
import yaml
from safetensors.torch import load_file
from typer.testing import CliRunner

from pyterrier_optical.checkpoint.folder import load_encoder, read_checkpoint_info
from pyterrier_optical.distill import DistillConfig, distill, load_bitext, load_pair
from pyterrier_optical.distill.run import warn_of_idle_weights
from pyterrier_optical.errors import OpticalError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def student_folder(tmp_path_factory):
    return tiny.xlmr(tmp_path_factory.mktemp("student"))


@pytest.fixture
def settings(tmp_path, student_folder, bitext_file):
    return {
        "output": str(tmp_path / "run"),
        "student": str(student_folder),
        "bitext": {"files": [{"lang": "xx", "path": str(bitext_file)}]},
        "training": {
            "steps": 8,
            "batch_size": 8,
            "eval_steps": 4,
            "warmup_steps": 1,
            "learning_rate": 1e-3,
            "embedding_learning_rate": 1e-2,
        },
        "evaluation": {"heldout_pairs": 4},
    }


def with_training(settings, **training):
    return {**settings, "training": {**settings["training"], **training}}


def weights(folder):
    return load_file(folder / "model.safetensors")


def test_a_run_from_bitext_to_a_checkpoint(settings, tmp_path):
    model = distill(settings)
    run = tmp_path / "run"
    assert model == run / "model"
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    start = next(e for e in events if e["event"] == "start")
    end = next(e for e in events if e["event"] == "end")
    losses = [e["loss"] for e in events if "loss" in e]
    assert losses[-1] < losses[0]
    assert {"eval_bitext_xx", "eval_bitext_mean"} <= set(start) & set(end)
    info = read_checkpoint_info(model)
    assert (info["kind"], info["languages"]) == ("distilled", ["xx"])
    assert DistillConfig.from_dict(info["config"]) == DistillConfig.from_dict(settings)
    card = (model / "README.md").read_text()
    assert yaml.safe_load(card.split("---")[1])["language"] == ["en", "xx"]
    assert "| xx |" in card
    assert "bitext_mean" in card
    assert "student of its own English before training" in card
    assert "WSDM 2023; plan: sinkhorn, epsilon: 0.01). 16-dimensional" in card
    assert (run / "curve.png").stat().st_size > 1000
    stored = weights(model)
    assert all(value.dtype == torch.float16 for value in stored.values() if value.is_floating_point())
    loaded = load_encoder(model)
    assert loaded.encode_query("madi phedo nyuba uyawa").shape[1] == 16


def test_a_checkpoint_in_half_precision_learns_in_full_where_a_gpu_would_keep_it_half(settings, monkeypatch):
    model = distill(settings)
    as_stored = {"dtype": "auto", "use_safetensors": True}
    monkeypatch.setattr(
        "pyterrier_optical.checkpoint.folder.placement",
        lambda device, dtype: ("cpu", as_stored | ({"dtype": getattr(torch, dtype)} if dtype else {})),
    )
    assert load_encoder(model).dtype == torch.float16
    again = DistillConfig.from_dict({**settings, "student": str(model), "teacher": str(model)})
    student, teacher = load_pair(again, load_bitext(again.bitext))
    assert teacher.dtype == student.dtype == torch.float32


def test_without_a_student_it_is_the_model_inside_the_package(settings, monkeypatch):
    model = distill(settings)
    monkeypatch.setattr("pyterrier_optical.checkpoint.folder.SHIPPED_MODEL", model)
    del settings["student"]
    again = DistillConfig.from_dict({**settings, "output": settings["output"] + "2"})
    student, teacher = load_pair(again, load_bitext(again.bitext))
    shipped = load_encoder(model).encode_query("mutsi")
    assert abs(student.encode_query("mutsi") - shipped).max() < 1e-6, "it is centred already"
    assert abs(teacher.encode_query("mutsi") - shipped).max() < 1e-6


def test_word_embeddings_move_unless_their_rate_is_0(settings, tmp_path):
    name = "embeddings.word_embeddings.weight"
    for rate, moves in ((1e-2, True), (0, False)):
        model = distill(with_training({**settings, "output": str(tmp_path / str(rate))}, embedding_learning_rate=rate))
        start = weights(tmp_path / str(rate) / "start")[name]
        assert ((weights(model)[name].float() - start).abs().max() > 5e-3) == moves


def test_a_resumed_run_ends_where_an_unbroken_one_does(settings, tmp_path):
    distill(settings)
    unbroken = weights(tmp_path / "run" / "model")
    shutil.rmtree(tmp_path / "run" / "model")
    shutil.rmtree(tmp_path / "run" / "checkpoints" / "checkpoint-8")
    distill(settings)
    resumed = weights(tmp_path / "run" / "model")
    assert all(torch.equal(unbroken[name], resumed[name]) for name in unbroken)
    starts = [line for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines() if '"event": "start"' in line]
    assert len(starts) == 1, "the second call began anew"


def test_a_weight_for_what_is_not_in_the_bitext_is_noticed(settings, caplog):
    mix = {"language_weights": {"xx": 2, "xxx": 2}, "source_weights": {"news": 2}}
    config = DistillConfig.from_dict({**settings, "mix": mix})
    bitext = load_bitext(config.bitext)
    warn_of_idle_weights(config, bitext)
    assert [record.getMessage() for record in caplog.records] == [
        "'language_weights' under 'mix' weighs nothing for xxx: there is no such bitext in this run",
        "'source_weights' under 'mix' weighs nothing for news: there is no such bitext in this run",
    ]


def test_checkpoints_of_another_run_are_not_gone_on_from(settings, tmp_path, bitext_file):
    distill(settings)
    run = tmp_path / "run"
    before = weights(run / "model")
    with pytest.raises(OpticalError, match=r"\(loss: marginals, training: learning_rate, loss: epsilon\): name"):
        distill({**with_training(settings, learning_rate=2e-3), "loss": {"plan": "sinkhorn", "marginals": "norm"}})
    pairs = bitext_file.read_text()
    bitext_file.write_text("".join(pairs.splitlines(keepends=True)[:-5]))
    with pytest.raises(OpticalError, match=r"other settings \(the pairs themselves\)"):
        distill(settings)
    assert all(torch.equal(before[name], value) for name, value in weights(run / "model").items()), "nothing is lost"

    (run / "checkpoints" / "checkpoint-900").mkdir()
    shutil.copy(run / "checkpoints" / "checkpoint-8" / "trainer_state.json", run / "checkpoints" / "checkpoint-900")
    pairs = read_checkpoint_info(run / "start")["pairs"]
    distill(settings, resume=False)
    assert {path.name for path in (run / "checkpoints").glob("checkpoint-*")} == {"checkpoint-4", "checkpoint-8"}
    assert read_checkpoint_info(run / "start")["pairs"] != pairs, "a start of other pairs"
    distill(with_training(settings, keep_start=0.5))  # what happens after training may be otherwise


def test_keep_start_goes_back_towards_the_start(settings, tmp_path):
    distill(with_training(settings, keep_start=1.0))
    start, model = weights(tmp_path / "run" / "start"), weights(tmp_path / "run" / "model")
    for name in model:
        if "word_embeddings" not in name:
            assert torch.allclose(model[name].float(), start[name], atol=2e-3), name


def test_only_what_is_trainable_moves(settings, tmp_path):
    distill(with_training(settings, trainable=[r"encoder\.layer\.0\."]))
    start, model = weights(tmp_path / "run" / "start"), weights(tmp_path / "run" / "model")
    moved = {name for name in model if (model[name].float() - start[name]).abs().max() > 2e-3}
    assert any("layer.0." in name for name in moved)
    assert not any("layer.1." in name for name in moved)


def test_a_pattern_that_matches_nothing_is_named(settings):
    with pytest.raises(OpticalError, match=r"No parameter of the student matches 'decoder'"):
        distill(with_training(settings, trainable=["decoder"]))


def test_a_student_of_another_width_than_the_teacher(settings, tmp_path, teacher_folder):
    student = tiny.xlmr(tmp_path / "xlmr", dim=8)
    model = distill({**settings, "student": str(student), "teacher": str(teacher_folder)})
    encoder = load_encoder(model)
    assert encoder[0].auto_model.config.model_type == "xlm-roberta"
    assert encoder.encode_query("paka").shape[1] == 16


def test_a_colbert_teacher_of_stanfords_layout(settings, tmp_path):
    teacher = tiny.stanford_colbert(tmp_path / "colbert")
    student = tiny.xlmr(tmp_path / "xlmr")
    model = distill({**settings, "teacher": str(teacher), "student": str(student)})
    assert load_encoder(model).encode_query("paka").shape[1] == 8
    assert "8-dimensional token vectors" in (model / "README.md").read_text()


def test_a_folder_of_something_else_is_refused_before_any_work(settings, tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "thesis.txt").write_text("mine")
    with pytest.raises(OpticalError, match="holds something else: name an empty or new folder"):
        distill(settings)
    assert not (tmp_path / "run" / "start").exists()


def test_what_training_needs_is_named_before_any_work(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.base.extras.find_spec", lambda name: None)
    with pytest.raises(OpticalError, match=r"needs the package accelerate: pip install 'pyterrier-optical\[train\]'"):
        distill(settings)
    assert not (tmp_path / "run" / "start").exists()


def test_two_processes_train_one_student(settings, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(settings))
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, "-m", "pyterrier_optical.cli", "distill", str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("The checkpoint is in") == 1
    events = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [e["step"] for e in events if e["event"] == "end"] == [8]
    one = distill({**settings, "output": str(tmp_path / "one")})
    both = weights(tmp_path / "run" / "model")
    assert any(not torch.equal(value, both[name]) for name, value in weights(one).items())


def test_early_stopping_ends_the_run(settings, tmp_path):
    still = with_training(settings, steps=40, patience=1, learning_rate=0.0, embedding_learning_rate=0.0)
    distill(still)
    events = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert events[-1]["event"] == "end"
    assert events[-1]["step"] == 8


def test_a_foreign_folder_is_not_overwritten(settings, tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    (tmp_path / "run" / "model" / "thesis.tex").write_text("years of work")
    with pytest.raises(OpticalError, match="holds something else"):
        distill(settings)
    assert (tmp_path / "run" / "model" / "thesis.tex").read_text() == "years of work"


def test_command_line(settings, tmp_path):
    from pyterrier_optical.cli import app

    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(settings))
    made = CliRunner().invoke(app, ["start", str(path)])
    assert made.exit_code == 0, made.output
    assert read_checkpoint_info(tmp_path / "run" / "start")["kind"] == "start"
    done = CliRunner().invoke(app, ["distill", str(path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "run" / "model" / "modules.json").is_file()

"""The whole comparison on a tiny student: runs, resuming, refusals and what is written."""

import json

import pandas as pd
import pytest
import torch
import yaml
from sentence_transformers.base.modules.dense import Dense
from typer.testing import CliRunner

from pyterrier_optical.errors import OpticalError
from research.matched import __main__ as command
from research.matched import matched_experiment, training
from research.matched.config import MatchedConfig
from research.matched.grid import Run
from research.matched.names import OBJECTIVES, POOLED, STARTS
from research.matched.tasks import all_tasks
from research.matched.training import execute

pytestmark = pytest.mark.slow


@pytest.fixture
def config(matched_settings, tmp_path):
    return {**matched_settings, "output": str(tmp_path / "out")}


@pytest.fixture
def one(config):
    """The same from one start."""
    return {**config, "matched": {"starts": ["centred"]}}


def silent(_):
    pass


def test_every_objective_runs_from_every_start_and_leaves_values_and_tables(config, tmp_path):
    said = []
    found = matched_experiment(config, echo=said.append)
    out = tmp_path / "out"
    names = [f"{start}-{name}-seed1" for start in STARTS for name in OBJECTIVES]
    assert {path.name for path in (out / "runs").iterdir()} == set(names)
    pooled = {"start", *POOLED}
    assert found.results["system"].tolist() == [
        f"{start} {name}{ranking}"
        for start in STARTS
        for name in OBJECTIVES
        for ranking in ("", " (cosine)")
        if not ranking or name in pooled
    ]
    assert found.results["mean"].between(0, 1).all()
    values = pd.read_csv(out / "runs" / "raw-mse-seed1" / "queries.csv.gz")
    assert values.groupby("ranking").size().to_dict() == {"cosine": 4, "maxsim": 4}
    assert '"loss"' in (out / "runs" / "centred-ot-seed1" / "log.jsonl").read_text()
    lines = [json.loads(line) for line in (out / "runs.jsonl").read_text().splitlines()]
    assert [line["run"] for line in lines] == names
    assert set(lines[0]["seconds"]) == {"training", "training_cpu", "evaluation", "evaluation_cpu"}
    assert lines[0]["results"].keys() == {"bitext/xx maxsim"}
    assert lines[0]["config"]["training"]["steps"] == 4
    assert {path.name for path in out.iterdir() if path.is_file()} == {"tables.md", "results.csv", "runs.jsonl"}
    assert said[0].startswith(f"{len(names)} runs, of which 0 are finished") and "tables.md" in "".join(said[-3:])


def test_a_finished_run_is_kept_and_a_half_one_made_again(one, tmp_path, monkeypatch):
    matched_experiment(one, objectives=["start"], echo=silent)
    half = tmp_path / "out" / "runs" / ".centred-ot-seed1.partial"
    half.mkdir()
    (half / "queries.csv").write_text("half")
    made, original = [], training.execute
    monkeypatch.setattr(
        "research.matched.experiment.execute",
        lambda run, *rest: made.append(str(run)) or original(run, *rest),
    )
    found = matched_experiment(one, objectives=["ot", "start"], echo=silent)
    assert made == ["centred-ot-seed1"]
    assert found.results["system"].tolist() == ["centred ot", "centred start", "centred start (cosine)"]
    assert not half.exists()
    again = matched_experiment(one, objectives=["ot", "start"], echo=silent)
    assert made == ["centred-ot-seed1"]
    pd.testing.assert_frame_equal(again.results, found.results)


def test_what_is_finished_can_be_reported_without_running_the_rest(one, tmp_path):
    with pytest.raises(OpticalError, match="None of the runs is finished in"):
        matched_experiment(one, finished=True, echo=silent)
    matched_experiment(one, objectives=["start"], echo=silent)
    found = matched_experiment(one, objectives=["ot", "start"], finished=True, echo=silent)
    assert found.results["system"].tolist() == ["centred start", "centred start (cosine)"]
    assert [path.name for path in (tmp_path / "out" / "runs").iterdir()] == ["centred-start-seed1"]


def test_an_interrupted_run_leaves_nothing_and_the_finished_ones_stay(one, tmp_path, monkeypatch):
    original = training.execute

    def interrupted(run, *rest):
        if run.objective == "mse":
            raise KeyboardInterrupt
        return original(run, *rest)

    monkeypatch.setattr("research.matched.experiment.execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        matched_experiment(one, objectives=["start", "mse", "ot"], echo=silent)
    assert [path.name for path in (tmp_path / "out" / "runs").iterdir()] == ["centred-start-seed1"]
    assert "start" in (tmp_path / "out" / "tables.md").read_text()


def test_a_run_of_other_settings_is_refused_before_any_work(one, tmp_path):
    matched_experiment(one, objectives=["start"], echo=silent)
    longer = {**one, "training": {**one["training"], "steps": 5}}
    with pytest.raises(OpticalError, match=r"seed1' had other settings \('training' differs\): delete"):
        matched_experiment(longer, objectives=["start"], echo=silent)
    other = {**one, "matched": {**one["matched"], "options": {"ranking": {"scale": 3}}}}
    assert matched_experiment(other, objectives=["start"], echo=silent).results["seeds"].tolist() == [1, 1]


def test_rows_are_the_same_for_all_objectives_and_starts_and_differ_by_seed(matched_materials):
    rows = matched_materials.rows(Run("centred", "ot", 1))
    assert rows == matched_materials.rows(Run("raw", "mse", 1)) and len(rows) == 4 * 8
    assert rows != matched_materials.rows(Run("centred", "ot", 2))


def test_each_start_is_its_own_teacher_and_only_one_is_centred(matched_materials):
    for start, centred in (("centred", True), ("raw", False)):
        student, teacher = matched_materials.student(Run(start, "ot", 1)), matched_materials.teachers(start).teacher
        assert abs(student.encode_document("goat") - teacher.encode_document("goat")).max() == 0
        assert any(isinstance(module, Dense) for module in student) == centred


def test_a_run_is_the_same_twice_and_leaves_word_embeddings_alone(matched_materials, tmp_path, monkeypatch):
    students, original = [], training.with_sentence_vector
    monkeypatch.setattr(training, "with_sentence_vector", lambda m: students.append(original(m)) or students[-1])
    tasks = all_tasks([], matched_materials.bitext.heldout)
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        execute(Run("raw", "contrastive", 3), matched_materials, tasks, folder)
    first, second = (student.state_dict() for student in students)
    assert all(torch.equal(first[name], second[name]) for name in first)
    start = matched_materials.student(Run("raw", "start", 3)).state_dict()
    changed = {name for name in start if not torch.equal(first[name], start[name])}
    assert changed and not any("word_embeddings" in name for name in changed)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"bitext": {}}, "names no bitext"),
        ({"evaluation": {"datasets": ["optical:mtop/xx/dev"]}}, "xx"),
    ],
)
def test_what_cannot_be_had_is_known_before_any_run(change, message, config, tmp_path):
    with pytest.raises(OpticalError, match=message):
        matched_experiment({**config, **change}, objectives=["start"], echo=silent)
    assert not (tmp_path / "out" / "runs.jsonl").exists()


def test_the_command(config, tmp_path, monkeypatch):
    path = tmp_path / "matched.yaml"
    path.write_text(yaml.safe_dump(config))
    options = ["--objectives", "start,ot", "--starts", "raw", "--seeds", "3 4"]
    options += ["--output", "there", "--finished", "--reference", "raw start"]
    asked = []
    monkeypatch.setattr(command, "matched_experiment", lambda *args, **kw: asked.append((args, kw)))
    result = CliRunner().invoke(command.app, [str(path), *options])
    assert result.exit_code == 0, result.output
    ((_, *choices), rest) = asked[0]
    assert choices == [["start", "ot"], ["raw"], [3, 4]] and str(rest["output"]) == "there"
    assert rest["finished"] and rest["reference"] == "raw start"


def test_a_mistake_is_one_sentence(config):
    with pytest.raises(OpticalError, match="has no 'otp'"):
        matched_experiment(config, objectives=["otp"], echo=silent)
    with pytest.raises(OpticalError, match="No configuration file"):
        matched_experiment("nowhere.yaml")
    assert MatchedConfig.from_dict(config).narrowed().matched.seeds == [1]

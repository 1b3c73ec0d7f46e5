"""The whole comparison on a tiny teacher: runs, resuming, refusals and what is written."""

import json
import shutil

import pandas as pd
import pytest
import torch
import yaml
from typer.testing import CliRunner

from pyterrier_optical import cli
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.experiment import matched_experiment
from pyterrier_optical.experiment.matched import training
from pyterrier_optical.experiment.matched.config import MatchedConfig
from pyterrier_optical.experiment.matched.grid import Run
from pyterrier_optical.experiment.matched.names import OBJECTIVES, trains_pooled_vector
from pyterrier_optical.experiment.matched.training import execute


@pytest.fixture
def config(matched_settings, tmp_path):
    return {**matched_settings, "output": str(tmp_path / "out")}


def silent(_):
    pass


def with_matched(config, **matched):
    return {**config, "matched": {**config["matched"], **matched}}


def test_every_objective_runs_and_leaves_values_tables_and_plots(config, tmp_path):
    said = []
    found = matched_experiment(config, echo=said.append)
    out = tmp_path / "out"
    assert {path.name for path in (out / "runs").iterdir()} == {f"aligned-{name}-seed1-all" for name in OBJECTIVES}
    systems = [name for name in OBJECTIVES if name != "start"]
    assert found.results["system"].tolist() == [
        *(s for name in systems for s in ([name, f"{name} (cosine)"] if trains_pooled_vector(name) else [name])),
        "start",
        "start (cosine)",
    ]
    assert found.results["mean"].between(0, 1).all()
    values = pd.read_csv(out / "runs" / "aligned-mse-seed1-all" / "queries.csv.gz")
    assert values.groupby("ranking").size().to_dict() == {"cosine": 4, "maxsim": 4}
    log = (out / "runs" / "aligned-ot-seed1-all" / "log.jsonl").read_text()
    assert '"loss"' in log
    lines = [json.loads(line) for line in (out / "runs.jsonl").read_text().splitlines()]
    assert [line["run"] for line in lines] == [f"aligned-{name}-seed1-all" for name in OBJECTIVES]
    assert set(lines[0]["seconds"]) == {"training", "training_cpu", "evaluation", "evaluation_cpu"}
    assert lines[0]["results"].keys() == {"bitext/xx maxsim"}
    assert lines[0]["config"]["training"]["steps"] == 4
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        "tables.md",
        "results.csv",
        "gap.png",
        "runs.jsonl",
    }
    assert said[0].startswith(f"{len(OBJECTIVES)} runs, of which 0 are finished") and "tables.md" in "".join(said[-4:])


def test_a_finished_run_is_kept_and_a_half_one_made_again(config, tmp_path, monkeypatch):
    matched_experiment(config, objectives=["start"], echo=silent)
    half = tmp_path / "out" / "runs" / ".aligned-ot-seed1-all.partial"
    half.mkdir()
    (half / "queries.csv").write_text("half")
    made, original = [], training.execute
    monkeypatch.setattr(
        "pyterrier_optical.experiment.matched.experiment.execute",
        lambda run, *rest: made.append(str(run)) or original(run, *rest),
    )
    found = matched_experiment(config, objectives=["ot", "start"], echo=silent)
    assert made == ["aligned-ot-seed1-all"]
    assert found.results["system"].tolist() == ["ot", "start", "start (cosine)"]
    assert not half.exists()
    again = matched_experiment(config, objectives=["ot", "start"], echo=silent)
    assert made == ["aligned-ot-seed1-all"]
    pd.testing.assert_frame_equal(again.results, found.results)


def test_what_is_finished_can_be_reported_without_running_the_rest(config, tmp_path):
    with pytest.raises(OpticalError, match="None of the runs is finished in"):
        matched_experiment(config, finished=True, echo=silent)
    matched_experiment(config, objectives=["start"], echo=silent)
    found = matched_experiment(config, objectives=["ot", "start"], finished=True, echo=silent)
    assert found.results["system"].tolist() == ["start", "start (cosine)"]
    assert [path.name for path in (tmp_path / "out" / "runs").iterdir()] == ["aligned-start-seed1-all"]


def test_an_interrupted_run_leaves_nothing_and_the_finished_ones_stay(config, tmp_path, monkeypatch):
    original = training.execute

    def interrupted(run, *rest):
        if run.objective == "mse":
            raise KeyboardInterrupt
        return original(run, *rest)

    monkeypatch.setattr("pyterrier_optical.experiment.matched.experiment.execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        matched_experiment(config, objectives=["start", "mse", "ot"], echo=silent)
    assert [path.name for path in (tmp_path / "out" / "runs").iterdir()] == ["aligned-start-seed1-all"]
    assert "start" in (tmp_path / "out" / "tables.md").read_text()


def test_a_run_of_other_settings_is_refused_before_any_work(config, tmp_path):
    matched_experiment(config, objectives=["start"], echo=silent)
    longer = {**config, "training": {**config["training"], "steps": 5}}
    with pytest.raises(OpticalError, match=r"seed1-all' had other settings \('training' differs\): delete"):
        matched_experiment(longer, objectives=["start"], echo=silent)
    other = with_matched(config, options={"ranking": {"scale": 3}})
    assert matched_experiment(other, objectives=["start"], echo=silent).results["seeds"].tolist() == [1, 1]


def test_an_option_that_was_not_known_yet_had_its_default(config, tmp_path):
    matched_experiment(config, objectives=["start"], echo=silent)
    path = tmp_path / "out" / "runs" / "aligned-start-seed1-all" / "config.json"
    stored = json.loads(path.read_text())
    del stored["mix"]["passage_pairs"]
    path.write_text(json.dumps(stored))
    matched_experiment(config, objectives=["start"], echo=silent)
    path.write_text(json.dumps({**stored, "mix": {**stored["mix"], "passage_pairs": 9}}))
    with pytest.raises(OpticalError, match="'mix' differs"):
        matched_experiment(config, objectives=["start"], echo=silent)


def test_a_start_of_an_older_version_is_used_and_one_made_again_is_another(config, tmp_path):
    matched_experiment(config, objectives=["start"], echo=silent)
    start = tmp_path / "out" / "start"
    info = json.loads((start / "optical.json").read_text())
    info["recipe"]["options"].pop("alignment_rounds")
    (start / "optical.json").write_text(json.dumps(info))
    weights = (start / "model.safetensors").read_bytes()
    matched_experiment(config, objectives=["start", "greedy"], echo=silent)
    assert (start / "model.safetensors").read_bytes() == weights
    (start / "tokenizer.json").write_text((start / "tokenizer.json").read_text() + " ")
    with pytest.raises(OpticalError, match="'start_weights' differs"):
        matched_experiment(config, objectives=["start"], echo=silent)


def test_runs_without_their_start_can_be_reported_and_added_to_from_the_same_start(config, tmp_path):
    matched_experiment(config, objectives=["start"], echo=silent)
    start = tmp_path / "out" / "start"
    shutil.rmtree(start)
    nowhere = {**config, "bitext": {**config["bitext"], "files": []}}
    with pytest.raises(OpticalError, match="'bitext' differs"):
        matched_experiment(nowhere, objectives=["start"], finished=True, echo=silent)
    assert len(matched_experiment(config, objectives=["start"], finished=True, echo=silent).results) == 2
    found = matched_experiment(config, objectives=["start", "greedy"], echo=silent)
    assert found.results["system"].tolist() == ["start", "start (cosine)", "greedy"]

    path = tmp_path / "out" / "runs" / "aligned-start-seed1-all" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "start_weights": "another"}))
    shutil.rmtree(start)
    with pytest.raises(OpticalError, match="'start_weights' differs"):
        matched_experiment(config, objectives=["start", "ot"], echo=silent)
    assert not (tmp_path / "out" / "runs" / "aligned-ot-seed1-all").exists()


def test_values_that_an_earlier_version_did_not_compress_are_read(config, tmp_path):
    before = matched_experiment(config, objectives=["start"], echo=silent).results
    run = tmp_path / "out" / "runs" / "aligned-start-seed1-all"
    pd.read_csv(run / "queries.csv.gz").to_csv(run / "queries.csv", index=False)
    (run / "queries.csv.gz").unlink()
    pd.testing.assert_frame_equal(matched_experiment(config, objectives=["start"], echo=silent).results, before)


@pytest.mark.parametrize("worth", [None, 20.0])
def test_a_start_is_recognised_whatever_its_pieces_are_worth(worth, config, tmp_path):
    config = {**config, "transplant": {**config["transplant"], "worth": worth}}
    matched_experiment(config, objectives=["start"], echo=silent)
    run = tmp_path / "out" / "runs" / "aligned-start-seed1-all"
    assert json.loads((run / "config.json").read_text())["start_weights"]


def test_fewer_pairs_are_learnt_from_and_the_heldout_ones_stay(config, tmp_path):
    found = matched_experiment(config, objectives=["start", "ot"], pairs=[20, "all"], echo=silent)
    assert found.files["curves"].stat().st_size > 1000
    out = tmp_path / "out"
    assert (out / "pairs-20" / "start" / "optical.json").is_file() and (out / "start" / "optical.json").is_file()
    report = json.loads((out / "pairs-20" / "start" / "optical.json").read_text())["report"]
    assert report["languages"]["xx"]["pairs"] == 20
    assert found.results.groupby("pairs", sort=False)["queries"].max().to_dict() == {"20": 4, "all": 4}


def test_rows_are_the_same_for_all_objectives_and_starts_and_differ_by_seed(matched_materials):
    rows = matched_materials.rows(1, "all")
    assert rows == matched_materials._rows(1, "all") and len(rows) == 4 * 8
    assert rows != matched_materials._rows(2, "all")
    some = {(row["english"], row["translation"]) for row in matched_materials._rows(1, 10) if row["lang"] != "en"}
    assert len(some) <= 10


def test_the_plain_start_differs_from_the_aligned_one_in_the_added_rows_only(matched_materials):
    aligned, plain, other = (
        matched_materials.student(Run(start, "ot", seed, "all")).state_dict()
        for start, seed in (("aligned", 1), ("plain", 1), ("plain", 2))
    )
    words = next(name for name in aligned if "word_embeddings" in name)
    assert all(torch.equal(aligned[name], plain[name]) for name in aligned if name != words)
    known = len(matched_materials.teachers.teacher.tokenizer)
    assert torch.equal(aligned[words][:known], plain[words][:known])
    assert not torch.equal(plain[words][known:], other[words][known:])
    assert not torch.isclose(aligned[words][known:], plain[words][known:]).all(1).any()
    torch.testing.assert_close(plain[words][known:].std(), plain[words][:known].std(), rtol=0.2, atol=0)


def test_a_run_is_the_same_twice_and_leaves_the_teachers_rows_alone(matched_materials, tmp_path, monkeypatch):
    students, original = [], training.with_sentence_vector
    monkeypatch.setattr(training, "with_sentence_vector", lambda m: students.append(original(m)) or students[-1])
    for objective in ("mlm", "mlm", "ot+contrastive"):
        (tmp_path / objective).mkdir(exist_ok=True)
        execute(Run("plain", objective, 3, "all"), matched_materials, matched_tasks(matched_materials), tmp_path)
    first, second, third = (student[0].auto_model.get_input_embeddings().weight for student in students)
    assert torch.equal(first, second)
    known = len(matched_materials.teachers.teacher.tokenizer)
    start = matched_materials.student(Run("plain", "start", 3, "all"))[0].auto_model.get_input_embeddings().weight
    for trained in (first, third):
        assert torch.equal(trained[:known], start[:known])
        assert (trained[known:] - start[known:]).abs().max() > 1e-3


def matched_tasks(materials):
    from pyterrier_optical.experiment.matched.tasks import all_tasks

    return all_tasks([], materials.heldout())


@pytest.mark.parametrize(
    "change, message",
    [
        ({"bitext": {}}, "names no bitext"),
        ({"evaluation": {"datasets": ["optical:mtop/xx/dev"]}}, "xx"),
        ({"matched": {"heldout_languages": ["yy"]}}, "names 'yy', which has no bitext"),
    ],
)
def test_what_cannot_be_had_is_known_before_any_run(change, message, config, tmp_path):
    with pytest.raises(OpticalError, match=message):
        matched_experiment({**config, **change}, objectives=["start"], echo=silent)
    assert not (tmp_path / "out" / "runs.jsonl").exists()


def test_the_command(config, tmp_path, monkeypatch):
    path = tmp_path / "matched.yaml"
    path.write_text(yaml.safe_dump(config))
    options = ["--objectives", "start,ot", "--starts", "plain", "--seeds", "3 4", "--pairs", "10,all"]
    options += ["--output", "there", "--finished", "--reference", "start"]
    asked = []
    monkeypatch.setattr(
        "pyterrier_optical.experiment.matched.experiment.matched_experiment",
        lambda *args, **kw: asked.append((args, kw)),
    )
    result = CliRunner().invoke(cli.app, ["experiment", "matched", str(path), *options])
    assert result.exit_code == 0, result.output
    ((_, *choices), rest) = asked[0]
    assert choices == [["start", "ot"], ["plain"], [3, 4], [10, "all"]] and str(rest["output"]) == "there"
    assert rest["finished"] and rest["reference"] == "start"


def test_a_mistake_is_one_sentence(config):
    with pytest.raises(OpticalError, match="No objective is called 'otp'"):
        matched_experiment(config, objectives=["otp"], echo=silent)
    with pytest.raises(OpticalError, match="No configuration file"):
        matched_experiment("nowhere.yaml")
    assert MatchedConfig.from_dict(config).narrowed().matched.seeds == [1]

"""The published tables of the matched comparison are those of the published runs."""

import shutil
from pathlib import Path

import pytest

import pyterrier_optical
from pyterrier_optical.experiment import matched_experiment

CONFIGS = Path(__file__).parents[2] / "configs"
PAGE = Path(pyterrier_optical.__file__).parent / "pt_docs" / "matched.md"


@pytest.fixture
def published(tmp_path):
    def copied(name):
        shutil.copytree(CONFIGS / name / "runs", tmp_path / name / "runs")
        return tmp_path / name

    return copied


@pytest.mark.parametrize("name, kinds", [("matched", 6), ("matched-scores", 3), ("matched-long", 3)])
def test_the_tables_of_the_page_are_made_of_the_runs(published, name, kinds):
    config = CONFIGS / f"{name}.yaml"
    found = matched_experiment(config, output=published(name), finished=True, echo=lambda _: None)
    page = PAGE.read_text(encoding="utf-8")
    tables = found.files["tables"].read_text(encoding="utf-8").split("\n### ")
    assert len(tables) == kinds, "three kinds of data sets for each start"
    for table in tables:
        assert table.removeprefix("### ").strip() in page


def test_the_curves_can_be_drawn_of_the_runs(published):
    found = matched_experiment(
        CONFIGS / "matched.yaml",
        objectives=["ot", "mse", "start"],
        starts=["aligned"],
        seeds=[1],
        pairs=[1000, 4000, 16000, "all"],
        output=published("matched"),
        finished=True,
        echo=lambda _: None,
    )
    assert set(found.results["pairs"]) == {"1000", "4000", "16000", "all"}
    assert found.files["curves"].stat().st_size > 1000


def test_in_long_runs_transport_is_ahead_of_regression_beside_the_scores_too(published):
    found = matched_experiment(
        CONFIGS / "matched-long.yaml",
        output=published("matched-long"),
        finished=True,
        reference="optical-scores",
        echo=lambda _: None,
    )
    rival = found.results[found.results["system"] == "mse+scores"]
    ahead = set(rival["dataset"][rival["mark"] == "*"])
    mtop = {f"mtop/{lang}/dev/split" for lang in ("en", "de", "es", "fr", "hi")}
    assert ahead == mtop | {"bitext/fr"}, "as the page says"

from pathlib import Path

import pytest

from pyterrier_optical.distill.config import DistillConfig
from pyterrier_optical.errors import OpticalError
from research.matched.config import MatchedConfig
from research.matched.grid import Run, run_config, runs, settings
from research.matched.objectives import objective_options

RECIPES = Path(__file__).parents[2] / "research" / "recipes"
SHIPPED, RECIPE = RECIPES / "matched.yaml", RECIPES / "optical-xlmr-small-v2.yaml"


def config(**matched):
    return MatchedConfig.from_dict({"output": "runs/x", "student": "xlmr", "matched": matched})


def test_the_shipped_configuration_is_one():
    shipped = MatchedConfig.from_yaml(SHIPPED)
    shipped.check()
    assert {str(run) for run in runs(shipped)} >= {"centred-ot-seed3", "raw-mse-seed1", "raw-start-seed1"}


def test_its_start_and_rows_are_those_of_the_shipped_model():
    matched, recipe = MatchedConfig.from_yaml(SHIPPED), DistillConfig.from_yaml(RECIPE)
    for part in ("student", "start", "bitext", "mix"):
        assert getattr(matched, part) == getattr(recipe, part)
    assert matched.evaluation.heldout_pairs == recipe.evaluation.heldout_pairs
    assert objective_options(matched, "optical") == recipe.loss


def test_choices_replace_those_of_the_configuration():
    chosen = config(seeds=[1, 2]).narrowed(["mse", "ot"], ["raw"], output="y", reference="raw mse")
    assert (chosen.output, chosen.matched.seeds, chosen.matched.reference) == ("y", [1, 2], "raw mse")
    assert config().narrowed(steps=7).training.steps == 7
    assert [str(run) for run in runs(chosen)] == ["raw-mse-seed1", "raw-ot-seed1", "raw-mse-seed2", "raw-ot-seed2"]


def test_a_start_without_training_is_run_for_one_seed():
    found = runs(config(objectives=["start"], seeds=[4, 5]).narrowed())
    assert [str(run) for run in found] == ["centred-start-seed4", "raw-start-seed4"]


def test_starts_differ_in_centring_and_place_alone():
    centred, raw = (run_config(config(), Run(start, "ot", 7)) for start in ("centred", "raw"))
    assert (centred.output, raw.output) == ("runs/x/centred", "runs/x/raw")
    assert (centred.start.directions, raw.start.directions) == (1, None)
    assert centred.training == raw.training and raw.training.seed == 7


def test_settings_know_the_options_of_their_own_objective_only():
    options = {"ranking": {"scale": 10}, "optical": {"epsilon": 0.1}}
    found = {
        name: settings(config(options=options), Run("raw", name, 1))["options"]
        for name in ("ot", "optical", "ranking", "start")
    }
    assert found == {
        "ot": {"plan": "sinkhorn", "epsilon": 0.01, "marginals": "uniform"},
        "optical": {"plan": "sinkhorn", "epsilon": 0.1, "marginals": "norm", "sentence_weight": 1.0},
        "ranking": {"scale": 10},
        "start": {},
    }


@pytest.mark.parametrize(
    "matched, message",
    [
        ({"objectives": ["sinkhorn"]}, "'objectives' under 'matched' has no 'sinkhorn': choose among ot, optical"),
        ({"starts": ["random"]}, "has no 'random': choose among centred, raw"),
        ({"seeds": ["one"]}, "seeds='one' cannot be used: give whole numbers"),
        ({"seeds": []}, "'seeds' under 'matched' is empty"),
        ({"options": {"mes": {}}}, "'options' under 'matched' has no 'mes'"),
        ({"reference": "ot"}, "'reference' under 'matched' has no 'ot': choose among centred ot"),
        ({"epochs": 3}, "has no option 'epochs'"),
    ],
)
def test_mistakes_are_named(matched, message):
    with pytest.raises(OpticalError, match=message):
        config(**matched).check()


@pytest.mark.parametrize(
    "values, message",
    [
        ({"training": {"steps": 0}}, "'steps' under 'training' must be at least 1"),
        ({"training": {"batch_size": 0}}, "'batch_size' under 'training' must be at least 1"),
        ({"teacher": "colbert"}, "'colbert' is not compared here: write 'teacher: start'"),
        ({"student": None}, "needs a checkpoint that is not centred yet as 'student'"),
        ({"start": {"directions": None}}, "'directions' under 'start' to centre it"),
    ],
)
def test_what_cannot_be_compared_is_named(values, message):
    with pytest.raises(OpticalError, match=message):
        MatchedConfig.from_dict({"output": "x", "student": "xlmr", **values}).check()

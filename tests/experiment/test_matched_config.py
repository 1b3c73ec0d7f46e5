from pathlib import Path

import pytest

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.experiment.matched.config import MatchedConfig
from pyterrier_optical.experiment.matched.grid import Run, run_config, runs, settings

SHIPPED = Path(__file__).parents[2] / "configs" / "matched.yaml"


def config(**matched):
    return MatchedConfig.from_dict({"output": "runs/x", "matched": matched})


def test_the_shipped_configuration_is_one():
    shipped = MatchedConfig.from_yaml(SHIPPED)
    shipped.check()
    assert shipped.training.steps == 300 and shipped.mix.english_share == 0.2
    assert len(runs(shipped)) == 2 * 12 * 3 - 2  # the aligned start needs one seed


def test_the_comparison_of_scores_differs_in_its_objectives_alone():
    first, second = (MatchedConfig.from_yaml(path) for path in (SHIPPED, SHIPPED.with_name("matched-scores.yaml")))
    second.check()
    assert second.matched.reference in second.matched.objectives
    ours, theirs = (dict(settings(c, Run("aligned", "optical", 1, "all"))) for c in (first, second))
    assert ours == theirs


def test_the_long_comparison_differs_in_its_length_alone():
    short, long = (MatchedConfig.from_yaml(SHIPPED.with_name(f"matched{name}.yaml")) for name in ("-scores", "-long"))
    long.check()
    ours, theirs = (dict(settings(c, Run("aligned", "mse+scores", 1, "all"))) for c in (short, long))
    assert theirs["training"] == {**ours["training"], "steps": 1500, "warmup_steps": 60}
    assert {**ours, "training": None} == {**theirs, "training": None}


def test_another_objective_can_be_the_reference():
    assert config().narrowed(reference="mse").matched.reference == "mse"
    with pytest.raises(OpticalError, match="reference: 'mes' is no objective"):
        config().narrowed(reference="mes")


def test_choices_replace_those_of_the_configuration():
    chosen = config(seeds=[1, 2]).narrowed(objectives=["mse", "ot"], starts=["plain"], pairs=[1000, "all"], output="y")
    assert chosen.output == "y" and chosen.matched.seeds == [1, 2]
    assert [str(run) for run in runs(chosen)][:3] == [
        "plain-mse-seed1-1000",
        "plain-ot-seed1-1000",
        "plain-mse-seed2-1000",
    ]


def test_only_what_depends_on_the_seed_is_run_for_every_seed():
    found = runs(config(objectives=["start"], starts=["aligned", "plain"], seeds=[4, 5]).narrowed())
    assert [str(run) for run in found] == ["aligned-start-seed4-all", "plain-start-seed4-all", "plain-start-seed5-all"]


def test_fewer_pairs_have_a_start_of_their_own():
    assert run_config(config(), Run("aligned", "ot", 1, "all")).output == "runs/x"
    assert run_config(config(), Run("aligned", "ot", 1, 1000)).output == "runs/x/pairs-1000"
    assert run_config(config(), Run("aligned", "ot", 7, 1000)).training.seed == 7


def test_settings_know_the_options_of_their_own_objective_only():
    options = {"ranking": {"scale": 10}, "ot+ranking": {"weight": 0.5}}
    found = {
        name: settings(config(options=options), Run("aligned", name, 1, "all"))["options"]
        for name in ("ot", "ranking", "ot+ranking", "start")
    }
    ot = {"plan": "sinkhorn", "epsilon": 0.01}
    assert found == {
        "ot": {"ot": ot},
        "ranking": {"ranking": {"scale": 10}},
        "ot+ranking": {"ot": ot, "ranking": {"scale": 10}, "weight": 0.5},
        "start": {},
    }


@pytest.mark.parametrize(
    "matched, message",
    [
        (
            {"objectives": ["sinkhorn"]},
            "No objective is called 'sinkhorn': choose among ot, ot-norm, optical, optical-scores, unbalanced",
        ),
        ({"objectives": ["ot+start"]}, "No objective is called 'start'"),
        ({"objectives": ["ot+ot"]}, "'ot\\+ot' cannot be made: '\\+' joins two different"),
        ({"starts": ["random"]}, "No start is called 'random': choose aligned or plain"),
        ({"seeds": ["one"]}, "seeds='one' cannot be used: give whole numbers"),
        ({"pairs": [0]}, "pairs=0 cannot be used"),
        ({"pairs": ["half"]}, "pairs='half' cannot be used"),
        ({"seeds": []}, "'seeds' under 'matched' is empty"),
        ({"options": {"mes": {}}}, "names 'mes', which is no objective"),
        ({"reference": "mes"}, "reference: 'mes' is no objective"),
        ({"epochs": 3}, "has no option 'epochs'"),
    ],
)
def test_mistakes_are_named(matched, message):
    with pytest.raises(OpticalError, match=message):
        config(**matched).check()


@pytest.mark.parametrize(
    "values, message",
    [
        ({"training": {"steps": 0}}, "'steps' under 'training' is 0"),
        ({"training": {"batch_size": 0}}, "'batch_size' under 'training' is 0"),
        ({"student": "xlm-roberta-base"}, "'xlm-roberta-base' has no aligned and no plain start"),
    ],
)
def test_what_cannot_be_trained_is_named(values, message):
    with pytest.raises(OpticalError, match=message):
        MatchedConfig.from_dict({"output": "x", **values}).check()

import pytest

from pyterrier_optical.distill import DistillConfig
from pyterrier_optical.errors import OpticalError


def test_yaml_with_defaults(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(
        "output: runs/x\nbitext: {folder: '${OPTICAL_DATA}/bitext', languages: [sw]}\ntraining: {learning_rate: 1e-4}\n"
    )
    config = DistillConfig.from_yaml(path)
    assert config.bitext.folder == "${OPTICAL_DATA}/bitext", "what is recorded names no machine"
    assert config.training.learning_rate == 1e-4
    assert config.loss == {"plan": "sinkhorn", "epsilon": 0.01}
    assert DistillConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("output: x\nstep: 3\n", "the configuration has no option 'step'"),
        ("output: x\nbackground: {passages: 0}\n", "the configuration has no option 'background'"),
        ("output: x\ntraining: {step: 3}\n", "'training' in the configuration has no option 'step'"),
        ("output: x\ntraining: {steps: many}\n", "must be int, not 'many'"),
        ("output: x\ntraining: 3\n", "must be a mapping"),
        (
            "output: x\ntraining: {keep_start: much}\n",
            "'keep_start' in 'training' in the configuration must be float, not 'much'",
        ),
        ("output: x\ntraining: {keep_start: true}\n", "must be float, not True"),
        ("output: x\ntraining: {precision: bf16}\n", "'precision' under 'training' must be 'auto' or .* not 'bf16'"),
        ("output: x\ntraining: {keep_start: 2}\n", "'keep_start' under 'training' must lie between 0 and 1"),
        ("output: x\nevaluation: {best: ranking}\n", "'best' under 'evaluation' must be .* not 'ranking'"),
        ("output: x\nloss: {plan: sinkhron}\n", "plan='sinkhron' is unknown"),
        ("output: x\nloss: {marginals: norm, epsilom: 1}\n", "has no option 'epsilom'"),
        ("output: x\nloss: {marginals: idf}\n", "marginals='idf' is unknown: choose 'uniform' or 'norm'"),
        ("output: x\nloss: {sentence_weight: much}\n", "sentence_weight='much' cannot be used: give a finite number"),
        ("output: x\nloss: {score_weight: true}\n", "score_weight=True cannot be used"),
        ("output: x\nloss: {score_weight: .inf}\n", "score_weight=inf cannot be used: give a finite number"),
        ("output: x\nloss: {score_weigth: 3}\n", "has no option 'score_weigth': it takes .*score_weight.*epsilon"),
        ("output: x\nloss: {3: 4}\n", "has no option '3'"),
        ("output: x\nloss: {score_weight: 3}\ntraining: {batch_size: 1}\n", "give batch_size=2 or more"),
        ("output: x\nloss: {sentence_weight: -1}\n", "sentence_weight=-1 cannot be used"),
        ("output: x\ncard: {license: mit}\n", "'card' has no option 'license': it knows name, licence, notes"),
        ("output: x\ntraining: {eval_steps: 0}\n", "'eval_steps' under 'training' must be at least 1, not 0"),
        ("output: x\ntraining: {trainable: ['([']}\n", r"'\(\[' is no regular expression"),
        ("output: x\nevaluation: {heldout_pairs: -1}\n", "'heldout_pairs' under 'evaluation' must be at least 0"),
        ("output: x\nmix: {temperature: 0}\n", "'temperature' under 'mix' must be above 0"),
        ("output: x\nmix: {source_weights: {bible: many}}\n", "'source_weights' of 'bible' must be at least 0"),
        ("output: x\nbitext: {files: [my.tsv]}\n", "entry 'my.tsv' lacks 'lang'"),
        ("bitext: {}\n", "lacks 'output'"),
        ("output: [\n", "is not YAML"),
        ("", "holds no options"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(OpticalError, match=message):
        DistillConfig.from_yaml(path)


def test_an_optional_value_may_be_left_open():
    config = DistillConfig.from_dict({"output": "x", "student": None, "start": {"directions": None}})
    assert config.student is None and config.start.directions is None
    assert DistillConfig.from_dict({"output": "x", "training": {"learning_rate": "2e1"}}).training.learning_rate == 20


def test_a_file_in_another_encoding_is_named(tmp_path):
    (tmp_path / "c.yaml").write_text("output: früh", encoding="latin-1")
    with pytest.raises(OpticalError, match="save it as text in UTF-8"):
        DistillConfig.from_yaml(tmp_path / "c.yaml")


def test_a_missing_file_is_named():
    with pytest.raises(OpticalError, match=r"No configuration file 'nowhere\.yaml'"):
        DistillConfig.from_yaml("nowhere.yaml")


def test_committed_configurations_are_valid(monkeypatch, tmp_path):
    from pathlib import Path

    folder = Path(__file__).resolve().parents[2] / "research" / "recipes"
    # These are of another command: tests/experiment/test_matched_config.py reads them.
    paths = sorted(set(folder.rglob("*.yaml")) - set(folder.glob("matched*.yaml")))
    assert paths
    for path in paths:
        assert DistillConfig.from_yaml(path).output.startswith("runs/")

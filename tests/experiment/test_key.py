"""The key of an experiment changes with what its values depend on."""

from pyterrier_optical.experiment.key import experiment_key, identity


def test_facts_make_the_key():
    assert experiment_key(model="a", split="dev") == experiment_key(split="dev", model="a") != experiment_key(model="b")


def test_a_model_is_told_by_its_files(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    before = identity(tmp_path)
    assert before == identity(str(tmp_path)) != identity(None)
    (tmp_path / "config.json").write_text("{ }")
    assert identity(tmp_path) != before
    assert identity(tmp_path / "config.json") != identity("hub/name")
    assert identity(object()) is None

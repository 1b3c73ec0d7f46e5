"""The reports as a user asks for them."""

import pytest
from typer.testing import CliRunner

from pyterrier_optical.cli import experiment as commands


@pytest.fixture
def asked(monkeypatch):
    """What a report was asked for, without making it."""
    made = []
    monkeypatch.setattr(
        "pyterrier_optical.experiment.full_report.run_report",
        lambda suite, languages, **options: made.append((suite, languages, options)),
    )
    return made


def test_baselines_and_languages_follow_their_options(asked):
    arguments = ["mtop", "--with", "mbert", "labse", "xlmr", "--languages", "hi", "th", "--split", "dev"]
    assert CliRunner().invoke(commands.app, arguments).exit_code == 0
    ((suite, languages, options),) = asked
    assert (suite, languages, options["baselines"]) == ("mtop", ["hi", "th"], ["mbert", "labse", "xlmr"])
    assert options["split"] == "dev"


@pytest.mark.parametrize("suite", ["mtop", "xquad-r", "afriqa"])
def test_by_default(asked, suite):
    assert CliRunner().invoke(commands.app, [suite]).exit_code == 0
    ((named, languages, options),) = asked
    assert (named, languages, options.pop("echo") is not None) == (suite, None, True)
    assert options.pop("split") is None
    assert options.pop("reranking") is True
    assert (options.pop("baselines"), options.pop("systems")) == ((), ())
    assert options == {"model": None, "engine": "auto", "output": options["output"], "device": None}
    assert str(options["output"]) == "output"


def test_what_is_typed_is_what_is_taken(asked):
    arguments = ["--model", "m", "--engine", "pisa", "--device", "cpu", "--output", "here", "--with", "mbert=/a"]
    arguments += ["--system", "one=a.b:c", "two=d:e"]
    assert CliRunner().invoke(commands.app, ["xquad-r", *arguments]).exit_code == 0
    options = asked[0][2]
    assert (options["model"], options["engine"], options["device"]) == ("m", "pisa", "cpu")
    assert (str(options["output"]), options["baselines"]) == ("here", ["mbert=/a"])
    assert options["systems"] == ["one=a.b:c", "two=d:e"]

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from pyterrier_optical.cli.word_lists import WordLists, gathered


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["--with", "mbert", "labse", "--split", "dev"], ["--with", "mbert labse", "--split", "dev"]),
        (["--split", "dev", "--with", "mbert"], ["--split", "dev", "--with", "mbert"]),
        (["--with", "a", "b", "--with", "c", "d"], ["--with", "a b", "--with", "c d"]),
        (["--with", "--split", "dev"], ["--with", "--split", "dev"]),
        (["--split", "dev", "more"], ["--split", "dev", "more"]),
        ([], []),
    ],
)
def test_words_after_a_list_are_one(typed, expected):
    assert gathered(typed, {"--with"}) == expected


def test_only_options_that_may_be_repeated_are_lists():
    app, seen = typer.Typer(), []

    @app.command(cls=WordLists)
    def command(languages: Annotated[list[str] | None, typer.Option()] = None, split: str = "test"):
        seen.append((languages, split))

    assert CliRunner().invoke(app, ["--languages", "hi", "th", "--split", "dev"]).exit_code == 0
    assert CliRunner().invoke(app, ["--split", "dev", "hi"]).exit_code != 0
    assert CliRunner().invoke(app, []).exit_code == 0
    assert seen == [(["hi th"], "dev"), (None, "test")]

"""The page pt_docs/own_language.md, followed to the letter with a tiny student."""

import re
from pathlib import Path

import pytest
import tiny_bitext
import tiny_hub
import yaml
from typer.testing import CliRunner

import pyterrier_optical
from pyterrier_optical import cli

PAGE = (Path(pyterrier_optical.__file__).parent / "pt_docs" / "own_language.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The page's only block of code in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return found


@pytest.mark.slow
def test_the_page_from_pairs_to_a_reranked_result(tmp_path, monkeypatch):
    pytest.importorskip("pyterrier_pisa")
    monkeypatch.chdir(tmp_path)
    tiny_bitext.write_bitext(tmp_path / "my-bitext.tsv")
    config = yaml.safe_load(block("yaml"))
    config["training"] |= {"steps": 2, "eval_steps": 2, "batch_size": 8}
    config["evaluation"]["heldout_pairs"] = 4
    config["student"] = str(tiny_hub.xlm_roberta_base(tmp_path / "xlm-roberta-base"))
    (tmp_path / "swahili.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    commands = re.findall(r"^pyterrier-optical (\w+) (.*)$", PAGE, re.MULTILINE)
    assert commands == [("distill", "swahili.yaml"), ("lexicon", "swahili.yaml")]
    for command in commands:
        done = CliRunner().invoke(cli.app, command)
        assert done.exit_code == 0, done.output or done.exception
    names: dict = {}
    exec(block("python").replace("maji safi", "madi nzira"), names)  # noqa: S102 - water, road
    assert sorted(names["ranked"]["docno"]) == ["mill", "road", "well"]
    assert names["ranked"]["rank"].tolist() == [0, 1, 2]

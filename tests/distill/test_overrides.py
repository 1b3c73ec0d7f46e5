"""Options of the command line against the configuration file."""

import gzip

import pytest
import yaml
from typer.testing import CliRunner

from pyterrier_optical import cli
from pyterrier_optical.distill.overrides import configured
from pyterrier_optical.errors import OpticalError


@pytest.fixture
def file(tmp_path):
    settings = {
        "output": "runs/one",
        "student": "xlmr",
        "bitext": {"folder": "corpora", "languages": ["sw", "so"], "sources": ["news"], "max_pairs": 9},
        "training": {"steps": 7},
    }
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


@pytest.fixture
def folder(tmp_path):
    for name in ("news/sw", "books/sw", "news/hi", "news/en"):
        path = tmp_path / "bitext" / f"{name}.tsv.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"a goat\tmbudzi\n"))
    return tmp_path / "bitext"


def test_nothing_given_is_the_file_itself(file):
    from pyterrier_optical.distill import DistillConfig

    assert configured(file) == DistillConfig.from_yaml(file)


def test_what_is_given_wins_and_the_rest_stays(file, folder):
    config = configured(file, student="mmbert", teacher="colbert", output="runs/two", bitext=folder)
    assert (config.student, config.teacher, config.output) == ("mmbert", "colbert", "runs/two")
    assert (config.bitext.folder, config.bitext.languages, config.bitext.sources) == (str(folder), ["sw", "so"], [])
    assert (config.bitext.max_pairs, config.training.steps) == (9, 7)
    assert configured(file, languages=["so"]).bitext.languages == ["so"]


def test_without_a_file_the_folder_says_which_languages(folder):
    config = configured(output="runs/x", bitext=folder)
    assert config.bitext.languages == ["hi", "sw"] and config.student is None
    assert configured(output="runs/x", bitext=folder, languages=["sw"]).bitext.languages == ["sw"]


def test_single_files_are_chosen_by_language(tmp_path):
    path = tmp_path / "c.yaml"
    files = [{"lang": lang, "path": f"{lang}.tsv"} for lang in ("sw", "so")]
    path.write_text(yaml.safe_dump({"output": "o", "bitext": {"files": files}}))
    assert configured(path, languages=["so"]).bitext.files == files[1:]
    with pytest.raises(OpticalError, match="no bitext for 'hi': give --bitext"):
        configured(path, languages=["so", "hi"])


@pytest.mark.parametrize("given", [{}, {"output": "o"}, {"bitext": "b"}, {"student": "s", "teacher": "t"}])
def test_too_little_is_one_sentence(given):
    with pytest.raises(OpticalError, match="needs --output FOLDER and --bitext FOLDER"):
        configured(**given)


def test_a_folder_without_bitext_is_named(tmp_path):
    with pytest.raises(OpticalError, match=r"holds no <source>/<lang>\.tsv\.gz"):
        configured(output="o", bitext=tmp_path)


def test_the_command_passes_them_on(monkeypatch, file):
    ran = []
    monkeypatch.setattr("pyterrier_optical.distill.distill", lambda config, resume: ran.append((config, resume)))
    options = ["--student", "xlm-roberta-base", "--teacher", "colbert-ir/colbertv2.0", "--languages", "sw, hi"]
    done = CliRunner().invoke(cli.app, ["distill", str(file), *options, "--no-resume"])
    assert done.exit_code == 0, done.output
    ((config, resume),) = ran
    assert (config.student, config.teacher, resume) == ("xlm-roberta-base", "colbert-ir/colbertv2.0", False)
    assert config.bitext.languages == ["sw", "hi"] and config.output == "runs/one"

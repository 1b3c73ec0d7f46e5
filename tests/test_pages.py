"""The pages of the documentation and of the repository agree with the code."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest
import typer

import pyterrier_optical
from pyterrier_optical import cli
from pyterrier_optical.moved import MOVED

ROOT = Path(__file__).resolve().parents[1]
PAGES = Path(pyterrier_optical.__file__).parent / "pt_docs"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_index_lists_every_page_once():
    listed = re.findall(r"(?m)^    ([\w-]+)$", read(PAGES / "index.rst"))
    assert sorted(listed) == sorted(path.stem for path in PAGES.glob("*.*") if path.stem != "index")


@pytest.mark.parametrize(
    ("name", "members"),
    re.findall(r":: pyterrier_optical\.(\S+)(?:\n    :members: (.+))?", read(PAGES / "api.rst")),
)
def test_the_api_page_names_what_is_there(name, members):
    room, _, leaf = name.rpartition(".")
    named = getattr(import_module(f"pyterrier_optical.{room}".rstrip(".")), leaf)
    assert [member for member in re.findall(r"\w+", members) if not hasattr(named, member)] == []


def test_links_to_other_pages_have_no_fragment():
    # PyTerrier's documentation gives headings no anchors, and its build warns.
    links = {path.name: re.findall(r"\]\([^):#]+#[^)]*\)", read(path)) for path in PAGES.glob("*.md")}
    assert {name: found for name, found in links.items() if found} == {}


def test_every_transformer_is_on_the_api_page():
    page = read(PAGES / "api.rst")
    classes = [name for name in pyterrier_optical.__all__ if name[0].isupper() and name != "API_VERSION"]
    assert [name for name in classes if f"pyterrier_optical.{name}\n" not in page] == []


def test_the_architecture_page_has_the_layers_that_are_checked():
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    contract = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    layers = [sorted(part.split(".")[-1] for part in layer.split(" | ")) for layer in contract["layers"]]
    table = read(PAGES / "architecture.md").split("## The rooms")[1].split("## Rules")[0]
    rows = re.findall(r"(?m)^\| (`.*?) \|", table)
    assert [sorted(re.findall(r"`(\w+)`", row)) for row in rows] == layers


def test_the_changes_list_every_module_path_that_moved():
    table = read(ROOT / "CHANGELOG.md").split("### Moved")[1].split("### Deleted")[0]
    assert dict(re.findall(r"(?m)^\| `([\w.]+)` \| `([\w.]+)` \|$", table)) == MOVED


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md"])
def test_the_files_that_a_page_names_are_there(page):
    named = re.findall(r"`((?:tests|\.ci|research|pyterrier_optical)/[\w./-]+)`", read(ROOT / page))
    assert named and [name for name in named if not (ROOT / name).exists()] == []


def commands() -> list[str]:
    """The lines of the pages that call the command, without comments."""
    pages = [ROOT / "README.md", *PAGES.glob("*.md")]
    lines = [line for page in pages for line in re.findall(r"(?m)^pyterrier-optical .*$", read(page))]
    return sorted({re.sub(r"\s+#.*", "", line) for line in lines})


@pytest.mark.parametrize("line", commands())
def test_the_command_takes_what_a_page_gives_it(line):
    _, *arguments = shlex.split(re.sub(r"[][]", "", line))  # brackets stand around what may be left out
    command = typer.main.get_command(cli.app)
    while hasattr(command, "commands"):
        command = command.commands[arguments.pop(0)]
    command.make_context(line, arguments)


def test_the_research_that_a_page_names_has_a_command():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *PAGES.glob("*.md"), *(ROOT / "research").glob("**/*.md")]
    named = {name for page in pages for name in re.findall(r"python -m (research\.\w+)", read(page))}
    assert named and all(hasattr(import_module(f"{name}.__main__"), "app") for name in named)

"""Every import is declared: as a requirement where a module imports it at its top, elsewhere at least as an extra."""

import ast
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
OWN = {"pyterrier_optical", "research", "cold_start", "onnx_body", "reranking_systems"}
# A distribution that consists of another one and its extras.
INSTALLED_BY = {"pyterrier": "python-terrier"}


def declared(*, extras: bool) -> set[str]:
    lines = map(Requirement, requires("pyterrier-optical"))
    return {canonicalize_name(line.name) for line in lines if extras or "extra ==" not in str(line.marker)}


def imported(file: Path, *, at_top: bool) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    modules = set()
    for node in tree.body if at_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    return {module.split(".")[0] for module in modules} - OWN - sys.stdlib_module_names


@cache
def providers() -> dict[str, list[str]]:
    """The distributions that have each module."""
    return packages_distributions()


def undeclared(folders: list[str], *, at_top: bool, extras: bool) -> list[str]:
    known, distributions = declared(extras=extras), providers()
    found = []
    for file in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for module in imported(file, at_top=at_top):
            names = {canonicalize_name(INSTALLED_BY.get(name, name)) for name in distributions.get(module, [module])}
            if not names & known:
                found.append(f"{file.relative_to(ROOT)}: {module}")
    return found


@pytest.mark.parametrize(
    ("folders", "at_top", "extras"),
    [
        (["pyterrier_optical"], True, False),
        (["pyterrier_optical", "research", "benchmarks", "examples"], False, True),
    ],
    ids=["for everybody", "with extras"],
)
def test_every_import_is_declared(folders, at_top, extras):
    assert undeclared(folders, at_top=at_top, extras=extras) == []

from pathlib import Path

import pytest

import pyterrier_optical
from pyterrier_optical.datasets import catalogue, load
from pyterrier_optical.datasets.clir import families

PAGE = (Path(pyterrier_optical.__file__).parent / "pt_docs" / "datasets.md").read_text(encoding="utf-8")
FAMILIES = [family for family in vars(families).values() if isinstance(family, families.Family)]
FAMILIES += [load(name).collection for name in ("mtop/hi/test", "xquad-r/hi", "belebele/swh_Latn", "afriqa/ha/dev")]


@pytest.mark.parametrize("family", FAMILIES, ids=[family.title for family in FAMILIES])
def test_licence_and_citation_are_on_the_page(family):
    assert f"| [{family.title}]({family.url}) | {family.licence} | {family.citation} |" in PAGE


def test_every_collection_is_on_the_page():
    for name in {name.split("/")[0] for name in catalogue.names()}:
        assert f"`{name}/" in PAGE, name

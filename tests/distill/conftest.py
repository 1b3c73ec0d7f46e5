"""A tiny uncased BERT as teacher, and bitext in an invented language."""

from pathlib import Path

import pytest
import tiny
import tiny_bitext
from toy_data import offline, tiny_data

__all__ = ["offline", "tiny_data"]


@pytest.fixture(scope="session")
def bitext_file(tmp_path_factory) -> Path:
    return tiny_bitext.write_bitext(tmp_path_factory.mktemp("bitext") / "xx.tsv")


@pytest.fixture(scope="session")
def teacher_folder(tmp_path_factory) -> Path:
    return tiny_bitext.teacher_checkpoint(tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="session")
def student_folder(tmp_path_factory) -> Path:
    return tiny.xlmr(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="session")
def teacher(teacher_folder):
    from pyterrier_optical.distill import load_teacher

    return load_teacher(str(teacher_folder))

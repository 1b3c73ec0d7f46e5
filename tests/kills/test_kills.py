"""Kill -9 at random file operations: nothing is lost, no half is taken for a whole, and the next run ends the same."""

import sys
import zlib

import pytest
from kill_jobs import JOBS
from killing import check_kills

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds a process's files in /proc")

# Only among the tests by random input; tests/distill/test_resuming.py kills a distillation too.
SLOW = {"distill", "distill longer", "bm25 terrier again"}


def parameters():
    for name in JOBS:
        marks = [pytest.mark.jvm] if "terrier" in name else []
        if name not in SLOW:
            yield pytest.param(name, 1, 0, marks=[pytest.mark.slow, *marks], id=name)
        yield pytest.param(name, 20, 4, marks=[pytest.mark.fuzz, *marks], id=f"{name} 20")


@pytest.mark.parametrize(("name", "points", "moments"), list(parameters()))
def test_a_killed_job_loses_nothing(name, points, moments, tmp_path, request):
    if "terrier" in name:
        request.getfixturevalue("java")
    found = check_kills(JOBS[name], tmp_path, points, zlib.crc32(name.encode()), moments)
    print(f"{name}: {found}")

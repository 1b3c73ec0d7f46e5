"""Kill -9 at random file operations: nothing is lost, no half is taken for a whole, and the next run ends the same."""

import sys
import zlib

import pytest
from kill_jobs import JOBS
from killing import check_kills

from pyterrier_optical.late.index import changes, encoding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds a process's files in /proc")

# One kill of each of these is in CI; the rest, twenty kills of each, take half an hour or more.
QUICK = ("lexicon", "bm25 pisa", "build", "export")


@pytest.fixture(scope="module", autouse=True)
def environment():
    """What the killed processes get from here; what jobs set in this process is as it was afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((encoding, "GROUP_CHARACTERS"), (changes, "SHARD_TOKENS")):
            patch.setattr(module, name, getattr(module, name))
        for name, value in {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "TQDM_DISABLE": "1"}.items():
            patch.setenv(name, value)
        yield


def parameters():
    for name in JOBS:
        marks = [pytest.mark.jvm] if "terrier" in name else []
        if name in QUICK:
            yield pytest.param(name, 1, 0, marks=[pytest.mark.slow, *marks], id=name)
        yield pytest.param(name, 20, 4, marks=[pytest.mark.fuzz, *marks], id=f"{name} 20")


@pytest.mark.parametrize(("name", "points", "moments"), list(parameters()))
def test_a_killed_job_loses_nothing(name, points, moments, tmp_path, request):
    if "terrier" in name:
        request.getfixturevalue("java")
    found = check_kills(JOBS[name], tmp_path, points, zlib.crc32(name.encode()), moments)
    print(f"{name}: {found}")

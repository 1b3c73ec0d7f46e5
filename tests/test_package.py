"""What importing the package costs, in a fresh process."""

import json
import subprocess
import sys

import pyterrier_optical

HEAVY = {"torch", "transformers", "sentence_transformers", "datasets", "matplotlib", "tokenizers", "ot"}

MEASURE = """
import json, sys, time
import pyterrier
before, start = set(sys.modules), time.process_time()
import pyterrier_optical
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "new": sorted(set(sys.modules) - before), "all": sorted(sys.modules)}))
"""


def measure() -> dict:
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def test_importing_is_light():
    first = measure()
    assert not HEAVY & set(first["new"])
    assert not {"torch", "transformers"} & set(first["all"])
    assert {name.split(".")[0] for name in first["new"]} == {"pyterrier_optical"}
    # CPU time of the best of three: other processes may slow one run down.
    assert min(first["seconds"], measure()["seconds"], measure()["seconds"]) < 0.3


def test_every_public_name_is_there():
    for name in pyterrier_optical.__all__:
        assert getattr(pyterrier_optical, name) is not None
    assert set(dir(pyterrier_optical)) == set(pyterrier_optical.__all__)


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(pyterrier_optical, "OpticalNothing")
    assert not hasattr(pyterrier_optical.experiment, "OpticalNothing")

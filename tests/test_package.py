"""What importing the package costs in a fresh process, and what its files promise."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pandas as pd
import pytest
import yaml

import pyterrier_optical

ROOT = Path(__file__).resolve().parents[1]
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


@pytest.mark.slow
def test_a_home_that_cannot_be_written_to_is_in_nobodys_way():
    program = (
        "from pyterrier_optical import OpticalReranker, OpticalRetriever, OpticalTranslator, bm25\n"
        "import pyterrier as pt\n"
        "print(len(pt.get_dataset('optical:sample/sw').get_topics()))\n"
        "from pyterrier_optical.datasets import register\n"
        "register()\n"
    )
    environment = {**os.environ, "HOME": "/dev/null/home"}
    environment.pop("IR_DATASETS_HOME", None)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert int(run.stdout) > 0, run.stderr
    assert run.returncode == 0
    assert "ir_datasets cannot make its folder" in run.stderr
    assert "set IR_DATASETS_HOME" in run.stderr


@pytest.mark.slow
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


def test_every_dependency_has_a_tested_version():
    pinned = set(re.findall(r"(?m)^([\w-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8")))
    named = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in requires("pyterrier-optical")}
    assert named - {"pyterrier-optical"} <= pinned
    assert "torch==2.13.0" in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()


def test_the_notice_names_every_source_of_the_shipped_model(optical_data):
    config = yaml.safe_load((ROOT / "research" / "recipes" / "optical-xlmr-small-v2.yaml").read_text(encoding="utf-8"))[
        "bitext"
    ]
    manifest = pd.read_csv(optical_data / "bitext" / "MANIFEST.tsv", sep="\t", dtype=str)
    used = manifest[manifest["lang"].isin(config["languages"])]
    entries = {}
    for paragraph in (ROOT / "NOTICE").read_text(encoding="utf-8").split("\n\n"):
        name, *facts = paragraph.strip().splitlines()
        entries[name] = " ".join(" ".join(facts).split())
    for source, rows in used.groupby("source"):
        languages = re.search(r"Languages: (.*?) Origin: ", entries[source])[1].split()
        assert set(rows["lang"]) <= set(languages), source
        for licence in set(rows["licence"]):
            assert licence in entries[source], source

"""Toy data sets, tiny models, and no network."""

import sys
from pathlib import Path

import pandas as pd
import pytest
import requests
import tiny
import tiny_bitext

sys.path.append(str(Path(__file__).parents[1] / "datasets"))

from tiny_files import write_afriqa, write_parallel_json, write_xquad_r


class Toy:
    """A data set of three queries, each with one relevant document."""

    def __init__(self, name="toy"):
        self.name = name

    def get_topics(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "query": ["cat", "dog", "river"]})

    def get_qrels(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "docno": ["a", "b", "c"], "label": [1, 1, 1]})


@pytest.fixture
def toy():
    return Toy()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("model"), positions=128)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Downloads fail at once, and those of the user's home are not seen."""

    def unreachable(url, **options):
        raise requests.ConnectionError(f"no network in tests: {url}")

    monkeypatch.setattr(requests, "get", unreachable)
    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path / "home"))


@pytest.fixture
def no_data(monkeypatch, tmp_path, offline):
    """A data folder with nothing in it, and nowhere to fetch from."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.setenv("OPTICAL_DATA", str(folder))


@pytest.fixture
def tiny_data(monkeypatch, tmp_path, offline):
    """A few utterances of MTOP and a few questions of AfriQA and XQuAD-R."""
    folder = tmp_path / "data"
    write_parallel_json(folder / "mtop")
    write_afriqa(folder / "afriqa")
    write_xquad_r(folder / "xquad_r")
    monkeypatch.setenv("OPTICAL_DATA", str(folder))


@pytest.fixture(scope="session")
def matched_settings(tmp_path_factory) -> dict:
    """A matched comparison of a few steps on a tiny student and bitext in an invented language."""
    folder = tmp_path_factory.mktemp("matched")
    student = tiny.xlmr(folder / "student", positions=128)
    bitext = tiny_bitext.write_bitext(folder / "xx.tsv")
    return {
        "student": str(student),
        "bitext": {"files": [{"lang": "xx", "path": str(bitext)}]},
        "mix": {"english_share": 0.2, "passage_share": 0.0},
        "training": {"steps": 4, "batch_size": 8, "warmup_steps": 1, "embedding_learning_rate": 0, "seed": 5},
        "evaluation": {"heldout_pairs": 4},
    }


@pytest.fixture(scope="session")
def matched_materials(matched_settings, tmp_path_factory):
    """What the runs of that comparison share."""
    from pyterrier_optical.experiment.matched.config import MatchedConfig
    from pyterrier_optical.experiment.matched.materials import Materials

    output = tmp_path_factory.mktemp("materials") / "run"
    return Materials(MatchedConfig.from_dict({**matched_settings, "output": str(output)}))


@pytest.fixture
def matched_batch(matched_materials):
    """A student at its centred start with sentence vectors, what objectives want of its teacher, and a batch."""
    from pyterrier_optical.distill import BitextCollator
    from pyterrier_optical.experiment.matched.grid import Run
    from pyterrier_optical.experiment.matched.pooled import with_sentence_vector

    student = with_sentence_vector(matched_materials.student(Run("centred", "ot", 1))).eval()
    teachers = matched_materials.teachers("centred")
    rows = [{"english": e, "translation": x} for e, x in tiny_bitext.sentences()[:6]]
    batch = BitextCollator(student, teachers.teacher, student_english=True)(rows)
    columns = [
        {key.removeprefix(side): value for key, value in batch.items() if key.startswith(side)}
        for side in ("english_", "translation_", "student_english_")
    ]
    return student, teachers, rows, columns

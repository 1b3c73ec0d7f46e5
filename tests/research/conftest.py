"""A tiny matched comparison."""

from copy import deepcopy

import pytest
import tiny
import tiny_bitext
from toy_data import no_data, offline, tiny_data, tiny_model

__all__ = ["no_data", "offline", "tiny_data", "tiny_model"]


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
    from research.matched.config import MatchedConfig
    from research.matched.materials import Materials

    output = tmp_path_factory.mktemp("materials") / "run"
    return Materials(MatchedConfig.from_dict({**matched_settings, "output": str(output)}))


@pytest.fixture
def matched_batch(matched_start):
    """As `matched_start`, with a student that a test may train."""
    student, *others = matched_start
    return deepcopy(student), *others


@pytest.fixture(scope="session")
def matched_start(matched_materials):
    """A student at its centred start with sentence vectors, what objectives want of its teacher, and a batch."""
    from pyterrier_optical.distill import BitextCollator
    from research.matched.grid import Run
    from research.matched.pooled import with_sentence_vector

    student = with_sentence_vector(matched_materials.student(Run("centred", "ot", 1))).eval()
    teachers = matched_materials.teachers("centred")
    rows = [{"english": e, "translation": x} for e, x in tiny_bitext.sentences()[:6]]
    batch = BitextCollator(student, teachers.teacher, student_english=True)(rows)
    columns = [
        {key.removeprefix(side): value for key, value in batch.items() if key.startswith(side)}
        for side in ("english_", "translation_", "student_english_")
    ]
    return student, teachers, rows, columns

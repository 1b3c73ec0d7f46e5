import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.retrieve.exhaustive import exhaustive_run, ranking_quality
from research.matched.evaluation import query_values
from research.matched.grid import Run
from research.matched.pooled import with_sentence_vector
from research.matched.tasks import MEASURES, Task, dataset_task, heldout_task


@pytest.mark.parametrize("measure", MEASURES)
def test_measures_are_trec_evals(measure):
    rng = np.random.default_rng(3)
    labels = rng.choice([0, 0, 0, 1, 2], (20, 30)).astype(np.int8)
    labels[:, 0] = 1
    scores = rng.permuted(np.tile(np.arange(30.0), (20, 1)), axis=1)
    qids = tuple(f"q{i:02}" for i in range(20))
    task = Task("x", "xx", measure, qids, qids, tuple(map(str, range(30))), labels)
    ids = {"query_id": np.repeat(qids, 30), "doc_id": np.tile(task.documents, 20)}
    qrels, run = (pd.DataFrame(ids).assign(**{k: v.ravel()}) for k, v in (("relevance", labels), ("score", scores)))
    expected = {m.query_id: m.value for m in ir_measures.iter_calc([ir_measures.parse_measure(measure)], qrels, run)}
    np.testing.assert_allclose(task.values(scores), [expected[qid] for qid in qids])


def test_what_is_left_out_is_in_no_ranking():
    labels, left_out = np.array([[0, 1, 0]], np.int8), np.array([[True, False, False]])
    task = Task("x", "xx", "RR", ("q",), ("?",), ("a", "b", "c"), labels, left_out)
    assert task.values(np.array([[3.0, 2.0, 1.0]])).tolist() == [1.0]


def test_equal_english_sides_are_one_document_and_both_right():
    task = heldout_task("sw", [("one road", "njia moja"), ("two goats", "mbuzi wawili"), ("one road", "barabara moja")])
    assert (task.name, task.language, task.measure) == ("bitext/sw", "sw", "RR")
    assert task.documents == ("one road", "two goats")
    assert task.values(np.array([[2.0, 1.0], [2.0, 1.0], [1.0, 2.0]])).tolist() == [1.0, 0.5, 0.5]


@pytest.mark.parametrize("name", ["mtop/en/dev/split", "mtop/es/dev/split", "afriqa/ha/dev"])
def test_data_sets_give_the_values_of_the_exhaustive_ranking(name, tiny_data, matched_materials):
    student = matched_materials.student(Run("centred", "start", 1)).eval()
    dataset = pt.get_dataset(f"optical:{name}")
    documents = pd.DataFrame(dataset.get_corpus_iter(verbose=False))
    run = exhaustive_run(dataset.get_topics(), documents, TokenEncoder(student))
    values = query_values(with_sentence_vector(student), [dataset_task(name)])
    assert set(values["language"]) == {name.split("/")[1]} and set(values["ranking"]) == {"maxsim"}
    assert values["value"].mean() == pytest.approx(ranking_quality(dataset, run), abs=1e-5)


def test_pooled_vectors_rank_by_their_cosine(matched_materials):
    student = with_sentence_vector(matched_materials.student(Run("centred", "start", 1))).eval()
    pairs = matched_materials.bitext.pairs()["xx"][:8]
    task = heldout_task("xx", pairs)
    values = query_values(student, [task], pooled=True)
    vectors = [
        student(student.preprocess(list(texts), task="document"), task="document")["sentence_embedding"]
        for texts in (task.queries, task.documents)
    ]
    expected = task.values((vectors[0] @ vectors[1].T).detach().numpy())
    np.testing.assert_allclose(values[values["ranking"] == "cosine"]["value"], expected)
    assert list(values["ranking"]) == ["maxsim"] * 8 + ["cosine"] * 8

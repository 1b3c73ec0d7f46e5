"""OpticalReranker's frame contract, its scores, and its place in PyTerrier."""

import logging
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny
import torch
from ir_measures import AP, nDCG

import pyterrier_optical
from pyterrier_optical import OpticalError, OpticalReranker
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.maxsim import maxsim_reference
from pyterrier_optical.rerank import text_reranker as frames

THAI = "แม่น้ำแมวยาว" * 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("reranker"))


@pytest.fixture(scope="module")
def reranker(folder) -> OpticalReranker:
    return OpticalReranker(folder, device="cpu")


def results(**columns) -> pd.DataFrame:
    frame = {
        "qid": ["q1", "q1", "q1", "q2", "q2"],
        "query": ["mto mrefu", "mto mrefu", "mto mrefu", "katze", "katze"],
        "docno": ["d1", "d2", "d3", "d1", "d4"],
        "text": ["the long river", "a small dog", "water near bread", "the long river", "the cat sleeps"],
    }
    return pd.DataFrame({**frame, **columns})


class TestContract(pt.testing.transformer_test_class(lambda: OpticalReranker(device="cpu"))):
    """PyTerrier's own checks; the model is never needed for them."""


def test_scores_are_maxsim_of_the_models_vectors(reranker, folder):
    model = load_encoder(folder, device="cpu")
    frame = results()
    out = reranker(frame)
    for row in out.itertuples():
        expected = maxsim_reference(model.encode_query(row.query), model.encode_document(row.text))
        assert row.score == pytest.approx(expected, abs=1e-5)
    assert out["score"].dtype == np.float64


def test_input_columns_survive_and_old_scores_are_replaced(reranker):
    frame = results(score=1.0, rank=3, title="t", query_toks=[{"a": 1.0}] * 5).set_index(pd.Index([7, 7, 8, 9, 1]))
    before = frame.copy(deep=True)
    out = reranker(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert sorted(out.columns) == sorted(frame.columns)
    assert not out.columns.duplicated().any()
    pd.testing.assert_frame_equal(
        out[["qid", "docno", "title", "query_toks"]], frame[["qid", "docno", "title", "query_toks"]]
    )
    for _, group in out.groupby("qid"):
        assert group.sort_values("rank")["score"].is_monotonic_decreasing
        assert sorted(group["rank"]) == list(range(len(group)))


@pytest.mark.parametrize("columns", [[], ["title"], ["score", "rank"]])
def test_no_rows_give_exact_columns_without_loading_the_model(columns):
    frame = results(title="t", score=0.5, rank=0)[["qid", "query", "docno", "text", *columns]].iloc[:0]
    out = OpticalReranker("/nowhere/at/all")(frame)
    assert len(out) == 0
    others = [name for name in columns if name not in ("score", "rank")]
    assert sorted(out.columns) == sorted(["qid", "query", "docno", "text", *others, "score", "rank"])
    assert out["score"].dtype == np.float64
    assert out["rank"].dtype == np.int64


def test_missing_columns_are_named():
    for frame in (pd.DataFrame(), results().drop(columns="text"), results().drop(columns="query")):
        with pytest.raises(pt.validate.InputValidationError):
            OpticalReranker("/nowhere")(frame)


def test_empty_and_missing_texts_get_the_floor(reranker):
    texts = [None, float("nan"), pd.NA, "", "日本", "the dog"]
    frame = pd.DataFrame({"qid": 1, "query": "mto mrefu", "docno": list("abcdef"), "text": texts})
    out = reranker(frame)
    assert out["score"].tolist()[:5] == [-4.0] * 5
    assert out["score"].iloc[5] > -4.0
    assert out["rank"].iloc[5] == 0
    silent = reranker(frame.assign(qid=range(6), query=[None, "", float("nan"), "日本", pd.NA, ""]))
    assert silent["score"].tolist() == [-1.0] * 6


def test_a_query_without_results_passes_a_pipeline_of_lists():
    nothing = pt.Transformer.from_df(pd.DataFrame({"qid": ["1"], "docno": ["a"], "text": [""], "score": [0.0]}))
    assert (nothing >> OpticalReranker())([{"qid": "2", "query": "mto"}]) == []
    assert OpticalReranker("/nowhere")([]) == []


def test_equal_queries_integer_qids_and_repeated_pairs(reranker):
    frame = results()
    numbers = frame["qid"].map({"q1": 1, "q2": 2})
    twice = pd.concat([frame.assign(qid=numbers), frame.assign(qid=numbers + 2)])
    twice = pd.concat([twice, twice.iloc[:2]])
    out = reranker(twice)
    assert out["score"].to_numpy()[:5] == pytest.approx(reranker(frame)["score"].to_numpy(), abs=1e-6)
    assert out["score"].to_numpy()[5:10].tolist() == out["score"].to_numpy()[:5].tolist()
    assert len(out) == 12
    assert sorted(out[out.qid == 1]["rank"]) == list(range(5))


def test_a_pair_has_the_same_score_in_any_frame(reranker, monkeypatch):
    whole = reranker(results())["score"].to_numpy()
    single = np.concatenate([reranker(results().iloc[[i]])["score"].to_numpy() for i in range(5)])
    monkeypatch.setattr(frames, "BLOCK_TOKENS", 1)
    blocks = reranker(results())["score"].to_numpy()
    np.testing.assert_allclose(whole, single, atol=1e-5)
    np.testing.assert_allclose(whole, blocks, atol=1e-5)


def test_each_distinct_text_is_encoded_once_also_over_blocks(folder, monkeypatch):
    reranker = OpticalReranker(folder, device="cpu")
    reranker(results().iloc[:1])
    encoder = reranker._encoders[0]
    seen = []
    forward = encoder._forward
    monkeypatch.setattr(
        encoder, "_forward", lambda batch, task, limit: seen.extend(batch) or forward(batch, task, limit)
    )
    monkeypatch.setattr(frames, "BLOCK_TOKENS", 8)
    reranker(pd.concat([results()] * 3))
    assert sorted(seen) == sorted({*results()["query"], *results()["text"]})


def test_custom_fields(reranker, folder):
    frame = results().rename(columns={"text": "body", "query": "question"})
    out = OpticalReranker(folder, device="cpu", text_field="body", query_field="question")(frame)
    np.testing.assert_allclose(out["score"], reranker(results())["score"], atol=1e-6)


def test_normalize_divides_by_the_number_of_query_tokens(reranker, folder):
    out = OpticalReranker(folder, device="cpu", normalize=True)(results(text=["", "a dog", "", "cat", ""]))
    plain = reranker(results(text=["", "a dog", "", "cat", ""]))
    np.testing.assert_allclose(out["score"] * [4, 4, 4, 3, 3], plain["score"], atol=1e-6)
    assert out["score"].iloc[0] == -1.0


def test_truncation_warns_once_for_each_kind_of_text(folder, caplog):
    frame = results(text=["cat " * 90, "dog " * 90, "a", "cat " * 90, "a"], query=["mto " * 30] * 3 + ["katze"] * 2)
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        OpticalReranker(folder, device="cpu", max_query_tokens=16)(frame)
    messages = [record.getMessage() for record in caplog.records if record.name == "pyterrier_optical"]
    assert [message.partition(" (")[0] for message in messages] == [
        "1 query text cut to 16 tokens",
        "2 document texts cut to 64 tokens",
    ]


def test_nothing_is_logged_when_nothing_is_cut(reranker, caplog):
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        reranker(results())
    assert not [record for record in caplog.records if record.name == "pyterrier_optical"]


def test_truncation_error_names_the_text(folder):
    strict = OpticalReranker(folder, device="cpu", truncation="error", max_query_tokens=16)
    with pytest.raises(OpticalError, match="document 'd2' has 92 tokens and 64 fit"):
        strict(results(text=["a", "dog " * 90, "a", "a", "a"]))
    with pytest.raises(OpticalError, match="query 'q2' has 32 tokens and 16 fit"):
        strict(results(query=["mto"] * 3 + ["katze " * 30] * 2))
    assert len(strict(results())) == 5


def test_advice_on_a_long_text_can_be_followed(folder):
    """The model has positions for 64 tokens."""
    long = results(text=["a", "dog " * 40, "a", "a", "a"])
    with pytest.raises(OpticalError, match=r"and 30 fit: shorten it, raise max_document_tokens, or use truncation='wa"):
        OpticalReranker(folder, device="cpu", truncation="error", max_document_tokens=30)(long)
    assert len(OpticalReranker(folder, device="cpu", truncation="error", max_document_tokens=64)(long)) == 5
    with pytest.raises(OpticalError, match=r"and 64 fit: shorten it, or use truncation='warn' or 'passages'\.$"):
        OpticalReranker(folder, device="cpu", truncation="error")(results(text=["a", "dog " * 90, "a", "a", "a"]))
    with pytest.raises(OpticalError, match=r"and 64 fit: shorten it, or use truncation='warn'\.$"):
        OpticalReranker(folder, device="cpu", truncation="error")(results(query=["mto"] * 3 + ["katze " * 90] * 2))


@pytest.mark.parametrize("option", ["max_document_tokens", "max_query_tokens"])
@pytest.mark.parametrize("truncation", ["warn", "passages", "error"])
def test_a_limit_above_the_models_own_is_refused(folder, option, truncation):
    with pytest.raises(OpticalError, match=f"{option}=65 is more than the 64 that the model takes: lower it"):
        OpticalReranker(folder, device="cpu", truncation=truncation, **{option: 65})(results())


def test_passages_take_the_best_part_of_a_long_document(folder):
    frame = results(text=["water " * 100 + "the long river", THAI, "a", "bread " * 100, "the cat sleeps"])
    by_passage = OpticalReranker(folder, device="cpu", truncation="passages", max_document_tokens=20)(frame)
    cut = OpticalReranker(folder, device="cpu", max_document_tokens=20)(frame)
    short = [2, 4]
    np.testing.assert_allclose(by_passage["score"].iloc[short], cut["score"].iloc[short], atol=1e-5)

    from pyterrier_optical.late.encoder import TokenEncoder
    from pyterrier_optical.late.passages import split_passages

    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    texts = frame["text"].tolist()[:2]
    passages, _, counts = split_passages(texts, encoder.lengths(texts, "document"), encoder, 20)
    queries, documents = encoder.queries(["mto mrefu"]), encoder.documents(passages, 20)
    best = [maxsim_reference(queries[0], documents[i]) for i in range(len(passages))]
    assert by_passage["score"].iloc[0] == pytest.approx(max(best[: counts[0]]), abs=1e-5)
    assert by_passage["score"].iloc[1] == pytest.approx(max(best[counts[0] :]), abs=1e-5)


def test_a_separate_document_model(folder, tmp_path):
    other = tiny.encoder(tmp_path / "same", seed=5)
    out = OpticalReranker(folder, document_model=other, device="cpu")(results())
    query, document = load_encoder(folder, device="cpu"), load_encoder(other, device="cpu")
    expected = maxsim_reference(query.encode_query("katze"), document.encode_document("the cat sleeps"))
    assert out["score"].iloc[4] == pytest.approx(expected, abs=1e-5)
    wide = tiny.encoder(tmp_path / "wide", dim=24)
    with pytest.raises(OpticalError, match="16 numbers and the document model's 24"):
        OpticalReranker(folder, document_model=wide, device="cpu")(results())


def test_a_loaded_model_and_half_precision(folder, reranker):
    expected = reranker(results())["score"]
    loaded = OpticalReranker(load_encoder(folder, device="cpu"))
    np.testing.assert_allclose(loaded(results())["score"], expected, atol=1e-6)
    half = OpticalReranker(folder, device="cpu", dtype="float16")
    np.testing.assert_allclose(half(results())["score"], expected, atol=0.05)
    assert half._encoders[0].model.dtype == torch.float16


def test_the_model_is_loaded_once_and_only_for_rows(folder, monkeypatch):
    from pyterrier_optical.checkpoint import folder as checkpoints
    from pyterrier_optical.checkpoint import shared

    calls = []
    load = checkpoints.load_encoder
    monkeypatch.setattr(shared, "_loaded", {})
    monkeypatch.setattr(
        checkpoints, "load_encoder", lambda *args, **kwargs: calls.append(args) or load(*args, **kwargs)
    )
    reranker = OpticalReranker(folder, device="cpu")
    reranker(results().iloc[:0])
    assert not calls
    reranker(results())
    reranker(results())
    assert len(calls) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"truncation": "cut"},
        {"dtype": "int4"},
        {"batch_size": 0},
        {"max_query_tokens": -1},
        {"max_document_tokens": 2.5},
    ],
)
def test_wrong_arguments_are_one_sentence(options):
    with pytest.raises(OpticalError) as caught:
        OpticalReranker(**options)
    assert str(next(iter(options.values()))) in str(caught.value)


def test_identity(folder):
    a, b = OpticalReranker(str(folder), normalize=True), OpticalReranker(Path(folder), normalize=True)
    assert a == b
    assert hash(a) == hash(b)
    assert repr(a) == repr(b) == f"OpticalReranker(model={str(folder)!r}, normalize=True)"
    assert a != OpticalReranker(folder)
    assert repr(OpticalReranker()) == "OpticalReranker()"
    assert OpticalReranker() != object()
    model = load_encoder(folder, device="cpu")
    assert OpticalReranker(model) == OpticalReranker(model)
    assert "MultiVectorEncoder" in repr(OpticalReranker(model))
    assert "\n" not in repr(OpticalReranker(model))


def test_arguments_are_attributes(folder):
    options = {"text_field": "t", "query_field": "q", "batch_size": 3, "device": "cpu", "dtype": "float32"}
    options |= {"max_query_tokens": 9, "max_document_tokens": 8, "truncation": "error"}
    options |= {"normalize": True, "verbose": True, "document_model": "b", "gloss": 0.5, "lexicon": "c"}
    reranker = OpticalReranker("a", **options)
    found = {attribute.name: attribute.value for attribute in pt.inspect.transformer_attributes(reranker)}
    assert found == {"model": "a", **options}
    assert pt.inspect.transformer_apply_attributes(reranker, batch_size=4).batch_size == 4


def test_inspection_and_schematic():
    reranker = OpticalReranker("/nowhere")
    required = ["docno", "qid", "query", "text"]
    plain = OpticalReranker("/nowhere", gloss=0)
    assert list(map(sorted, pt.inspect.transformer_inputs(plain))) == [sorted([*required, "title"]), required]
    named = OpticalReranker("/nowhere", text_field=["title", "body"], gloss=0)
    assert list(map(sorted, pt.inspect.transformer_inputs(named))) == [["body", "docno", "qid", "query", "title"]]
    outputs = pt.inspect.transformer_outputs(reranker, ["qid", "query", "docno", "text", "title"])
    assert outputs == ["qid", "query", "docno", "text", "title", "score", "rank"]
    schematic = pt.schematic.transformer_schematic(reranker)
    assert len(schematic["label"]) <= 20
    assert schematic["help_url"].startswith("https://")


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_experiment(folder, plan):
    first = pt.Transformer.from_df(results(score=[3.0, 2.0, 1.0, 2.0, 1.0], rank=[0, 1, 2, 0, 1]))
    topics = results()[["qid", "query"]].drop_duplicates()
    qrels = pd.DataFrame({"qid": ["q1", "q2"], "docno": ["d3", "d4"], "label": [2, 1]})
    systems = [
        first,
        first >> OpticalReranker(folder, device="cpu"),
        first >> OpticalReranker(folder, device="cpu") % 1,
    ]
    names = ["first", "optical", "top"]
    table = pt.Experiment(systems, topics, qrels, [AP, nDCG @ 10], names=names, plan=plan, validate="error")
    expected = pt.Evaluate(systems[1](topics), qrels, [AP])
    assert table.set_index("name").loc["optical", "AP"] == pytest.approx(expected["AP"])


def test_a_loaded_reranker_is_pickled_without_its_model(folder):
    reranker = OpticalReranker(folder, device="cpu")
    out = reranker(results())
    data = pickle.dumps(reranker)
    assert len(data) < 5000
    again = pickle.loads(data)  # noqa: S301 - our own bytes
    assert again == reranker
    np.testing.assert_allclose(again(results())["score"], out["score"], atol=1e-6)


@pytest.mark.slow
def test_parallel(folder):
    pytest.importorskip("joblib")
    reranker = OpticalReranker(folder, device="cpu")
    expected = reranker(results())
    with pytest.warns(UserWarning, match="experimental"):
        parallel = reranker.parallel(2)
    out = parallel(results()).set_index(["qid", "docno"]).loc[list(zip(expected.qid, expected.docno, strict=True))]
    np.testing.assert_allclose(out["score"], expected["score"], atol=1e-6)


@pytest.mark.slow
def test_importing_and_building_needs_no_torch():
    import subprocess
    import sys

    code = (
        "import sys, pyterrier_optical as o, pandas as pd\n"
        "r = o.OpticalReranker(); repr(r); hash(r)\n"
        "r(pd.DataFrame(columns=['qid', 'query', 'docno', 'text']))\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    root = Path(pyterrier_optical.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_the_shipped_model_ranks_a_translation_first(shipped_model):
    frame = pd.DataFrame(
        {
            "qid": "1",
            "query": "Wo schläft die alte Katze?",
            "docno": ["a", "b", "c"],
            "text": [
                "Parliament voted on the new tax.",
                "Grandma's old cat naps on the stove.",
                "Trains to Oslo run late.",
            ],
        }
    )
    out = OpticalReranker(device="cpu")(frame)
    assert out.set_index("docno")["rank"]["b"] == 0

"""MTQueryTranslator as a transformer: frames, batches, what is translated and what is not."""

import logging
import pickle
from pathlib import Path

import pandas as pd
import pyterrier as pt
import pytest
from ir_measures import RR

from pyterrier_optical import OpticalError, OpticalReranker, bm25
from pyterrier_optical.mt import MTQueryTranslator
from pyterrier_optical.mt import checkpoint as loader
from pyterrier_optical.mt.translation import TranslationModel

QUERIES = ["mto mrefu na maji", "paka", "नदी", "a b c d", "แม่น้ำ", "maji"]


def frame(*queries) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(queries))], "query": queries})


def translator(folder, **arguments) -> MTQueryTranslator:
    return MTQueryTranslator(folder, **{"device": "cpu", "max_length": 8, "num_beams": 2, **arguments})


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """Every text that a model is asked to translate."""
    texts, translate = [], TranslationModel.translate

    def spy(self, new, **arguments):
        texts.extend(new)
        return translate(self, new, **arguments)

    monkeypatch.setattr(TranslationModel, "translate", spy)
    return texts


@pytest.fixture
def unloadable(monkeypatch):
    """No model may be loaded."""

    def refuse(*_, **__):
        raise AssertionError("the model was loaded")

    monkeypatch.setattr(loader, "load", refuse)


class TestContract(pt.testing.transformer_test_class(lambda: MTQueryTranslator("owner/absent"))):
    """PyTerrier's own checks; the model is never needed for them."""


def test_order_is_kept_and_batches_change_nothing(checkpoint):
    folder, languages = checkpoint
    alone = translator(folder, batch_size=1, **languages).translate(QUERIES)
    assert len(set(alone)) > 2
    assert translator(folder, batch_size=4, **languages).translate(QUERIES) == alone
    assert translator(folder, **languages).translate(QUERIES[::-1]) == alone[::-1]


def test_the_source_language_matters(nllb):
    swahili, hindi = (translator(nllb, source_lang=lang).translate(QUERIES) for lang in ("sw", "hi"))
    assert swahili != hindi


def test_each_distinct_query_is_translated_once(nllb, sent):
    model = translator(nllb, source_lang="sw", batch_size=2)
    first = model.translate(["paka", "maji", " paka ", "paka"])
    assert sorted(sent) == ["maji", "paka"] and first[0] == first[2] == first[3]
    assert model.translate(["maji", "mto"])[0] == first[1]
    assert sent[2:] == ["mto"]


def test_empty_queries_stay_empty_and_load_nothing(unloadable):
    out = MTQueryTranslator("owner/absent")(frame("", " \t", None, float("nan")))
    assert out["query"].tolist() == [""] * 4
    assert MTQueryTranslator("owner/absent").translate(["\ud800", 7]) == ["", ""]
    with pytest.raises(OpticalError, match="texts='maji' is one text"):
        MTQueryTranslator("owner/absent").translate("maji")


@pytest.mark.parametrize("extra", [[], ["query_0"], ["docno", "score", "rank", "text"], ["query_toks"]])
def test_no_rows_give_exact_columns_and_load_nothing(unloadable, nllb, extra):
    empty = pd.DataFrame({name: [] for name in ("qid", "query", *extra)})
    out = MTQueryTranslator("owner/absent")(empty)
    row = translator(nllb, source_lang="sw")(pd.DataFrame({name: ["paka"] for name in empty.columns}).iloc[:0])
    assert out.columns.tolist() == row.columns.tolist() and len(out) == 0
    assert {"qid", "query", "query_0"} <= set(out.columns) and "query_toks" not in out.columns


def test_queries_before_are_kept_and_come_back(nllb):
    inp = frame("paka", "maji").assign(query_0=["cat", "water"], lang="sw").set_index(pd.Index([7, 7]))
    before = inp.copy()
    model = translator(nllb, source_lang="sw")
    out = model(inp)
    pd.testing.assert_frame_equal(inp, before)
    assert out.index.tolist() == [7, 7] and out["query"].tolist() == model.translate(["paka", "maji"])
    assert out["query_0"].tolist() == ["paka", "maji"] and out["query_1"].tolist() == ["cat", "water"]
    back = pt.rewrite.reset()(out)
    pd.testing.assert_frame_equal(back[before.columns.tolist()], before)


def test_what_was_made_from_the_old_query_goes(nllb):
    inp = frame("paka").assign(
        query_toks=[{"cat": 1.0}],
        query_vec=[0.5],
        query_vecs=[0.5],
        query_weights=[1.0],
        docno="d",
        text="a cat",
        score=1.0,
        rank=0,
    )
    out = translator(nllb, source_lang="sw")(inp)
    assert set(out.columns) == {"qid", "query", "query_0", "docno", "text", "score", "rank"}


def test_missing_columns_are_a_validation_error():
    with pytest.raises(pt.validate.InputValidationError):
        MTQueryTranslator("owner/absent")(pd.DataFrame({"qid": ["1"]}))


def test_long_queries_are_cut_with_a_warning(checkpoint, caplog):
    folder, languages = checkpoint
    with caplog.at_level(logging.WARNING):
        out = translator(folder, **languages, max_length=1000).translate(["maji " * 5000, "maji"])
    assert len(out) == 2
    assert [record.message for record in caplog.records if "cut" in record.message] == [
        "1 query cut to 24 tokens for translation (see max_length)"
    ]


def test_identity_is_the_arguments(nllb):
    one, same = (MTQueryTranslator(Path("a/b"), source_lang="sw") for _ in range(2))
    other = MTQueryTranslator(Path("a/b"), source_lang="ha")
    assert one == same and hash(one) == hash(same) and one != other
    assert repr(one) == "MTQueryTranslator(model='a/b', source_lang='sw')"
    model = translator(nllb, source_lang="sw")
    translations = model.translate(QUERIES)
    copy = pickle.loads(pickle.dumps(model))  # noqa: S301
    assert copy == model and not {"_loaded", "_known"} & set(vars(copy))
    assert copy.translate(QUERIES) == translations


def test_inspection_tells_columns_without_the_model():
    model = MTQueryTranslator("owner/absent")
    assert ["qid", "query"] in pt.inspect.transformer_inputs(model)
    assert pt.inspect.transformer_outputs(model, ["qid", "query"]) == ["qid", "query_0", "query"]
    changed = pt.inspect.transformer_apply_attributes(model, num_beams=1)
    assert changed == MTQueryTranslator("owner/absent", num_beams=1)


@pytest.mark.parametrize("plan", ["tree", "linear"])
def test_experiments_translate_once(nllb, sent, plan):
    docs = pd.DataFrame({"docno": ["d1", "d2"], "text": ["a cat", "a river"]})

    def ranked(inp):
        rows = inp.merge(docs, how="cross").assign(score=lambda rows: rows["text"].str.len())
        return pt.model.add_ranks(rows)

    retriever = pt.apply.generic(ranked)
    systems = [
        translator(nllb, source_lang="sw") >> retriever,
        translator(nllb, source_lang="sw") >> retriever % 1,
    ]
    qrels = pd.DataFrame({"qid": ["q0", "q1"], "docno": ["d1", "d2"], "label": [1, 1]})
    table = pt.Experiment(systems, frame("paka", "mto"), qrels, [RR], plan=plan)
    assert len(table) == 2
    assert len(sent) == (2 if plan == "tree" else 4)


def test_the_translation_is_what_is_searched_and_reranked(nllb, tmp_path, monkeypatch):
    pytest.importorskip("pyterrier_pisa", reason="needs an engine without Java")
    import tiny

    english = {"paka": "cat", "mto": "river"}

    def translate(self, texts, **_):
        yield {text: english[text] for text in texts}

    monkeypatch.setattr(TranslationModel, "translate", translate)
    docs = pd.DataFrame({"docno": ["d1", "d2", "d3"], "text": ["a small cat", "the long river", "paka"]})
    text = pt.apply.text(lambda row: docs.set_index("docno")["text"][row["docno"]])
    retriever = bm25(docs.to_dict("records"), engine="pisa")
    pipeline = translator(nllb, source_lang="sw") >> retriever >> text >> OpticalReranker(tiny.encoder(tmp_path))
    out = pipeline(frame("paka", "mto").assign(query_toks=[{"paka": 1.0}] * 2))
    assert out[["query", "query_0", "docno"]].values.tolist() == [["cat", "paka", "d1"], ["river", "mto", "d2"]]
    assert out["score"].gt(0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": 3}, "type int"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"num_beams": 1.5}, "num_beams is 1.5"),
        ({"dtype": "int8"}, "Unknown dtype"),
        ({"source_lang": ""}, "source_lang is ''"),
        ({"target_lang": None}, "target_lang is None"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(OpticalError, match=message):
        MTQueryTranslator(**{"model": "owner/name", **arguments})


def test_arguments_that_are_set_later_count(marian, sent):
    changing = translator(marian)
    assert changing.translate(["maji"]) == translator(marian).translate(["maji"])
    changing.max_length = 3
    assert changing.translate(["maji"]) == translator(marian, max_length=3).translate(["maji"])
    assert sent == ["maji"] * 4

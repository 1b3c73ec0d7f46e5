"""Contributions sum to the reranker's score, and each is where its words are."""

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tiny

from pyterrier_optical import OpticalError, OpticalReranker
from pyterrier_optical.late.maxsim import FLOOR

LONG = "the long river runs near the small mountain " * 6


def total(explanation) -> float:
    return float(explanation.frame["contribution"].sum())


def matches(explanation, wording="query") -> dict[str, str]:
    frame = explanation.frame[explanation.frame["wording"] == wording]
    return dict(zip(frame["query_word"], frame["document_word"], strict=False))


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"normalize": True}, {"gloss": 0}, {"truncation": "passages"}])
def test_contributions_sum_to_the_score(tiny_model, options):
    reranker = OpticalReranker(tiny_model, device="cpu", **options)
    numbers, words = random.Random(5), [*tiny.WORDS, "नदी", "แมวยาว", "xyzzy", "बिल्ली", ".", "😀"]
    texts = [" ".join(numbers.choices(words, k=numbers.randrange(30))) for _ in range(40)]
    for _ in range(3):
        query, text, gloss = numbers.choices(texts, k=3)
        explanation = reranker.explain(query, text * 3, gloss=gloss)
        row = {"qid": "q", "query": query, "docno": "d", "text": text * 3, "query_gloss": gloss}
        score = reranker(pd.DataFrame([row]))["score"].item()
        assert explanation.score == score
        assert total(explanation) == pytest.approx(score, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("broken", ["query", "text"])
def test_half_a_surrogate_pair_is_named(reranker, broken):
    with pytest.raises(OpticalError, match=f"column '{broken}' has half of a surrogate pair"):
        reranker.explain(**{"query": "mto", "text": "river", broken: "\ud800"})


def test_a_word_meets_itself(reranker):
    explanation = reranker.explain("the cat sleeps", "the cat sleeps", plan="exact")
    assert matches(explanation) == {word: word for word in ("<s>", "the", "cat", "sleeps", "</s>")}
    assert explanation.frame["cosine"].to_numpy() == pytest.approx(1, abs=1e-5)
    assert explanation.frame["planned_word"].tolist() == explanation.frame["document_word"].tolist()
    assert explanation.frame["planned_share"].to_numpy() == pytest.approx(1, abs=1e-2)


def test_what_a_row_says_holds_together(reranker):
    frame = reranker.explain("mto pakaruns", LONG, gloss="river cat").frame
    assert frame["contribution"].to_numpy() == pytest.approx(frame["cosine"] * frame["weight"])
    assert frame["wording"].unique().tolist() == ["query", "gloss", "query and gloss"]
    # A share of one half: what both glossed wordings weigh is what the query weighs.
    weight = frame.groupby("wording")["weight"].sum()
    assert weight["gloss"] + weight["query and gloss"] == pytest.approx(weight["query"])
    assert frame["planned_share"].between(0, 1).all()


def test_the_parts_have_the_matrices_by_words(reranker):
    explanation = reranker.explain("mto pakaruns", "the river runs", plan="uniform")
    (part,) = explanation.parts
    shape = len(part.words.labels), len(explanation.document.labels)
    assert part.cosines.shape == part.plan.shape == shape
    assert np.allclose(part.plan, 1 / shape[1])  # one token a word
    for row in explanation.frame.itertuples():
        assert part.cosines[row.query_position].max() >= row.cosine - 1e-6


def test_the_best_passage_is_explained(tiny_model):
    reranker = OpticalReranker(tiny_model, device="cpu", truncation="passages", max_document_tokens=16)
    explanation = reranker.explain("bread", LONG + "a dog sleeps near bread")
    assert len(explanation.document.labels) <= 16
    assert reranker.explain("bread", explanation.document.text).score == pytest.approx(explanation.score, abs=1e-5)
    assert reranker.explain("bread", LONG).score <= explanation.score + 1e-5


def test_a_title_is_a_line_and_fields_may_be_named(tiny_model):
    plain = OpticalReranker(tiny_model, device="cpu")
    named = OpticalReranker(tiny_model, device="cpu", text_field=("head", "body"), query_field="asked")
    text = "the cat\na dog sleeps"
    frame = pd.DataFrame([{"qid": "q", "asked": "dog", "docno": "d", "head": "the cat", "body": "a dog sleeps"}])
    assert named.explain("dog", text).score == plain.explain("dog", text).score == named(frame)["score"].item()


@pytest.mark.parametrize(("query", "text", "rows"), [("", "the cat", 1), ("cat", "", 3), ("", "", 1), ("█", "cat", 1)])
@pytest.mark.parametrize("normalize", [False, True])
def test_nothing_known_is_the_floor(tiny_model, query, text, rows, normalize):
    explanation = OpticalReranker(tiny_model, device="cpu", normalize=normalize).explain(query, text)
    assert explanation.score == total(explanation) == FLOOR * (1 if normalize else rows)
    assert len(explanation.frame) == rows and set(explanation.frame["document_word"]) == {""}
    assert set(explanation.frame["cosine"]) == {FLOOR}


def test_a_gloss_without_a_known_token_has_no_rows(reranker):
    explanation = reranker.explain("the cat", "the dog", gloss="█")
    assert [part.name for part in explanation.parts] == ["query", "query and gloss"]
    assert total(explanation) == pytest.approx(explanation.score, rel=1e-6)


@pytest.mark.slow
def test_the_top_of_a_result_frame(reranker):
    rows = [(q, query, d, text) for q, query in (("2", "cat"), ("1", "dog")) for d, text in
            (("a", "the long river"), ("b", "the cat sleeps"), ("c", "a small dog"))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["qid", "query", "docno", "text"]).assign(query_gloss="water")
    ranked = reranker(frame)
    for given in (frame, ranked):
        top = reranker.explain_top(given.set_index("qid", drop=False), 2)
        assert [e.qid for e in top] == ["2", "2", "1", "1"]
        for explanation in top:
            row = ranked[(ranked["qid"] == explanation.qid) & (ranked["docno"] == explanation.docno)]
            assert row["rank"].item() < 2 and row["score"].item() == pytest.approx(explanation.score, abs=1e-4)
            assert {part.name for part in explanation.parts} == {"query", "gloss", "query and gloss"}
    assert reranker.explain_top(frame.head(0)) == []


def test_a_wrong_plan_is_refused_before_a_model_is_loaded():
    with pytest.raises(OpticalError, match="plan='best' is unknown"):
        OpticalReranker("/no/such/model").explain("a", "b", plan="best")


def test_a_text_over_the_limit_is_refused_where_the_reranker_refuses_it(tiny_model):
    reranker = OpticalReranker(tiny_model, device="cpu", truncation="error")
    with pytest.raises(OpticalError, match="tokens and 64 fit"):
        reranker.explain("cat", LONG * 3)


def test_html_is_escaped(reranker):
    explanation = replace(reranker.explain("cat <b>&", "<script>alert(1)</script> the cat"), qid="<i>")
    html = explanation._repr_html_()
    assert "<script" not in html and "<b>" not in html and "<i>" not in html
    assert "&lt;" in html and "qid &lt;i&gt;" in html
    assert f"score {explanation.score:.4f}" in html and html.count("<tr") == len(explanation.frame) + 1

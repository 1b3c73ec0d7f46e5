"""The gloss of a query beside it: where it comes from, and what it counts."""

from functools import partial

import pandas as pd
import pyterrier as pt
import pytest
import tiny
import torch

from pyterrier_optical import Lexicon, OpticalError, OpticalReranker, OpticalRetriever, OpticalTranslator
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.maxsim import maxsim_reference
from pyterrier_optical.query.encoding import encode_with_gloss
from pyterrier_optical.retrieve.exhaustive import exhaustive_run

LEXICON = Lexicon.from_entries({"sw": {"mto": (9, {"river": 0.7, "rivers": 0.3}), "wa": (9, {"of": 1.0})}})
TERMS = ["river", "of", "nile", "long"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("gloss"))


def test_a_gloss_is_the_likeliest_term_or_the_word_itself():
    translator = OpticalTranslator(TERMS, method="lexicon", lexicon=LEXICON)
    assert translator.glosses(["Mto wa Nile", "long river", "", "mrefu", "mrefu mto"]) == [
        "river of nile",
        "",  # it says nothing that the query does not
        "",
        "",
        "river",
    ]
    out = translator(pd.DataFrame({"qid": ["1"], "query": ["mto"], "query_gloss": ["old"]}))
    assert out["query_gloss"].tolist() == ["river"]


def test_what_the_lexicon_doubts_is_not_said():
    doubtful = {"river": 0.19, "rivers": 0.18, "stream": 0.17, "creek": 0.16, "brook": 0.15, "ford": 0.15}
    lexicon = Lexicon.from_entries({"sw": {"mto": (9, doubtful), "mrefu": (9, {"long": 1.0})}})
    translator = OpticalTranslator([*doubtful, "long"], method="lexicon", lexicon=lexicon)
    assert translator.glosses(["mto mrefu", "mto"]) == ["long", ""]
    likely = OpticalTranslator(["river", "rivers", "long"], method="lexicon", lexicon=lexicon)
    assert likely.glosses(["mto mrefu"]) == ["river long"], "of the terms of this index it is likely"


def test_a_gloss_says_frequent_terms_and_no_term_twice_in_a_row():
    lexicon = Lexicon.from_entries(
        {"hi": {"क्या": (9, {"what": 1.0}), "याद": (9, {"remind": 1.0}), "दिलाएं": (9, {"remind": 1.0})}}
    )
    translator = OpticalTranslator({"what": 80, "remind": 2, "of": 90}, method="lexicon", lexicon=lexicon)
    assert translator.glosses(["क्या याद दिलाएं", "याद क्या दिलाएं"]) == ["what remind", "remind what remind"]
    assert dict(translator.translate(["क्या"])[0]) == {"क्या": {}}, "for BM25 it tells nothing"


def test_a_lexicon_alone_needs_no_model_and_the_nearest_terms_alone_give_no_gloss():
    translator = OpticalTranslator(TERMS, "/no/such/model", method="lexicon", lexicon=LEXICON)
    assert translator.glosses(["mto"]) == ["river"]
    frame = pd.DataFrame({"qid": ["1"], "query": [""]})
    assert "query_gloss" not in OpticalTranslator(TERMS, "/no/such/model", method="nearest")(frame)


def test_the_gloss_has_its_share_of_the_mean(folder):
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    questions, glosses = ["mto mrefu", "katze", ""], ["the river sleeps near water", "", "dog"]
    own, said = encoder.queries(questions), encoder.queries(glosses)
    in_one = encoder.queries([f"{questions[0]} {glosses[0]}"])
    both = encode_with_gloss(encoder, questions, glosses, 0.3)
    document = encoder.documents(["the long river"])[0]

    def score(vectors, i):
        one = vectors.span(i, i + 1)
        return maxsim_reference(one.values, document, weights=one.weights) / one.totals.item()

    assert both.lengths.tolist() == [len(own[0]) + len(said[0]) + len(in_one[0]), len(own[1]), 0]
    assert score(both, 0) == pytest.approx(0.7 * score(own, 0) + 0.15 * score(said, 0) + 0.15 * score(in_one, 0))
    assert score(both, 1) == pytest.approx(score(own, 1))
    assert both.totals.tolist() == pytest.approx([len(own[0]) / 0.7, len(own[1]), 0])


def test_by_default_query_gloss_and_both_in_one_text_count_about_a_third_each(folder):
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    query, gloss, text = "mto mrefu", "the river sleeps near water", "the long river"
    document = encoder.documents([text])[0]
    wordings = [encoder.queries([wording])[0] for wording in (query, gloss, f"{query} {gloss}")]
    own, said, both = (maxsim_reference(vectors, document) / len(vectors) for vectors in wordings)
    frame = pd.DataFrame({"qid": ["1"], "query": [query], "query_gloss": [gloss], "docno": ["a"], "text": [text]})
    (score,) = OpticalReranker(folder, device="cpu", normalize=True)(frame)["score"]
    assert score == pytest.approx(0.35 * own + 0.325 * said + 0.325 * both, abs=1e-5)
    assert abs(own - (said + both) / 2) > 0.01


def test_reranker_retriever_and_exhaustive_run_agree(folder):
    documents = pd.DataFrame({"docno": ["a", "b"], "text": ["the long river", "a small dog"]})
    topics = pd.DataFrame({"qid": ["1", "2"], "query": ["mto", "mto"], "query_gloss": ["river", "dog"]})
    frame = topics.merge(documents, how="cross")
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    exhaustive = exhaustive_run(topics, documents, encoder, gloss=0.4).set_index(["qid", "docno"])["score"]
    reranked = OpticalReranker(folder, device="cpu", gloss=0.4)(frame).set_index(["qid", "docno"])["score"]
    retriever = OpticalRetriever(documents, folder, device="cpu", precision="float32", gloss=0.4)
    retrieved = retriever(topics).set_index(["qid", "docno"])["score"]
    for scores in (reranked, retrieved):
        assert scores.sort_index().tolist() == pytest.approx(exhaustive.sort_index().tolist(), abs=1e-5)
    assert exhaustive["1", "a"] != exhaustive["2", "a"], "queries of one text have glosses of their own"
    without = OpticalReranker(folder, device="cpu", gloss=0)(frame)["score"].tolist()
    assert OpticalReranker(folder, device="cpu")(frame.drop(columns="query_gloss"))["score"].tolist() == without
    normal = OpticalReranker(folder, device="cpu", gloss=0.4, normalize=True)(frame)["score"]
    assert normal.abs().max() <= 1 and normal.rank().tolist() == reranked.reset_index()["score"].rank().tolist()


def test_an_empty_document_is_below_every_other_and_normalised_to_minus_one(folder):
    frame = pd.DataFrame({"qid": "1", "query": "mto", "query_gloss": "the long river", "docno": ["a", "b"]})
    frame["text"] = ["a small dog", ""]
    scores = OpticalReranker(folder, device="cpu", gloss=0.4, normalize=True)(frame)["score"]
    assert scores[1] == pytest.approx(-1) and scores[0] > -1


def test_candidates_are_found_by_the_weighted_mean(folder):
    documents = [{"docno": name, "text": text} for name, text in enumerate(["long river", "small dog", "mto", "cat"])]
    topics = pd.DataFrame({"qid": ["1"], "query": ["mto"], "query_gloss": ["the cat sleeps near water bread dog"]})
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    both = encode_with_gloss(encoder, ["mto"], topics["query_gloss"].tolist(), 0.3)
    mean = (both.values * both.weights[:, None]).sum(0)
    means = [encoder.documents([document["text"]]).values.mean(0) for document in documents]
    cosines = torch.stack([torch.cosine_similarity(mean, other, dim=0) for other in means])
    retriever = OpticalRetriever(documents, folder, device="cpu", exact_limit=0, candidates=2)
    assert set(retriever(topics)["docno"].astype(int)) == set(cosines.topk(2).indices.tolist())


def test_a_missing_gloss_is_none(folder):
    documents = pd.DataFrame({"docno": ["a"], "text": ["the long river"]})
    topics = pd.DataFrame({"qid": ["1", "2"], "query": ["mto", "mto"], "query_gloss": [None, float("nan")]})
    encoder = TokenEncoder(load_encoder(folder, device="cpu"))
    alone = exhaustive_run(topics, documents, encoder)["score"].tolist()
    assert exhaustive_run(topics, documents, encoder, gloss=0.3)["score"].tolist() == pytest.approx(alone)


def test_inspection_shows_who_writes_and_who_reads_a_gloss(folder):
    written = pt.inspect.transformer_outputs(OpticalTranslator(TERMS), ["qid", "query"])
    assert written == ["qid", "query", "query_toks", "query_gloss"]
    silent = OpticalTranslator(TERMS, gloss=False)
    assert pt.inspect.transformer_outputs(silent, ["qid", "query"]) == ["qid", "query", "query_toks"]
    assert "query_gloss" in pt.inspect.transformer_outputs(silent, ["qid", "query", "query_gloss"]), "one's own stays"
    documents = [{"docno": "a", "text": "the long river"}]
    for reader in (OpticalReranker, partial(OpticalRetriever, documents)):
        ways = pt.inspect.transformer_inputs(reader(model=folder))
        needed = pt.inspect.transformer_inputs(reader(model=folder, gloss=0))
        assert ways == needed + [[*columns, "query_gloss"] for columns in needed]
    another = OpticalReranker(folder, query_field="mine")
    assert not any("query_gloss" in columns for columns in pt.inspect.transformer_inputs(another))


def test_another_query_column_has_no_gloss(folder):
    frame = pd.DataFrame({"qid": "1", "query": "mto", "mine": "katze", "query_gloss": "river", "docno": "a"}, index=[0])
    frame["text"] = "the long river"
    reranker = OpticalReranker(folder, device="cpu", query_field="mine")
    assert reranker(frame)["score"].tolist() == reranker(frame.drop(columns="query_gloss"))["score"].tolist()


@pytest.mark.parametrize("share", [-0.1, 1, "half", None, True])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(OpticalError, match=r"gloss=.*: give the gloss a share of the score from 0 \(none\) to below 1"):
        OpticalReranker(gloss=share)
    with pytest.raises(OpticalError, match="gloss="):
        OpticalRetriever([{"docno": "1", "text": "a"}], gloss=share)


def test_queries_of_another_column_have_the_lexicons_gloss(folder):
    documents = {"docno": ["a", "b"], "text": ["the long river", "a small dog"]}
    frame = pd.DataFrame({"qid": "1", "query": "mto", **documents})
    scores = OpticalReranker(folder, device="cpu", lexicon=LEXICON)(frame)["score"].tolist()
    other = frame.rename(columns={"query": "mine"}).assign(query="katze", query_gloss="dog")
    reranker = OpticalReranker(folder, device="cpu", lexicon=LEXICON, query_field="mine")
    assert reranker(other)["score"].tolist() == scores
    assert scores != OpticalReranker(folder, device="cpu", gloss=0)(frame)["score"].tolist()


def test_a_lexicon_that_was_made_again_is_read_again(folder, tmp_path):
    frame = pd.DataFrame({"qid": "1", "query": "mto", "docno": ["a"], "text": ["the long river"]})
    scores = []
    for term in ("river", "dog"):
        lexicon = Lexicon.from_entries({"sw": {"mto": (9, {term: 1.0})}})
        lexicon.save(tmp_path / "lexicon.safetensors")
        by_path = OpticalReranker(folder, device="cpu", lexicon=tmp_path / "lexicon.safetensors")
        scores.append(by_path(frame)["score"].tolist())
        assert scores[-1] == OpticalReranker(folder, device="cpu", lexicon=lexicon)(frame)["score"].tolist()
    assert scores[0] != scores[1]

"""What a tokenizer makes of texts, counted by hand."""

import logging
import math
from itertools import islice, product

import pandas as pd
import pytest
import tiny

from pyterrier_optical import OpticalError, OpticalReranker, diagnose
from pyterrier_optical.rerank.bi_encoder import MBERTReranker
from pyterrier_optical.retrieve.fusion.reciprocal_rank import ReciprocalRankFusion


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("diagnosed"))


def topics(**texts) -> pd.DataFrame:
    return pd.DataFrame([(text, lang) for lang, group in texts.items() for text in group], columns=["query", "lang"])


def test_tokens_words_and_unknown_ones_are_counted(folder):
    # "▁paka", "▁mto"; "▁", "n", "y", "a" and, of a letter that the vocabulary lacks, "▁", "<unk>".
    found = diagnose(folder, topics(sw=["paka mto"], xx=["nya ж"])).set_index("lang")
    assert list(found.columns) == [
        "texts",
        "tokens_per_word",
        "characters_per_token",
        "unknown",
        "cut_texts",
        "cut_tokens",
    ]
    assert found.loc["sw"].tolist() == [1, 1, 3.5, 0, 0, 0]
    assert found.loc["xx"].tolist() == [1, 3, 4 / 6, 1 / 6, 0, 0]


def test_a_script_without_spaces_has_no_words(folder):
    found = diagnose(folder, topics(th=["แม่น้ำยาว", "แมว"], hi=["नदी बिल्ली"])).set_index("lang")
    assert math.isnan(found.loc["th", "tokens_per_word"]) and found.loc["hi", "tokens_per_word"] > 2
    assert (found["characters_per_token"] > 0).all()


def test_what_is_too_long_is_counted(folder):
    frame = pd.DataFrame({"text": ["cat " * 20, "cat", "cat"], "title": ["dog", "", ""]})
    found = diagnose(folder, frame, "document", max_tokens=13).iloc[0]
    # One of two distinct texts has 21 tokens and 2 markers; 10 of 22 tokens are not read.
    assert (found["lang"], found["texts"], found["cut_texts"]) == ("all", 2, 0.5)
    assert found["cut_tokens"] == pytest.approx(10 / 22)
    assert diagnose(OpticalReranker(folder, device="cpu", max_document_tokens=13), frame, "document").equals(
        diagnose(folder, frame, "document", max_tokens=13)
    )


def test_a_bi_encoder_is_looked_into_as_well(tmp_path):
    found = diagnose(MBERTReranker(tiny.bert(tmp_path), device="cpu"), topics(en=["the cat"], ru=["кот"]))
    assert found.set_index("lang")["unknown"].to_dict() == {"en": 0, "ru": 1}


def test_what_is_over_a_threshold_is_logged(folder, caplog):
    frame = topics(en=["the cat"], xx=["nya ж"])
    with caplog.at_level(logging.WARNING, "pyterrier_optical"):
        diagnose(folder, frame, max_tokens=4)
    assert caplog.messages == [
        "query, xx: 16.7% of the tokens are unknown to the model",
        "query, xx: 100.0% of the texts are longer than the model reads",
    ]
    caplog.clear()
    diagnose(folder, frame, thresholds={"tokens_per_word": 2})
    assert caplog.messages[0].startswith("query, xx: a word takes 3.0 tokens on average")


def pairs(count: int) -> list[str]:
    """Distinct texts of two tokens."""
    return [" ".join(pair) for pair in islice(product(tiny.WORDS, tiny.WORDS), count)]


@pytest.mark.parametrize(
    ("texts", "logged"),
    [
        (["nya"], ["a word takes 4.0 tokens on average, so that few words have vectors of their own"]),
        (["ny"], []),
        ([*pairs(35), "ж"], ["1.4% of the tokens are unknown to the model"]),
        ([*pairs(65), "ж"], []),
        ([*pairs(14), "cat " * 99], ["6.7% of the texts are longer than the model reads"]),
        ([*pairs(24), "cat " * 99], []),
    ],
    ids=["4 tokens", "3 tokens", "1.4% unknown", "0.8% unknown", "6.7% cut", "4% cut"],
)
def test_by_default_three_tokens_a_word_one_unknown_in_a_hundred_and_one_text_cut_in_twenty(
    folder, caplog, texts, logged
):
    diagnose(folder, topics(xx=texts))
    assert caplog.messages == [f"query, xx: {message}" for message in logged]


def test_no_text_and_empty_texts(folder):
    assert diagnose(folder, topics()).empty
    assert diagnose(folder, topics(en=["", None])).iloc[0].tolist() == ["en", 1, 1, 0, 0, 0, 0]


def test_what_cannot_be_diagnosed_is_refused(folder):
    with pytest.raises(OpticalError, match="no column 'text'"):
        diagnose(folder, topics(en=["a"]), "document")
    with pytest.raises(OpticalError, match="task='title' is unknown"):
        diagnose(folder, topics(en=["a"]), "title")
    with pytest.raises(OpticalError, match="ReciprocalRankFusion has no encoder"):
        diagnose(ReciprocalRankFusion(OpticalReranker(), OpticalReranker()), topics(en=["a"]))

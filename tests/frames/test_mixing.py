"""Scores that grow with the query are not mixed linearly; everything else is."""

import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import ColumnQueryTranslator, LaBSEReranker, OpticalError, OpticalIndex, OpticalReranker
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.retrieve.dense import OpticalRetriever

DOCUMENTS = [{"docno": "a", "text": "the cat"}, {"docno": "b", "text": "a long river"}]


class Lexical(GuardedMixing):
    """A retriever of our own whose scores may be mixed, as BM25's."""

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        pt.validate.query_frame(inp, context=self)
        found = inp.merge(pd.DataFrame({"docno": ["a", "b"], "score": [1.0, 0.5]}), how="cross")
        return pt.model.add_ranks(found)


LEXICAL, OTHER, COSINE = Lexical(), pt.apply.rename({}), LaBSEReranker()
RETRIEVER, RERANKER = OpticalRetriever(DOCUMENTS), OpticalReranker()
TOKENS = OpticalIndex("x").reranker()
NORMAL = OpticalReranker(normalize=True)


@pytest.mark.parametrize(
    "mix",
    [
        lambda: RETRIEVER + LEXICAL,
        lambda: RETRIEVER + OTHER,
        lambda: (RETRIEVER >> pt.get_dataset("optical:sample/sw").text_loader()) + LEXICAL,
        lambda: (ColumnQueryTranslator() >> RETRIEVER) + LEXICAL,
        lambda: LEXICAL + RETRIEVER,
        lambda: RERANKER + NORMAL,
        lambda: NORMAL + RERANKER,
        lambda: LEXICAL + TOKENS,
        lambda: 0.5 * RERANKER + LEXICAL,
        lambda: RETRIEVER * 2,
        lambda: 0.3 * LEXICAL + RETRIEVER,
        lambda: LEXICAL % 10 + RETRIEVER % 10,
        lambda: 0.5 * (LEXICAL >> OTHER >> RERANKER),
        lambda: (LEXICAL >> RERANKER) % 3 + LEXICAL,
        lambda: LEXICAL + (OTHER >> RERANKER % 3),
        lambda: LEXICAL + COSINE + RERANKER,
        lambda: COSINE + (OTHER + RETRIEVER),
        lambda: OTHER >> 2 * RERANKER,
    ],
)
def test_growing_scores_are_refused_in_one_sentence(mix):
    with pytest.raises(OpticalError, match=r"normalize=True.*ReciprocalRankFusion") as caught:
        mix()
    message = str(caught.value)
    assert message.count(".") == message.endswith(".") == 1
    assert any(name in message for name in ("OpticalRetriever", "OpticalReranker", "IndexReranker"))


@pytest.mark.parametrize(
    "mix",
    [
        lambda: LEXICAL + NORMAL,
        lambda: 0.5 * NORMAL + 0.5 * LEXICAL,
        lambda: COSINE + LEXICAL + OTHER,
        lambda: 2 * OpticalIndex("x").reranker(normalize=True),
        lambda: (LEXICAL >> RERANKER >> COSINE) + LEXICAL,
        lambda: LEXICAL >> RERANKER % 3,
        lambda: RERANKER**NORMAL,
        lambda: RETRIEVER | LEXICAL,
        lambda: RETRIEVER ^ LEXICAL,
    ],
)
def test_everything_else_composes(mix):
    assert isinstance(mix(), pt.Transformer)


def test_normalised_scores_are_mixed(tmp_path):
    folder = tiny.encoder(tmp_path)
    dense = OpticalRetriever(DOCUMENTS, folder, device="cpu", normalize=True)
    topics = pd.DataFrame({"qid": ["1"], "query": ["river"]})
    out = (0.2 * Lexical() + 0.8 * dense)(topics).set_index("docno")["score"]
    alone = dense(topics).set_index("docno")["score"]
    assert out["a"] == pytest.approx(0.2 * 1.0 + 0.8 * alone["a"])
    assert out["b"] == pytest.approx(0.2 * 0.5 + 0.8 * alone["b"])


def test_guarded_pipelines_are_pipelines():
    guarded = LEXICAL >> COSINE >> RERANKER
    plain = pt.Compose(LEXICAL, COSINE, RERANKER)
    assert isinstance(guarded, pt.Compose)
    assert guarded == plain and hash(guarded) == hash(plain) and repr(guarded) == repr(plain)
    assert len(guarded) == 3 and guarded[-1] is RERANKER
    assert guarded.compile() == plain
    assert len(OTHER >> guarded >> OTHER) == 5

"""An index of pooled vectors."""

import json

import pandas as pd
import pytest
from index_data import DOCUMENTS, TOPICS

from pyterrier_optical import OpticalError, OpticalIndex
from pyterrier_optical.late.index.meta import META_FILE


def test_fewer_vectors_and_the_same_scores_wherever_a_text_is_encoded(make, pairs):
    whole, index = make(), make(name="pooled", pool_factor=2, precision="float32")
    assert index.meta.tokens < 0.7 * whole.meta.tokens
    assert index.tokens.lengths[5] == 0, "a document without a known token has none"
    part = make(DOCUMENTS[:3], name="part", pool_factor=2, precision="float32")
    mixed = part.reranker(missing="text")(pairs)
    pd.testing.assert_frame_equal(mixed, index.reranker()(pairs), atol=1e-4)
    grown = part.append(DOCUMENTS[3:])
    pd.testing.assert_frame_equal(grown.retriever()(TOPICS), index.retriever()(TOPICS), atol=1e-4)


def test_an_index_of_before_keeps_all_vectors(make):
    path = make().path
    record = json.loads((path / META_FILE).read_text())
    del record["settings"]["pool_factor"]
    (path / META_FILE).write_text(json.dumps(record))
    assert OpticalIndex(path).meta.settings.pool_factor == 1


@pytest.mark.parametrize("factor", [0.5, "2", float("nan"), True, float("inf")])
def test_what_is_no_factor_is_refused(make, factor):
    with pytest.raises(OpticalError, match="pool_factor"):
        make(pool_factor=factor)

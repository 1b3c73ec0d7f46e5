import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import catalogue
from pyterrier_optical.experiment.suites import SUITES


def test_all_data_sets_of_all_reports_exist():
    known = set(catalogue.names())
    for suite in SUITES.values():
        for split in suite.splits or (None,):
            names = [*suite.names(suite.ranked, None, split).values()]
            names += [*suite.names(suite.reranked, None, split).values(), suite.reference or names[0]]
            assert set(names) <= known


def test_what_a_report_ranks():
    mtop, xquad, afriqa = SUITES["mtop"], SUITES["xquad-r"], SUITES["afriqa"]
    assert mtop.names(mtop.ranked, ["hi"], "test") == {"hi": "mtop/hi/test/split"}
    assert mtop.names(mtop.reranked, ["hi"], "test") == {"hi": "mtop/hi/test"}
    assert list(afriqa.names(afriqa.ranked, None, "dev").values()) == [f"afriqa/{x}/dev" for x in afriqa.languages]
    assert xquad.names(xquad.ranked, ["hi", "th"]) == {
        "hi": "xquad-r/hi",
        "th": "xquad-r/th",
        "en-hi": "xquad-r/en-hi",
        "en-th": "xquad-r/en-th",
    }
    assert xquad.names(xquad.ranked, ["en", "en"]) == {"en": "xquad-r/en"}


def test_headlines_are_measured_in_both_parts():
    for suite in SUITES.values():
        for measures in (suite.ranked_measures, suite.reranked_measures):
            assert set(suite.headlines) <= set(map(str, measures))


def test_splits_and_labels():
    mtop, xquad = SUITES["mtop"], SUITES["xquad-r"]
    assert (mtop.split(None), mtop.split("dev"), xquad.split(None)) == ("test", "dev", None)
    assert (mtop.label("test"), xquad.label(None)) == ("mtop-test", "xquad-r")
    with pytest.raises(OpticalError, match="mtop has no split 'eval': choose test or dev"):
        mtop.split("eval")
    with pytest.raises(OpticalError, match="xquad-r has no split 'test': choose none"):
        xquad.split("test")

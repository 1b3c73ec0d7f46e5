"""The words of a report."""

import pandas as pd

from pyterrier_optical.experiment import Comparison
from pyterrier_optical.experiment.ranked_systems import OPTICAL, TEACHER
from pyterrier_optical.experiment.report_text import report_text


def comparison(teacher):
    tables = {
        lang: pd.DataFrame(
            {
                "name": [TEACHER, OPTICAL],
                "AP": [value, 0.25],
                "AP reject": False,
                "AP p-value corrected": 1.0,
                "AP +": 0,
                "AP -": 0,
            }
        )
        for lang, value in teacher.items()
    }
    return Comparison(tables, OPTICAL, ("AP",), "holm", 0.05)


def shares(teacher):
    found = comparison(teacher)
    lines = report_text("", found, found, {}, ("AP",)).splitlines()
    return [line for line in lines if "as a share" in line]


def test_the_share_of_the_teacher_is_given_for_each_language():
    assert shares({"hi": 0.5, "th": 0.2})[0].endswith("hi 50.0%, th 125.0%.")


def test_of_a_teacher_that_finds_nothing_there_is_no_share():
    assert shares({"hi": 0.5, "th": 0.0})[0].endswith("': hi 50.0%.")
    assert shares({"th": 0.0}) == []

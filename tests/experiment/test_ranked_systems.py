"""The rankings of all documents that a report compares."""

from types import SimpleNamespace

import pandas as pd
import pytest

from pyterrier_optical.experiment import ranked_systems
from pyterrier_optical.experiment.ranked_systems import FUSION, RankedSystems


def run(**scores) -> pd.DataFrame:
    return pd.DataFrame({"qid": "q", "docno": list(scores), "score": list(scores.values())})


def test_the_fusion_is_seven_tenths_of_the_model_with_gloss_and_three_of_the_first_stage(monkeypatch, tmp_path):
    class Model:
        def rank(self, topics, documents, gloss=0.0):
            return run(a=1.0, b=0.5, c=0.0) if gloss else run(a=0.0, b=1.0, c=0.5)

    monkeypatch.setattr(ranked_systems, "TokenEncoder", lambda model: None)
    monkeypatch.setattr(ranked_systems, "EveryDocument", lambda encoder: Model())
    systems = RankedSystems(None, SimpleNamespace(rerankers={}), engine="pisa", folder=tmp_path)
    monkeypatch.setattr(systems, "_first_stage", lambda task: (lambda topics: run(b=9.0, a=5.0, c=1.0), lambda t: t))
    task = SimpleNamespace(get_topics=pd.DataFrame, documents=None)
    fused = systems._runs(task)[FUSION]().set_index("docno")["score"].to_dict()
    assert fused == pytest.approx({"a": 0.7 + 0.15, "b": 0.35 + 0.3, "c": 0.0})

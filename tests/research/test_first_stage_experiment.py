import pandas as pd
import pyterrier as pt
import pytest
from typer.testing import CliRunner

from pyterrier_optical import OpticalError
from research.first_stage import __main__ as command
from research.first_stage import experiment
from research.first_stage.experiment import HUMAN, RAW, SYSTEMS, TRANSLATED, FirstStages, first_stage_experiment

pytestmark = pytest.mark.slow

# Translation by the model alone, which needs no lexicon.
NEAREST = {
    TRANSLATED: lambda stages: stages.translated(method="nearest"),
    "OpticalRetriever": SYSTEMS["OpticalRetriever"],
    HUMAN: SYSTEMS[HUMAN],
}


@pytest.fixture
def quick(tiny_model, monkeypatch):
    """A tiny model, PISA, and the nearest terms wherever the default translator would come in."""
    pytest.importorskip("pyterrier_pisa")
    translated = FirstStages.translated
    monkeypatch.setattr(FirstStages, "translated", lambda self, **kw: translated(self, **{"method": "nearest", **kw}))
    return {"model": str(tiny_model), "engine": "pisa", "systems": NEAREST}


def test_a_table_for_each_data_set_and_a_summary_for_each_collection_and_measure(quick, tiny_data, tmp_path):
    lines = []
    names = ["mtop/hi/dev/split", "mtop/de/dev/split", "optical:afriqa/ha/dev"]
    result = first_stage_experiment(names, output=tmp_path / "out", echo=lines.append, **quick)
    assert list(result.comparison.tables) == ["mtop/hi/dev/split", "mtop/de/dev/split", "afriqa/ha/dev"]
    assert result.comparison.measures == ("R@100", "nDCG@10") and result.comparison.baseline == RAW
    for table in result.comparison.tables.values():
        assert table["name"].tolist() == [RAW, *NEAREST]
        assert {"R@100 p-value corrected", "nDCG@10 reject"} <= set(table)
    for part in ("## afriqa/ha/dev\n", "## R@100: mtop\n", "## nDCG@10: afriqa\n", "| hi/dev | de/dev |"):
        assert part in result.text
    assert lines == [result.text, *(f"written: {path}" for path in result.files)]
    tables, csv, queries = result.files
    assert tables.read_text(encoding="utf-8") == result.text
    assert pd.read_csv(csv)["dataset"].nunique() == 3
    assert pd.read_csv(queries)["dataset"].nunique() == 3


def test_on_mtop_the_own_translation_is_neither_found_nor_missed(quick, tiny_data):
    systems = {"own": lambda stages: stages.retriever, HUMAN: SYSTEMS[HUMAN]}
    result = first_stage_experiment(["mtop/en/dev/split"], echo=str, **{**quick, "systems": systems})
    table = result.comparison.tables["mtop/en/dev/split"].set_index("name")
    # Words that utterances of the same intent share: 'up' of the first and third, 'at' of the first and second.
    assert table.loc[RAW, "R@100"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert table["R@100"].nunique() == table["nDCG@10"].nunique() == 1
    assert not table["R@100 reject"].any()


def test_an_index_is_named_by_its_documents(quick, tiny_data, tmp_path):
    from pyterrier_optical.experiment.tasks import Task

    names = ["mtop/hi/dev/split", "mtop/de/dev/split", "afriqa/ha/dev"]
    first_stage_experiment(names, output=tmp_path, echo=str, **quick)
    assert {path.name for path in tmp_path.glob("index-*")} == {f"index-{Task(name).corpus_key[:8]}" for name in names}


def test_data_sets_with_one_corpus_share_index_and_vectors(quick, tiny_data, monkeypatch):
    counted = {"index": 0, "retriever": 0}
    original, dense = experiment.bm25, experiment.OpticalRetriever

    def count(what, make):
        def counting(*args, **options):
            counted[what] += 1
            return make(*args, **options)

        return counting

    monkeypatch.setattr(experiment, "bm25", count("index", original))
    monkeypatch.setattr(experiment, "OpticalRetriever", count("retriever", dense))
    names = ["mtop/hi/dev/split", "afriqa/ha/dev", "mtop/th/dev/split", "afriqa/ig/dev"]
    first_stage_experiment(names, echo=str, **quick)
    assert counted == {"index": 2, "retriever": 2}


def test_every_system_of_the_table_is_a_first_stage(quick, tiny_data, tiny_model):
    from pyterrier_optical.experiment.tasks import Task

    stages = FirstStages(Task("afriqa/ha/dev"), str(tiny_model), None, "pisa", None)
    for system in SYSTEMS.values():
        assert isinstance(system(stages), pt.Transformer)
    assert next(iter(SYSTEMS)) == RAW
    fused = SYSTEMS["fusion"](stages)(stages.task.get_topics())
    both = [SYSTEMS[name](stages)(stages.task.get_topics()) for name in (TRANSLATED, "OpticalRetriever")]
    assert set(fused["docno"]) == set(both[0]["docno"]) | set(both[1]["docno"])
    human = SYSTEMS[HUMAN](stages)(stages.task.get_topics())
    assert human["query"].iloc[0] == human["query_translated"].iloc[0]


def test_without_translations_there_is_no_human_translation(quick):
    lines = []
    result = first_stage_experiment(["sample/sw"], echo=lines.append, **quick)
    assert lines[0] == f"Without {HUMAN}: sample/sw has none."
    assert result.comparison.tables["sample/sw"]["name"].tolist() == [RAW, TRANSLATED, "OpticalRetriever"]
    assert result.files == ()


def test_systems_by_name(quick, tiny_data):
    result = first_stage_experiment(["afriqa/ha/dev"], echo=str, **{**quick, "systems": ["OpticalRetriever"]})
    assert result.comparison.tables["afriqa/ha/dev"]["name"].tolist() == [RAW, "OpticalRetriever"]


def test_mistakes_end_it_before_a_model_is_loaded(no_data, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.checkpoint.folder.load_encoder", lambda *_: pytest.fail("loaded a model"))
    with pytest.raises(OpticalError, match="No first stage is called 'magic': choose among BM25"):
        first_stage_experiment(["afriqa/ha/dev"], systems=["magic"])
    with pytest.raises(OpticalError, match="Cannot download"):
        first_stage_experiment(["afriqa/ha/dev"])
    with pytest.raises(OpticalError, match="No data set 'afriqa/xx/dev'"):
        first_stage_experiment(["afriqa/xx/dev"])


def test_the_command_compares_what_is_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(command, "first_stage_experiment", lambda names, **options: asked.append((names, options)))
    arguments = ["--datasets", "afriqa/ha/dev,afriqa/zu/dev", "--systems", RAW, "--lexicon", "my.lex"]
    assert CliRunner().invoke(command.app, arguments).exit_code == 0
    ((names, options),) = asked
    assert names == ["afriqa/ha/dev", "afriqa/zu/dev"] and options["systems"] == [RAW]
    assert str(options["lexicon"]) == "my.lex" and options["output"] is None and options["model"] is None

import gzip

import pytest

from pyterrier_optical.distill import load_bitext
from pyterrier_optical.distill.config import BitextConfig
from pyterrier_optical.errors import OpticalError


@pytest.fixture
def folder(tmp_path):
    for source, lang, n in (("news", "sw", 60), ("chat", "sw", 40), ("chat", "th", 40), ("chat", "de", 10)):
        (tmp_path / source).mkdir(exist_ok=True)
        with gzip.open(tmp_path / source / f"{lang}.tsv.gz", "wt", encoding="utf-8") as out:
            for i in range(n):
                text = f"ฝน ตก {i}" if lang == "th" else f"{lang} {source} {i}"
                out.write(f"sentence {i} of {source}\t{text}\n")
    return tmp_path


def test_languages_and_sources_are_chosen(folder):
    bitext = load_bitext(BitextConfig(folder=str(folder), languages=["sw", "th"]), heldout_pairs=0)
    assert {lang: [len(s) for s in sources] for lang, sources in bitext.training.items()} == {
        "sw": [40, 60],
        "th": [40],
    }
    assert bitext.origins == {"sw": ["chat", "news"], "th": ["chat"]}
    only = load_bitext(BitextConfig(folder=str(folder), languages=["sw"], sources=["news"]), heldout_pairs=0)
    assert only.origins == {"sw": ["news"]}


def test_environment_variables_are_filled_in(folder, monkeypatch):
    monkeypatch.setenv("OPTICAL_DATA", str(folder))
    config = BitextConfig(folder="${OPTICAL_DATA}", languages=["th"])
    assert len(load_bitext(config, heldout_pairs=0).pairs()["th"]) == 40


def test_held_out_pairs_are_not_trained_on(folder):
    bitext = load_bitext(BitextConfig(folder=str(folder), languages=["sw", "th"]), heldout_pairs=4)
    assert len(bitext.heldout["sw"]) == 4
    assert len(bitext.heldout["th"]) == 2, "at most a twentieth"
    assert not set(bitext.heldout["sw"]) & set(bitext.pairs()["sw"])
    assert len(bitext.heldout["sw"]) + len(bitext.pairs()["sw"]) == 100


def test_a_pair_of_several_sources_is_held_out_of_all(tmp_path):
    lines = [f"the river number {i} is long and wide\tmto wa namba {i} ni mrefu na mpana" for i in range(1000)]
    for name, order in (("one", 1), ("two", -1)):
        (tmp_path / f"{name}.tsv").write_text("\n".join(lines[::order]))
    files = [{"lang": "sw", "path": str(tmp_path / f"{name}.tsv"), "check": False} for name in ("one", "two")]
    bitext = load_bitext(BitextConfig(files=files), heldout_pairs=50)
    assert len(bitext.heldout["sw"]) == 50
    assert not set(bitext.heldout["sw"]) & set(bitext.pairs()["sw"])


def test_a_source_is_capped_in_its_own_order(folder):
    bitext = load_bitext(BitextConfig(folder=str(folder), languages=["sw"], max_pairs=10), heldout_pairs=0)
    numbers = [int(english.split()[1]) for english, _ in bitext.training["sw"][1]]
    assert len(numbers) == 10
    assert numbers == sorted(numbers)


def test_half_of_a_segmented_source_loses_its_spaces(folder):
    bitext = load_bitext(BitextConfig(folder=str(folder), languages=["th"], segmented=["chat"]), heldout_pairs=0)
    joined = [x for _, x in bitext.pairs()["th"] if x.startswith("ฝนตก")]
    assert len(joined) == 20


def test_files_of_every_form(tmp_path):
    (tmp_path / "a.tsv").write_text("one\tmoja\n")
    (tmp_path / "b.en").write_text("two\n")
    (tmp_path / "b.so").write_text("laba\n")
    files = [
        {"lang": "sw", "path": str(tmp_path / "a.tsv")},
        {"lang": "so", "english": str(tmp_path / "b.en"), "translation": str(tmp_path / "b.so")},
    ]
    bitext = load_bitext(BitextConfig(files=files))
    assert bitext.pairs() == {"sw": [("one", "moja")], "so": [("two", "laba")]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "names no bitext"),
        ({"folder": "nowhere", "languages": ["sw"]}, "No bitext folder 'nowhere'"),
        ({"files": [{"path": "x"}]}, "lacks 'lang'"),
        ({"files": [{"lang": False, "path": "no.tsv"}]}, "lacks 'lang'"),  # YAML reads Norwegian so
        ({"files": [{"lang": "sw"}]}, "names no files"),
        ({"files": [{"lang": "sw", "path": None}]}, "None where a path or name belongs"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(OpticalError, match=message):
        load_bitext(BitextConfig(**options))


def test_a_file_without_a_line_is_not_one_that_is_not_there(tmp_path):
    (tmp_path / "empty.tsv").touch()
    with pytest.raises(OpticalError, match="The bitext files have no pairs"):
        load_bitext(BitextConfig(files=[{"lang": "sw", "path": str(tmp_path / "empty.tsv")}]))


def test_a_data_set_that_cannot_be_had_is_named(tmp_path):
    missing = {"lang": "sw", "dataset": str(tmp_path / "nowhere")}
    with pytest.raises(OpticalError, match=r"nowhere' is not available \(.*\): fix 'dataset', 'name' or 'split'"):
        load_bitext(BitextConfig(files=[missing]))


def test_files_without_a_pair_that_can_be_used_say_why(tmp_path):
    (tmp_path / "a.tsv").write_text("one\t\n\n")
    with pytest.raises(
        OpticalError, match=r"No pair of the bitext can be used \('sw: kept 0, dropped 2 \(empty 2\)'\)"
    ):
        load_bitext(BitextConfig(files=[{"lang": "sw", "path": str(tmp_path / "a.tsv")}]))


def test_a_language_without_pairs_is_named(folder):
    with pytest.raises(OpticalError, match="No bitext for language 'yo'"):
        load_bitext(BitextConfig(folder=str(folder), languages=["sw", "yo"]))

import gzip
from collections import namedtuple

import pytest

from pyterrier_optical.distill import BitextReport, clean, read_pairs
from pyterrier_optical.errors import OpticalError

PAIRS = [("the well is deep", "kisima ni kirefu"), ("two goats", "mbuzi wawili")]


def test_tsv_and_gzipped_tsv_read_alike(tmp_path):
    text = "".join(f"{e}\t{x}\n" for e, x in PAIRS)
    (tmp_path / "a.tsv").write_text(text, encoding="utf-8")
    with gzip.open(tmp_path / "a.tsv.gz", "wt", encoding="utf-8") as out:
        out.write(text)
    assert list(read_pairs(tmp_path / "a.tsv")) == list(read_pairs(tmp_path / "a.tsv.gz")) == PAIRS


def test_quotation_marks_in_a_tsv_are_text(tmp_path):
    (tmp_path / "a.tsv").write_text('"deep\t"kirefu\n', encoding="utf-8")
    assert list(read_pairs(tmp_path / "a.tsv")) == [('"deep', '"kirefu')]


def test_parallel_files_must_be_equally_long(tmp_path):
    (tmp_path / "en").write_text("one\ntwo\n")
    (tmp_path / "sw").write_text("moja\n")
    with pytest.raises(OpticalError, match=r"sw' ends at line 1"):
        list(read_pairs((tmp_path / "en", tmp_path / "sw")))
    (tmp_path / "sw").write_text("moja\nmbili\n")
    assert [x.strip() for _, x in read_pairs((tmp_path / "en", tmp_path / "sw"))] == ["moja", "mbili"]


@pytest.mark.parametrize(
    "rows",
    [
        [{"english": e, "translation": x} for e, x in PAIRS],
        [{"en": e, "sw": x} for e, x in PAIRS],
        [{"translation": {"en": e, "sw": x}} for e, x in PAIRS],
        [namedtuple("Row", "english translation")(e, x) for e, x in PAIRS],
        PAIRS,
    ],
    ids=["columns", "codes", "opus", "objects", "tuples"],
)
def test_rows_of_every_form_give_the_same_pairs(rows):
    assert list(read_pairs(iter(rows), lang="sw")) == PAIRS


def test_hugging_face_dataset():
    from datasets import Dataset

    assert list(read_pairs(Dataset.from_dict({"en": ["one"], "sw": ["moja"]}), lang="sw")) == [("one", "moja")]


@pytest.mark.parametrize(
    ("source", "message"),
    [("nowhere.tsv", "No bitext file 'nowhere.tsv'"), ([{"a": "x", "b": "y"}], r"columns among \['a', 'b'\]")],
)
def test_unreadable_sources_are_refused(source, message):
    with pytest.raises(OpticalError, match=message):
        list(read_pairs(source, lang="sw"))


def test_a_line_without_a_tab_is_named(tmp_path):
    (tmp_path / "a.tsv").write_text("one\tmoja\ntwo mbili\n")
    with pytest.raises(OpticalError, match="Line 2 of"):
        list(read_pairs(tmp_path / "a.tsv"))


def test_empty_lines_and_missing_values_are_empty_pairs(tmp_path):
    (tmp_path / "a.tsv").write_text("one\tmoja\n\ntwo\tmbili\n\n")
    report = BitextReport()
    assert list(clean(read_pairs(tmp_path / "a.tsv"), "sw", report)) == [("one", "moja"), ("two", "mbili")]
    rows = read_pairs([{"en": "one", "sw": None}, {"en": "two", "sw": "mbili"}], lang="sw")
    assert list(clean(rows, "sw", report)) == [("two", "mbili")]
    assert report.dropped["sw"]["empty"] == 3


def test_a_byte_order_mark_is_no_part_of_the_first_sentence(tmp_path):
    (tmp_path / "a.tsv").write_text("one\tmoja\n", encoding="utf-8-sig")
    assert list(read_pairs(tmp_path / "a.tsv")) == [("one", "moja")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", "caf\xe9\tkahawa\n".encode("latin-1"), "is not UTF-8"),
        ("a.tsv.gz", gzip.compress(b"one\tmoja\n" * 1000)[:-12], "is no whole gzip file"),
        ("a.tsv.gz", b"one\tmoja\n", "is no whole gzip file"),
    ],
    ids=["other encoding", "cut off", "not gzipped"],
)
def test_damaged_files_are_refused_by_name(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OpticalError, match=f"{name}' {message}"):
        list(read_pairs(tmp_path / name))
    (tmp_path / "b.txt").write_text("one\n" * 2000)
    with pytest.raises(OpticalError, match=f"{name}' {message}"):
        list(read_pairs((tmp_path / "b.txt", tmp_path / name)))


def test_cleaning_drops_and_reports():
    report = BitextReport()
    pairs = [*PAIRS, PAIRS[0], ("", "tupu"), ("three", " "), ("four", "nne " * 30), ("five " * 300, "tano " * 300)]
    assert list(clean(pairs, "sw", report)) == PAIRS
    assert dict(report.dropped["sw"]) == {"duplicate": 1, "empty": 2, "length ratio": 1, "too long": 1}
    assert str(report) == "sw: kept 2, dropped 5 (duplicate 1, empty 2, length ratio 1, too long 1)"


def test_cleaning_makes_white_space_and_unicode_plain():
    assert list(clean([("a\u0301  b", "c\nd")], "xx", BitextReport())) == [("\u00e1 b", "c d")]


def test_scripts_of_three_bytes_a_letter_are_not_outliers():
    pair = ("where is the nearest pharmacy", "ร้านขายยาที่ใกล้ที่สุดอยู่ที่ไหน")
    assert list(clean([pair], "th", BitextReport())) == [pair]

"""The files of the sample collection are whole, consistent and in the right scripts."""

import unicodedata
from pathlib import Path

import pytest

import pyterrier_optical

FOLDER = Path(pyterrier_optical.__file__).parent / "datasets" / "sample_data"
LANGUAGES = ["de", "en", "es", "fr", "ha", "hi", "hi-Latn", "mr", "so", "sw", "th", "tl", "yo"]
SCRIPTS = {"hi": "DEVANAGARI", "mr": "DEVANAGARI", "th": "THAI"}
QIDS = [f"q{number:02d}" for number in range(1, 25)]
DOCNOS = [f"d{number:03d}" for number in range(1, 151)]


def records(name: str) -> list[list[str]]:
    """The fields of every line, the header first."""
    return [line.split("\t") for line in (FOLDER / name).read_text("utf-8").removesuffix("\n").split("\n")]


def queries(lang: str) -> list[str]:
    return [query for _, query in records(f"topics.{lang}.tsv")[1:]]


def scripts(text: str) -> set[str]:
    """First word of the Unicode name of each letter and vowel sign, which is its script."""
    return {
        unicodedata.name(character).split()[0]
        for character in text
        if unicodedata.category(character) in {"Lu", "Ll", "Lo", "Lm", "Mc", "Mn"}
    }


def test_languages_are_the_expected_ones():
    assert sorted(path.name.split(".")[1] for path in FOLDER.glob("topics.*.tsv")) == sorted(LANGUAGES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.tsv")), ids=lambda path: path.name)
def test_file_is_plain_tab_separated_nfc(path):
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert text.endswith("\n") and not raw.startswith(b"\xef\xbb\xbf")
    assert not {"\r", '"', "\u00a0", "\u200b"} & set(text)
    lines = records(path.name)
    assert {len(fields) for fields in lines} == {len(lines[0])}
    assert all(field and field == field.strip() and "  " not in field for fields in lines for field in fields)


def test_documents_are_numbered_distinct_and_short():
    header, *documents = records("documents.tsv")
    assert header == ["docno", "title", "text"]
    assert [docno for docno, _, _ in documents] == DOCNOS
    assert len({title for _, title, _ in documents}) == len({text for _, _, text in documents}) == len(DOCNOS)
    assert {docno: len(text.split()) for docno, _, text in documents if not 30 <= len(text.split()) <= 70} == {}
    assert {docno for docno, title, _ in documents if not 2 <= len(title.split()) <= 12} == set()
    assert {docno for docno, title, text in documents if scripts(title + text) != {"LATIN"}} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_topics_have_the_same_qids_and_distinct_queries(lang):
    header, *topics = records(f"topics.{lang}.tsv")
    assert header == ["qid", "query"]
    assert [qid for qid, _ in topics] == QIDS
    assert len({query for _, query in topics}) == len(QIDS)
    assert {query for _, query in topics if not 10 <= len(query) <= 110} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_queries_are_in_the_script_of_their_language(lang):
    script = SCRIPTS.get(lang, "LATIN")
    allowed = {script, "COMBINING"} if lang == "yo" else {script}
    assert {query for query in queries(lang) if not {script} <= scripts(query) <= allowed} == set()


def test_romanised_hindi_is_typed_in_plain_ascii():
    assert all(query.isascii() for query in queries("hi-Latn"))


def test_hausa_and_yoruba_keep_their_own_letters():
    assert set("ɓɗƙƴ") <= set("".join(queries("ha")).lower())
    dotted_or_toned = [
        query for query in queries("yo") if set(unicodedata.normalize("NFD", query)) & set("\u0300\u0301\u0323")
    ]
    assert len(dotted_or_toned) == len(QIDS)


def test_thai_queries_are_not_cut_into_words():
    assert {query for query in queries("th") if query.count(" ") > 2} == set()


def test_queries_differ_between_languages():
    for lang in set(LANGUAGES) - {"en"}:
        assert not set(queries(lang)) & set(queries("en")), lang
    assert not set(queries("hi")) & set(queries("mr"))


def test_judgments_resolve_and_every_need_has_an_answer():
    header, *rows = records("qrels.tsv")
    assert header == ["qid", "docno", "label"]
    assert {label for _, _, label in rows} == {"0", "1", "2"}
    assert {qid for qid, _, _ in rows} == set(QIDS)
    assert {docno for _, docno, _ in rows} <= set(DOCNOS)
    assert len({(qid, docno) for qid, docno, _ in rows}) == len(rows)
    for need in QIDS:
        labels = [label for qid, _, label in rows if qid == need]
        assert len(labels) >= 3 and "2" in labels, need


def test_readme_names_the_licence_and_the_limits():
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert "CC0" in readme and "no benchmark" in readme
    assert all(f"`{lang}`" in readme for lang in LANGUAGES)

"""Any bytes in any file of bitext: one sentence, or pairs of text."""

import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import pytest

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from pyterrier_optical.distill import BitextReport, clean, load_bitext, read_pairs
from pyterrier_optical.distill.config import BitextConfig
from pyterrier_optical.errors import OpticalError

UNIT = '<tu><tuv xml:lang="en"><seg>a <ph>b</ph></seg></tuv><tuv xml:lang="sw"><seg>c</seg></tuv></tu>'
LINES = "the old well\tkisima\t7\nEnglish\tKiswahili\n\n\t\na\u0301\t\u0e17\n"


def packed(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


WHOLE = {
    "a.tsv": LINES.encode(),
    "a.tsv.gz": gzip.compress(LINES.encode()),
    "a.tmx": f"<tmx><body>{UNIT * 3}</body></tmx>".encode(),
    "a.tmx.gz": gzip.compress(f"<tmx><body>{UNIT * 3}</body></tmx>".encode()),
    "a.zip": packed(c_en="a\nb\n", c_sw="d\ne\n"),
    "b.zip": packed(c_tsv=LINES, README="x"),
}


@st.composite
def files(draw):
    """A whole file with some bytes changed, cut out or put in; or any bytes."""
    name = draw(st.sampled_from(sorted(WHOLE)))
    content = bytearray(WHOLE[name])
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=300))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return name, bytes(content)


@settings(max_examples=4000, deadline=None)
@given(files(), st.sampled_from([None, (1, 2), (3, 1), (2, 9)]), st.sampled_from(["sw", "hi-Latn", "x"]), st.booleans())
def test_damaged_files(file, columns, lang, swap):
    name, content = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            pairs = list(clean(read_pairs(path, lang=lang, columns=columns, swap=swap), lang, BitextReport()))
        except OpticalError as error:
            assert len(str(error)) < 1000
            return
    for pair in pairs:
        assert all(side and side.encode() for side in pair)


CELLS = st.one_of(st.text(max_size=20), st.sampled_from(["", "7", "english", "the goat is not in the barn", "\ud83d"]))
ROWS = st.one_of(st.tuples(CELLS, CELLS), st.dictionaries(st.sampled_from(["en", "sw", "x"]), CELLS), st.none(), CELLS)


@settings(max_examples=1000, deadline=None)
@given(st.lists(ROWS, max_size=6))
def test_rows(rows):
    try:
        pairs = list(clean(read_pairs(rows, lang="sw"), "sw", BitextReport()))
    except OpticalError:
        return
    for pair in pairs:
        assert all(side and side.encode() for side in pair)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map("\t".join), min_size=1, max_size=60), st.booleans())
def test_any_table_through_a_configuration(lines, check):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tsv")
        path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
        try:
            bitext = load_bitext(BitextConfig(files=[{"lang": "sw", "path": str(path), "check": check}]))
        except OpticalError as error:
            assert len(str(error)) < 1000
            return
    assert bitext.pairs()["sw"]

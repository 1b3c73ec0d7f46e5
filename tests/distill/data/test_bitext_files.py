"""Bitext as sites give it: columns, TMX, OPUS's zip; what is damaged, or unpacks to far more than it is."""

import gzip
import io
import zipfile

import bitext_forms as forms
import pytest

from pyterrier_optical.base import unpack
from pyterrier_optical.distill import read_pairs
from pyterrier_optical.errors import OpticalError


def test_columns_of_a_tsv_are_named_from_1(tmp_path):
    path = forms.tatoeba(tmp_path / "pairs.tsv")
    assert list(read_pairs(path, columns=(2, 4))) == forms.PAIRS
    assert list(read_pairs(path, columns=(4, 2), swap=True)) == forms.PAIRS


def test_a_line_with_fewer_columns_is_named(tmp_path):
    (tmp_path / "a.tsv").write_text("1\tone\t2\tmoja\n3\ttwo\n")
    with pytest.raises(OpticalError, match=r"Line 2 of .*a.tsv' has 2 columns: fix 'columns', which names 4"):
        list(read_pairs(tmp_path / "a.tsv", columns=(2, 4)))


@pytest.mark.parametrize(("english", "translation"), [("en", "sw"), ("EN-us", "sw_KE"), ("eng", "swh")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tmx(tmp_path, english, translation, encoding):
    head = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    path = forms.tmx(tmp_path / "a.tmx", english=english, translation=translation, head=head, encoding=encoding)
    assert list(read_pairs(path, lang="sw")) == forms.PAIRS
    (tmp_path / "b.tmx.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert list(read_pairs(tmp_path / "b.tmx.gz", lang="sw")) == forms.PAIRS


def test_a_tmx_file_without_the_language_says_which_it_has(tmp_path):
    with pytest.raises(OpticalError, match=r"no unit in both 'en' and 'so', but in \['en', 'sw'\]"):
        list(read_pairs(forms.tmx(tmp_path / "a.tmx"), lang="so"))


def test_entities_of_a_tmx_file_are_refused(tmp_path):
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    path = forms.tmx(tmp_path / "a.tmx", head=f"<!DOCTYPE tmx [{laughs}]>")
    with pytest.raises(OpticalError, match="declares the XML entity 'a0'"):
        list(read_pairs(path, lang="sw"))


@pytest.mark.parametrize(
    "content", [b"no xml", b"<tmx><body>", b"", b'<?xml version="1.0" encoding="klingon"?><tmx/>', b"\x00\x01"]
)
def test_a_damaged_tmx_file_is_one_sentence(tmp_path, content):
    (tmp_path / "a.tmx").write_bytes(content)
    with pytest.raises(OpticalError, match=r"a.tmx' is not well-formed XML"):
        list(read_pairs(tmp_path / "a.tmx", lang="sw"))


def test_zip_of_opus(tmp_path):
    assert list(map(tidy, read_pairs(forms.opus(tmp_path / "en-sw.txt.zip"), lang="sw"))) == forms.PAIRS
    turned = forms.opus(tmp_path / "swh-eng.zip", english="swh", translation="eng")
    assert list(map(tidy, read_pairs(turned, lang="sw", swap=True))) == forms.PAIRS


@pytest.mark.parametrize("make", [forms.tatoeba, forms.tmx])
def test_zip_of_one_file(tmp_path, make):
    path = make(tmp_path / f"pairs.{'tmx' if make is forms.tmx else 'tsv'}")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, path.name)
        archive.writestr("_about.txt", "about")
    columns = None if make is forms.tmx else (2, 4)
    assert list(read_pairs(tmp_path / "a.zip", lang="sw", columns=columns)) == forms.PAIRS


def test_a_zip_of_something_else_says_what_it_holds(tmp_path):
    path = forms.opus(tmp_path / "a.zip")
    with pytest.raises(OpticalError, match=r"holds \['README', .* not one file ending in .en and one in .so"):
        list(read_pairs(path, lang="so"))
    with pytest.raises(OpticalError, match="give 'lang'"):
        list(read_pairs(path))


def test_a_damaged_zip_is_one_sentence(tmp_path):
    path = forms.opus(tmp_path / "a.zip")
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with pytest.raises(OpticalError, match=r"a.zip' is no whole zip file"):
        list(read_pairs(path, lang="sw"))
    at = whole.index(b"Corpus.en-sw.en") + 60
    path.write_bytes(whole[:at] + bytes(20) + whole[at + 20 :])
    with pytest.raises(OpticalError, match=r"a.zip' is no whole zip file"):
        list(read_pairs(path, lang="sw"))


def bomb(kind, path, size, line):
    """A file of `size` bytes that packs to next to nothing."""
    blocks = [line * ((1 << 20) // len(line))] * (size >> 20)
    if kind == "gz":
        with gzip.open(path, "wb") as out:
            out.writelines(blocks)
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for side in ("en", "sw"):
            with archive.open(f"c.{side}", "w") as out:
                out.writelines(blocks)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.tsv.gz", "a.zip"])
def test_a_file_that_unpacks_to_far_more_than_it_is_is_not_read_whole(tmp_path, monkeypatch, name):
    monkeypatch.setattr(unpack, "FREE", 1 << 16)
    bomb(name.rpartition(".")[2], tmp_path / name, 2 << 20, b"a\tb\n")
    read = 0
    with pytest.raises(OpticalError, match="unpacks to more than 200 times its size"):
        for _ in read_pairs(tmp_path / name, lang="sw"):
            read += 1
    assert read < 3 << 17


def test_a_line_without_an_end_is_not_read_whole():
    class Endless(io.RawIOBase):
        given = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            buffer[:] = b"a" * len(buffer)
            self.given += len(buffer)
            return len(buffer)

    stream = Endless()
    with pytest.raises(OpticalError, match=r"Line 1 of 'a.tsv' has more than"):
        list(unpack.lines(io.BufferedReader(stream), "a.tsv"))
    assert stream.given < 4 << 20


def tidy(pair):
    return tuple(side.strip() for side in pair)

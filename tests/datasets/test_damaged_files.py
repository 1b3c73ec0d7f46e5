"""Files of data sets that are damaged, nest too deep, hold no text, or unpack to far more than they are."""

import gzip
import json
import zipfile

import pytest
from tiny_files import official_members, write_zip

from pyterrier_optical import OpticalError
from pyterrier_optical.base import unpack
from pyterrier_optical.datasets import afriqa_files, mtop_files, xquad_r_files

AFRIQA = {"id": "0", "question_lang": "ina?", "question_translated": "where?", "context": "Here.", "title": "Here"}
MTOP = {"id": "0", "question": dict.fromkeys(mtop_files.LANGUAGES, "up"), "mr": {"slot_intent": {"en": "[IN:UP ]"}}}
QUESTION = {"id": "0", "question": "where?"}


def squad(text):
    return {"data": [{"title": "Here", "paragraphs": [{"context": text, "qas": [QUESTION]}]}]}


READERS = {
    "afriqa": (afriqa_files._table, lambda text: {**AFRIQA, "context": text}),
    "mtop": (mtop_files._parallel_json, lambda text: [{**MTOP, "question": {**MTOP["question"], "hi": text}}]),
    "xquad_r": (xquad_r_files.read_file, squad),
}


def written(folder, content: bytes):
    path = folder / "part.json.gz"
    path.write_bytes(content)
    return path


@pytest.fixture(params=READERS)
def reader(request):
    read, of_text = READERS[request.param]
    return read, lambda text: json.dumps(of_text(text)).encode()


def test_what_is_whole_is_read(reader, tmp_path):
    read, content = reader
    assert read(written(tmp_path, gzip.compress(content("Here.")))) is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: gzip.compress(b"[" * 200_000),
        lambda content: gzip.compress(content(r"half of \ud83d").replace(rb"\\ud83d", rb"\ud83d")),
        lambda content: gzip.compress(content("Here." * 1000))[:-20],
        lambda content: gzip.compress(content("Here."))[:20] + bytes(20) + gzip.compress(content("Here."))[40:],
        lambda content: content("Here."),
        lambda content: gzip.compress(content("Here."))[:-8] + bytes(8),
        lambda content: gzip.compress("Straße".encode("latin-1") * 1000),
    ],
    ids=["deep", "surrogate", "cut off", "damaged", "no gzip", "wrong checksum", "latin-1"],
)
def test_what_is_not_is_one_short_sentence(reader, tmp_path, spoil):
    read, content = reader
    with pytest.raises(OpticalError, match=r"part\.json\.gz is not .* \(.*\): fetch") as error:
        read(written(tmp_path, spoil(content)))
    assert len(str(error.value)) < 250 + len(str(tmp_path))


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused(reader, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "FREE", 1 << 16)
    read, content = reader
    packed = gzip.compress(content("Here. " * 100_000))
    with pytest.raises(OpticalError, match="unpacks to more than 200 times its size"):
        read(written(tmp_path, packed))


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_WHOLE", 1000)
    with pytest.raises(OpticalError, match="is larger than"):
        xquad_r_files.read_file(written(tmp_path, gzip.compress(json.dumps(squad("Here. " * 500)).encode())))


@pytest.mark.parametrize(
    ("tokens", "message"),
    [("[" * 200_000, "no list of tokens"), (r'{"tokens": ["\ud83d"]}', "no list of tokens")],
    ids=["deep", "surrogate"],
)
def test_tokens_of_the_official_release(tmp_path, tokens, message):
    members = official_members()
    name = next(name for name in members if name.endswith("en/eval.txt"))
    first, *rest = members[name].split("\n")
    members[name] = "\n".join(["\t".join([*first.split("\t")[:-1], tokens]), *rest])
    write_zip(tmp_path / "mtop.zip", members)
    with pytest.raises(OpticalError, match=message):
        mtop_files.read_zip(tmp_path / "mtop.zip", "dev")


def test_a_member_that_unpacks_to_far_more_than_it_is_or_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "FREE", 1 << 16)
    path, members = tmp_path / "mtop.zip", official_members()
    name = next(name for name in members if name.endswith("en/eval.txt"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content + "\n" * (1 << 20) * (member == name))
    with pytest.raises(OpticalError, match=r"en/eval\.txt' unpacks to more than 200 times its size"):
        mtop_files.read_zip(path, "dev")
    write_zip(path, members)
    content = path.read_bytes()
    at = content.index(name.encode()) + len(name) + 5
    path.write_bytes(content[:at] + bytes(9) + content[at + 9 :])
    with pytest.raises(OpticalError, match="is not a whole zip archive of MTOP"):
        mtop_files.read_zip(path, "dev")

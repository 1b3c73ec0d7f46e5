import gzip
import warnings

import pytest
from tiny_files import LANGUAGES, SLOTTED, official_members, write_parallel_json, write_zip

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import mtop_files

DEV_IDS = [row[0] for row in SLOTTED["dev"]]


@pytest.fixture
def published(monkeypatch):
    monkeypatch.setattr(mtop_files, "_PUBLISHED_ENGLISH", {"dev": 4, "test": 2})


def test_parallel_json(tiny_data):
    table = mtop_files.read_split("dev")
    assert list(table) == ["id", *LANGUAGES, "parse"]
    assert table["id"].tolist() == DEV_IDS
    assert table.loc[2, "en"] == "owl , up !"
    assert table.loc[0, "hi"] == "ऊदबिलाव"


@pytest.mark.parametrize("where", ["mtop.zip", "mtop/mtop.zip"])
def test_zip_gives_what_the_json_gives(tiny_data, monkeypatch, tmp_path, where):
    expected = {split: mtop_files.read_split(split) for split in ("dev", "test")}
    write_zip(tmp_path / "release" / where, official_members())
    monkeypatch.setenv("OPTICAL_DATA", str(tmp_path / "release"))
    for split, table in expected.items():
        assert mtop_files.read_split(split).equals(table)


@pytest.mark.parametrize("where", ["", "mtop"])
def test_folder_gives_what_the_zip_gives(empty_data, where):
    for name, content in official_members().items():
        path = empty_data / where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.replace("\n", "\r\n").encode())
    table = mtop_files.read_split("dev")
    assert table["id"].tolist() == DEV_IDS
    assert table.loc[3, "fr"] == "péniche"
    (empty_data / where / "mtop" / "th" / "eval.txt").unlink()
    with pytest.raises(OpticalError, match=r"eval\.txt is missing"):
        mtop_files.read_split("dev")


def test_only_what_all_languages_have(empty_data):
    write_zip(empty_data / "mtop.zip", official_members())
    assert mtop_files.read_split("train")["id"].tolist() == DEV_IDS


def test_json_has_no_train_but_the_release_beside_it_does(tiny_data):
    write_zip(tiny_data / "mtop.zip", official_members())
    assert len(mtop_files.read_split("train")) == len(DEV_IDS)


def test_a_repeated_id_is_taken_once(empty_data):
    members = official_members()
    first = members["mtop/de/eval.txt"].split("\n")[0]
    members["mtop/de/eval.txt"] += first.replace("Otter hoch", "Otter nochmals") + "\n"
    write_zip(empty_data / "mtop.zip", members)
    table = mtop_files.read_split("dev")
    assert table["id"].is_unique
    assert table.loc[0, "de"] == "Otter hoch"


def test_downloaded_when_absent(empty_data, monkeypatch, tmp_path, published):
    release = write_zip(tmp_path / "server" / "mtop.zip", official_members())
    asked = []

    def fake_fetch(url, path, check):
        asked.append((url, path))
        check(release)
        return release

    monkeypatch.setattr(mtop_files, "fetch", fake_fetch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mtop_files.read_split("dev")["id"].tolist() == DEV_IDS
    assert asked == [(mtop_files.URL, tmp_path / "home" / "optical" / "mtop.zip")]


def test_absent_without_a_network(empty_data):
    with pytest.raises(OpticalError, match=r"Cannot download https://.*mtop\.zip"):
        mtop_files.read_split("test")


def test_release_of_another_size_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(mtop_files, "_PUBLISHED_ENGLISH", {"dev": 2235})
    with pytest.warns(UserWarning, match="4 English dev utterances instead of 2235"):
        mtop_files.check_release(write_zip(tmp_path / "mtop.zip", official_members()))


def test_release_without_a_parallel_part_is_refused(tmp_path):
    members = official_members()
    members["mtop/th/test.txt"] = ""
    with pytest.raises(OpticalError, match="no test utterance in all six"):
        mtop_files.check_release(write_zip(tmp_path / "mtop.zip", members))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda members: members.pop("mtop/hi/test.txt"), "no member mtop/hi/test.txt"),
        (
            lambda members: members.update({"mtop/es/eval.txt": "1\tIN:WAKE\n"}),
            r"Line 1 of .*es/eval.txt has 2 columns",
        ),
        (lambda members: members.update({"mtop/es/eval.txt": "a\tb\tc\td\te\tf\tg\tno json"}), "no list of tokens"),
        (lambda members: members.update({"mtop/es/eval.txt": "a\tb\tc\td\te\tf\tg\t[1]"}), "no list of tokens"),
    ],
)
def test_other_layouts_are_refused(tmp_path, spoil, message):
    members = official_members()
    spoil(members)
    with pytest.raises(OpticalError, match=message):
        mtop_files.check_release(write_zip(tmp_path / "mtop.zip", members))


def test_no_zip_at_all(tmp_path):
    (tmp_path / "mtop.zip").write_text("<html>not found</html>")
    with pytest.raises(OpticalError, match="zip archive of MTOP"):
        mtop_files.read_zip(tmp_path / "mtop.zip", "dev")


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"not json"), gzip.compress(b'[{"id": "1"}]')])
def test_other_json_is_refused(tmp_path, monkeypatch, content):
    write_parallel_json(tmp_path / "mtop")
    (tmp_path / "mtop" / "dev.json.gz").write_bytes(content)
    monkeypatch.setenv("OPTICAL_DATA", str(tmp_path))
    with pytest.raises(OpticalError, match="not MTOP's parallel JSON"):
        mtop_files.read_split("dev")


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("3132333435363738", "12345678"),
        ("31323334353637", "1234567"),
        ("31", "31"),
        ("123456789012", "123456789012"),
        ("utterance-17", "utterance-17"),
    ],
)
def test_ids_fit_terriers_docno(long, short):
    assert mtop_files._short(long) == short

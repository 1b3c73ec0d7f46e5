"""The start of a distillation: centring, English tuning, and the runs that begin with them."""

import gzip
import json
import shutil

import pytest
import tiny
import tiny_bitext
import torch
import yaml
from torch.nn.functional import normalize
from typer.testing import CliRunner

from pyterrier_optical.checkpoint.folder import load_encoder, read_checkpoint_info
from pyterrier_optical.cli import app
from pyterrier_optical.distill import DistillConfig, distill, load_bitext, load_pair
from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.distill.start.centring import centred
from pyterrier_optical.distill.start.relevance import Passage, read_relevance, relevance_rows
from pyterrier_optical.errors import OpticalError

pytestmark = pytest.mark.slow

ENGLISH = ["the cat sleeps near water", "a small dog runs", "the long river", "bread near the mountain", "cat, dog!"]


@pytest.fixture(scope="module")
def student_folder(tmp_path_factory):
    return tiny.xlmr(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def squad_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("squad") / "train.json.gz"
    articles = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": f"the {noun} {verb} near the {title}",
                    "qas": [{"question": f"what {verb} {noun}?"}, {"question": "nothing", "is_impossible": True}],
                }
                for noun in ("cat", "dog", "bread")
                for verb in ("runs", "sleeps")
            ],
        }
        for title in ("river", "mountain")
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump({"data": articles}, file)
    return path


@pytest.fixture
def settings(tmp_path, student_folder, bitext_file):
    return {
        "output": str(tmp_path / "run"),
        "teacher": "start",
        "student": str(student_folder),
        "bitext": {"files": [{"lang": "xx", "path": str(bitext_file)}]},
        "training": {
            "steps": 8,
            "batch_size": 8,
            "eval_steps": 4,
            "warmup_steps": 1,
            "learning_rate": 1e-3,
            "embedding_learning_rate": 0,
            "trainable": [r"^0\."],
        },
        "evaluation": {"heldout_pairs": 4},
    }


def token_vectors(model, texts):
    """Raw vectors of the tokens between the markers, one after the other."""
    with torch.no_grad():
        features = model.preprocess(texts, task="document")
        ids = features["input_ids"]
        vectors, mask = raw_token_vectors(model, features, task="document")
    return vectors[mask & ~torch.isin(ids, torch.tensor(model.tokenizer.all_special_ids))]


@pytest.mark.parametrize("directions", [0, 1, 2])
def test_english_vectors_are_the_bodys_own_with_mean_and_directions_taken_off(student_folder, directions):
    body = load_encoder(student_folder)
    before = token_vectors(body, sorted(ENGLISH, key=len))
    units, length = normalize(before, dim=-1), before.norm(dim=-1).mean()
    after = token_vectors(centred(body, ENGLISH, directions=directions), sorted(ENGLISH, key=len))
    away = units - units.mean(0)
    principal = torch.linalg.svd(away, full_matrices=False).Vh[:directions]
    moved = before - length * units.mean(0)
    expected = moved - moved @ principal.T @ principal
    assert torch.allclose(after, expected, atol=1e-4)


def test_fewer_dimensions_are_the_principal_ones_of_the_centred_vectors(student_folder):
    body = load_encoder(student_folder)
    centre = token_vectors(centred(body, ENGLISH), ENGLISH)
    few = token_vectors(centred(body, ENGLISH, dimensions=5), ENGLISH)
    assert few.shape == (len(centre), 5)
    principal = torch.linalg.svd(normalize(centre, dim=-1), full_matrices=False).Vh[:5]
    assert torch.allclose(few @ few.T, centre @ principal.T @ principal @ centre.T, atol=1e-3)
    all_that_is_left = token_vectors(centred(body, ENGLISH, dimensions=15), ENGLISH)
    assert torch.allclose(all_that_is_left @ all_that_is_left.T, centre @ centre.T, atol=1e-3)


def test_a_projection_to_fewer_dimensions_learns_with_the_tuning(settings, tmp_path, squad_file):
    bitext = load_bitext(DistillConfig.from_dict(settings).bitext, heldout_pairs=4)

    def projection(steps: int):
        tuning = {"relevance": str(squad_file), "steps": steps, "batch_size": 4, "learning_rate": 1e-2, "dimensions": 5}
        config = DistillConfig.from_dict({**settings, "start": tuning, "output": str(tmp_path / str(steps))})
        return load_pair(config, bitext)[0][1].linear.weight

    once, more = projection(1), projection(4)
    assert once.shape == more.shape == (5, 16)
    assert (once - more).abs().max() > 1e-3


def test_dimensions_of_what_is_not_centred_here_are_refused(settings, student_folder, tmp_path):
    with pytest.raises(OpticalError, match="give 'directions' as well"):
        DistillConfig.from_dict({**settings, "start": {"dimensions": 5, "directions": None}})
    centred(load_encoder(student_folder), ENGLISH).save_pretrained(str(tmp_path / "centred"))
    config = DistillConfig.from_dict({**settings, "start": {"dimensions": 5}, "student": str(tmp_path / "centred")})
    with pytest.raises(OpticalError, match="has a projection of its own"):
        load_pair(config, load_bitext(config.bitext, heldout_pairs=4))


def test_markers_do_not_score(student_folder):
    model = centred(load_encoder(student_folder), ENGLISH)
    for task in ("query", "document"):
        with torch.no_grad():
            mask = model(model.preprocess(["the cat"], task=task), task=task)["attention_mask"]
        assert mask.tolist() == [[False, True, True, False]]


def test_the_centred_model_is_the_same_after_saving(student_folder, tmp_path):
    model = centred(load_encoder(student_folder), ENGLISH)
    model.save_pretrained(str(tmp_path / "saved"))
    again = load_encoder(tmp_path / "saved")
    ours, theirs = model.encode_query("the cat runs"), again.encode_query("the cat runs")
    assert ours.shape == (3, 16)
    assert abs(ours - theirs).max() < 1e-6


def test_what_cannot_be_centred_is_refused(student_folder):
    model = load_encoder(student_folder)
    with pytest.raises(OpticalError, match="must lie between 0 and 15, not 16"):
        centred(model, ENGLISH, directions=16)
    with pytest.raises(OpticalError, match="'dimensions' under 'start' must lie between 1 and 15, not 16"):
        centred(model, ENGLISH, dimensions=16)
    with pytest.raises(OpticalError, match="needs English sentences"):
        centred(model, [" "])
    with pytest.raises(OpticalError, match="has a projection of its own"):
        centred(centred(model, ENGLISH), ENGLISH)


def test_squad_and_tsv_give_passages(squad_file, tmp_path):
    passages = read_relevance(squad_file)
    assert passages[0] == Passage("the cat runs near the river", ("what runs cat?",), "river")
    assert len(passages) == 12
    path = tmp_path / "pairs.tsv"
    path.write_text("one?\ta text\ntwo?\ta text\nthree?\tanother\n")
    assert read_relevance(path) == [Passage("a text", ("one?", "two?")), Passage("another", ("three?",))]


@pytest.mark.parametrize(
    "name, content", [("a.tsv", b"no tab"), ("b.json", b"[1]"), ("c.json.gz", b"x"), ("d.tsv", b"")]
)
def test_a_file_without_relevance_pairs_is_refused_in_a_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OpticalError, match=name):
        read_relevance(tmp_path / name)
    with pytest.raises(OpticalError, match="No file of relevance pairs"):
        read_relevance(tmp_path / "none.tsv")


def test_half_of_a_batch_shares_a_topic_and_no_passage_comes_twice(squad_file):
    passages = read_relevance(squad_file)
    rows = relevance_rows(passages, steps=20, batch_size=4, seed=1)
    topic = {passage.text: passage.topic for passage in passages}
    for first in range(0, 80, 4):
        texts = [row["document"] for row in rows[first : first + 4]]
        assert len(set(texts)) == 4
        topics = [topic[text] for text in texts]
        assert max(topics.count(name) for name in topics) >= 2
    assert relevance_rows(passages, 20, 4, seed=1) == rows
    with pytest.raises(OpticalError, match="12 passages with queries are too few for batches of 16"):
        relevance_rows(passages, 1, 16, seed=1)


def test_a_student_learns_from_its_own_centred_start(settings, tmp_path):
    settings["training"] |= {"steps": 80, "eval_steps": 40}
    model = distill(settings)
    events = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    losses = [event["loss"] for event in events if "loss" in event]
    assert losses[-1] < losses[0] - 0.03
    start, end = load_encoder(tmp_path / "run" / "start"), load_encoder(model)
    moved = {name for name, value in end.state_dict().items() if (value - start.state_dict()[name]).abs().max() > 2e-3}
    assert moved
    assert not [name for name in moved if "word_embeddings" in name or "linear" in name]
    assert read_checkpoint_info(tmp_path / "run" / "start")["kind"] == "start"


def test_the_start_is_made_once_and_again_for_other_options(settings, tmp_path, squad_file):
    config = DistillConfig.from_dict(settings)
    bitext = load_bitext(config.bitext, heldout_pairs=4)
    load_pair(config, bitext)
    made = (tmp_path / "run" / "start" / "optical.json").stat().st_mtime_ns
    student, teacher = load_pair(config, bitext)
    assert (tmp_path / "run" / "start" / "optical.json").stat().st_mtime_ns == made
    assert abs(student.encode_query("cat") - teacher.encode_query("cat")).max() == 0
    tuning = {"relevance": str(squad_file), "steps": 3, "batch_size": 4, "learning_rate": 1e-2}
    other, _ = load_pair(DistillConfig.from_dict({**settings, "start": tuning}), bitext)
    assert abs(other.encode_query("cat") - student.encode_query("cat")).max() > 1e-4
    rows = [model[0].auto_model.get_input_embeddings().weight for model in (other, student)]
    assert torch.equal(*rows)


def test_a_start_is_that_of_its_settings_whatever_the_folder_held_before(settings, tmp_path, squad_file):
    bitext = load_bitext(DistillConfig.from_dict(settings).bitext, heldout_pairs=4)

    def made(output: str, rate: float):
        tuning = {"relevance": str(squad_file), "steps": 3, "batch_size": 4, "learning_rate": rate}
        config = DistillConfig.from_dict({**settings, "start": tuning, "output": str(tmp_path / output)})
        return load_pair(config, bitext)[0].encode_query("cat")

    made("run", 1e-2)
    assert not (tmp_path / "run" / "tuning").exists()
    assert abs(made("run", 1e-3) - made("other", 1e-3)).max() == 0


def test_a_student_that_changed_in_its_place_has_another_start(settings, tmp_path, student_folder):
    settings["student"] = str(tmp_path / "student")
    shutil.copytree(student_folder, settings["student"])
    config = DistillConfig.from_dict(settings)
    bitext = load_bitext(config.bitext, heldout_pairs=4)
    first, _ = load_pair(config, bitext)
    shutil.rmtree(settings["student"])
    tiny.xlmr(tmp_path / "student", seed=5)
    second, _ = load_pair(config, bitext)
    assert abs(first.encode_query("cat") - second.encode_query("cat")).max() > 1e-4


def test_several_processes_do_not_tune_one_start(settings, squad_file, monkeypatch):
    config = DistillConfig.from_dict({**settings, "start": {"relevance": str(squad_file)}})
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(OpticalError, match="pyterrier-optical start CONFIG"):
        load_pair(config, load_bitext(config.bitext, heldout_pairs=4))


def test_options_of_the_start_that_cannot_be_are_refused(settings):
    for options, message in (({"temperature": 0}, "above 0"), ({"steps": 0}, "'steps' under 'start'")):
        with pytest.raises(OpticalError, match=message):
            DistillConfig.from_dict({**settings, "start": options})


def test_a_named_teacher_has_no_start(settings, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump({**settings, "teacher": "colbert"}))
    refused = CliRunner().invoke(app, ["start", str(path)])
    assert isinstance(refused.exception, OpticalError) and "'teacher: start' only, not for 'colbert'" in str(
        refused.exception
    )


def test_bitext_is_english_for_the_tiny_student():
    assert any("near" in english for english, _ in tiny_bitext.sentences())

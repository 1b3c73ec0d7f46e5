"""What a token finds in any text, and scores above it."""

import shutil

import pandas as pd
import pytest
import tiny
import torch
from test_maxsim import DOCUMENTS, QUERIES

from pyterrier_optical import OpticalError, OpticalReranker, OpticalRetriever
from pyterrier_optical.background import BACKGROUND_FILE, Background
from pyterrier_optical.baselines import BiEncoderReranker
from pyterrier_optical.checkpoints import load_encoder, write_checkpoint_info
from pyterrier_optical.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.maxsim import FLOOR, maxsim_matrix, maxsim_pairs, maxsim_reference

PASSAGES = ["the cat sleeps near water", "a small dog", "the long river"]
GENERATOR = torch.Generator().manual_seed(5)
EXPECTED = torch.rand(len(QUERIES.values), generator=GENERATOR) - 0.3
WEIGHTS = torch.rand(len(QUERIES.values), generator=GENERATOR) * 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint with a background."""
    folder = tiny.encoder(tmp_path_factory.mktemp("background"))
    Background.of(load_encoder(folder, device="cpu"), PASSAGES).save(folder)
    return folder


def test_what_is_expected_is_the_mean_of_the_best_matches():
    background = Background(DOCUMENTS.span(2, 5))
    each = [maxsim_matrix(QUERIES.span(0, 1), DOCUMENTS.span(i, i + 1)).item() for i in (2, 3, 4)]
    found = background.expected(QUERIES.span(0, 1).values)
    assert found.shape == (3,) and found.sum().item() == pytest.approx(sum(each) / 3, abs=1e-5)
    assert background.expected(torch.zeros(0, 8)).shape == (0,)


@pytest.mark.parametrize("expected", [None, EXPECTED])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_all_forms_are_the_reference(expected, weights):
    queries = TokenVectors(QUERIES.values, QUERIES.offsets, expected, weights)
    rows = []
    for i in range(len(queries)):
        one = queries.span(i, i + 1)
        rows.append(
            [maxsim_reference(one.values, DOCUMENTS[j], one.expected, one.weights) for j in range(len(DOCUMENTS))]
        )
    reference = torch.tensor(rows)
    torch.testing.assert_close(maxsim_matrix(queries, DOCUMENTS), reference)
    i, j = torch.tensor([3, 0, 2]), torch.tensor([5, 1, 0])
    torch.testing.assert_close(maxsim_pairs(queries, DOCUMENTS, i, j), reference[i, j])


def test_scores_above_a_background_are_above_the_floor():
    queries = TokenVectors(QUERIES.values, QUERIES.offsets, torch.full((len(QUERIES.values),), 0.99))
    above, plain = maxsim_matrix(queries, DOCUMENTS), maxsim_matrix(QUERIES, DOCUMENTS)
    assert above[0].argmin() == 1 and above[0, 1] == 3 * FLOOR
    torch.testing.assert_close(above[0, 2:], plain[0, 2:] / 50)  # the order is that of plain MaxSim


def test_a_checkpoint_brings_its_background_and_false_leaves_it_out(folder):
    model = load_encoder(folder, device="cpu")
    assert model.background.passages.lengths.tolist() == [len(model.encode_document(text)) for text in PASSAGES]
    queries, documents = TokenEncoder(model).queries(["mto mrefu"]), TokenEncoder(model).documents(["the long river"])
    assert torch.equal(queries.expected, model.background.expected(queries.values))
    assert documents.expected is None and TokenEncoder(model, background=False).queries(["mto"]).expected is None
    above = maxsim_reference(queries.values, documents.values, queries.expected)
    plain = maxsim_reference(queries.values, documents.values)
    document = {"docno": "d", "text": "the long river"}
    frame = pd.DataFrame([{"qid": "1", "query": "mto mrefu", **document}])
    for options, score in (({}, above), ({"background": False}, plain)):
        assert OpticalReranker(folder, device="cpu", **options)(frame)["score"].tolist() == pytest.approx([score])
        retriever = OpticalRetriever([document], folder, device="cpu", precision="float32", **options)
        assert retriever.search("mto mrefu")["score"].tolist() == pytest.approx([score])


def test_a_checkpoint_without_one_is_scored_by_maxsim(tmp_path):
    assert load_encoder(tiny.encoder(tmp_path), device="cpu").background is None


def test_a_checkpoint_without_a_manifest_that_lost_its_background_says_so(tmp_path, caplog):
    folder = tiny.encoder(tmp_path)
    write_checkpoint_info(folder, {"config": {"background": {"passages": 24}}})
    assert load_encoder(folder, device="cpu").background is None
    assert "was saved with a background and has none: scores are plain MaxSim" in caplog.records[-1].getMessage()
    write_checkpoint_info(folder, {"config": {"background": {"passages": 0}}})
    caplog.clear()
    load_encoder(folder, device="cpu")
    assert not caplog.records


def test_what_is_said_of_a_background_is_yes_or_no(folder):
    with pytest.raises(OpticalError, match=r"background=.*: say True or False; a background of your own"):
        OpticalReranker(folder, background=load_encoder(folder, device="cpu").background)
    with pytest.raises(OpticalError, match="background=1"):
        OpticalRetriever([{"docno": "1", "text": "a"}], background=1)


def test_a_background_of_another_width_is_damaged(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    Background(TokenVectors(torch.zeros(3, 5), torch.tensor([0, 3]))).save(copy)
    with pytest.raises(OpticalError, match="is damaged"):
        load_encoder(copy, device="cpu")


def test_bi_encoders_are_scored_without(folder):
    frame = pd.DataFrame([{"qid": "1", "query": "mto", "docno": "d", "text": "the long river"}])
    plain = OpticalReranker(folder, device="cpu", background=False)(frame)["score"].tolist()
    assert BiEncoderReranker(folder, scoring="maxsim", device="cpu")(frame)["score"].tolist() == pytest.approx(plain)


@pytest.mark.parametrize("damage", ["bytes", "offsets", "names"])
def test_a_damaged_file_is_named(folder, tmp_path, damage):
    path = tmp_path / BACKGROUND_FILE
    if damage == "bytes":
        path.write_bytes(b"\x05" * 30)
    elif damage == "offsets":
        Background(TokenVectors(torch.zeros(3, 4), torch.tensor([0, 5]))).save(tmp_path)
    else:
        from safetensors.torch import save_file

        save_file({"vectors": torch.zeros(3, 4)}, path)
    with pytest.raises(OpticalError, match=r"background\.safetensors' is damaged: fetch or make the checkpoint again"):
        Background.load(tmp_path)


def test_passages_without_known_words_make_no_background(folder):
    with pytest.raises(OpticalError, match="needs passages with words that the model knows"):
        Background.of(load_encoder(folder, device="cpu"), ["", "字"])

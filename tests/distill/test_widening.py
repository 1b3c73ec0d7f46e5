"""Students of another width than the teacher's: where their dense layer begins."""

import tiny
import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules.dense import Dense

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.distill.widening import _fitted, _solved, with_width_of

TEXTS = [f"{a} {verb} near the {b}" for a in tiny.WORDS for b in tiny.WORDS for verb in ("runs", "sleeps")]


def test_a_student_of_the_same_width_stays_as_it_is(tmp_path):
    student = load_encoder(tiny.encoder(tmp_path / "s"), device="cpu")
    assert with_width_of(load_encoder(tiny.bert(tmp_path / "t"), device="cpu"), student, TEXTS) is student


def test_the_dense_layer_finds_a_linear_map_where_there_is_one(tmp_path):
    student = load_encoder(tiny.xlmr(tmp_path / "s", dim=16), device="cpu")
    torch.manual_seed(0)
    rotated = Dense(16, 8, bias=False, activation_function=torch.nn.Identity(), module_input_name="token_embeddings")
    first, *rest = load_encoder(tmp_path / "s", device="cpu")
    teacher = MultiVectorEncoder(modules=[first, rotated, *rest], device="cpu")
    wider = with_width_of(teacher, student, TEXTS)
    assert [type(module).__name__ for module in wider][:2] == ["Transformer", "Dense"]
    assert not torch.allclose(wider[1].linear.weight, rotated.linear.weight)
    for ours, theirs in zip(wider.encode_document(TEXTS[:9]), teacher.encode_document(TEXTS[:9]), strict=True):
        assert ours.shape == theirs.shape
        # The words' vectors are unit length while the map was fitted, the transformer's are not quite.
        assert (ours * theirs).sum(1)[1:-1].min() > 0.95


def test_noise_is_not_learnt_by_heart():
    torch.manual_seed(0)
    truth = torch.randn(40, 8)
    x, new = torch.randn(60, 40), torch.randn(500, 40)
    y = x @ truth + 10 * torch.randn(60, 8)

    def quality(weights):
        return torch.nn.functional.cosine_similarity(new @ weights, new @ truth).mean()

    assert quality(_fitted(x, y)) > quality(_solved(x, y, 0.0)) + 0.02


def test_other_pieces_other_languages_and_no_text_are_no_obstacle(tmp_path):
    student = load_encoder(tiny.xlmr(tmp_path / "s", dim=16), device="cpu")
    teacher = load_encoder(tiny.stanford_colbert(tmp_path / "t", out=8), device="cpu")
    for texts in (TEXTS, ["แม่น้ำ"], []):
        wider = with_width_of(teacher, student, texts)
        assert torch.isfinite(wider[1].linear.weight).all()
        assert wider.encode_query("cat").shape[1] == 8

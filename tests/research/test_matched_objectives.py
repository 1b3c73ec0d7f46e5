"""Every objective against a slow form of its formula, and what all of them have in common."""

from pathlib import Path

import pytest
import torch
from torch.nn.functional import normalize

from pyterrier_optical.distill import DistillConfig, OpticalLoss
from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.maxsim import maxsim_reference
from research.matched.config import MatchedConfig
from research.matched.names import OBJECTIVES, START
from research.matched.objectives import build_objective, objective_options

CONFIGS = Path(__file__).resolve().parents[2] / "research" / "recipes"
TRAINED = [name for name in OBJECTIVES if name != START]


def build(name, student, teachers, **options):
    config = MatchedConfig.from_dict({"output": "x", "matched": {"options": {name: options}}})
    return build_objective(name, objective_options(config, name), student, teachers)


def value(name, batch, **options):
    student, teachers, _, columns = batch
    return build(name, student, teachers, **options)([dict(side) for side in columns]).item()


def pooled(model, texts):
    """The normalised mean of the vectors that score, before they get unit length."""
    with torch.no_grad():
        vectors, mask = raw_token_vectors(model, model.preprocess(texts, task="document"), task="document")
    return normalize((vectors * mask[..., None]).sum(1), dim=-1)


def sides(rows):
    return [row["english"] for row in rows], [row["translation"] for row in rows]


def test_ot_is_the_optical_loss(matched_batch):
    student, teachers, _, columns = matched_batch
    assert value("ot", matched_batch) == OpticalLoss(student, teachers.teacher, epsilon=0.01)(columns[:2]).item()


def test_optical_is_the_loss_of_the_recipe_without_scores(matched_batch):
    student, teachers, _, columns = matched_batch
    loss = {**DistillConfig.from_yaml(CONFIGS / "optical-xlmr-small-v2.yaml").loss, "score_weight": 0}
    expected = OpticalLoss(student, teachers.teacher, **loss)(columns[:2]).item()
    assert value("optical", matched_batch) == expected != value("ot", matched_batch)


def test_mse_is_the_squared_distance_of_pooled_vectors(matched_batch):
    student, teachers, rows, _ = matched_batch
    english, translation = sides(rows)
    expected = (pooled(teachers.teacher, english) - pooled(student, translation)).pow(2).mean()
    assert value("mse", matched_batch) == pytest.approx(expected.item(), rel=1e-4)


def test_ranking_is_labses_loss_with_its_margin(matched_batch):
    student, _, rows, _ = matched_batch
    x, y = (pooled(student, side) for side in sides(rows)[::-1])
    margin, scale, losses = 0.2, 5.0, []
    for a, b in ((x, y), (y, x)):
        for i in range(len(a)):
            logits = [scale * (float(a[i] @ b[j]) - margin * (i == j)) for j in range(len(b))]
            losses.append(torch.tensor(logits).logsumexp(0) - logits[i])
    got = value("ranking", matched_batch, margin=margin, scale=scale)
    assert got == pytest.approx(torch.stack(losses).mean().item(), rel=1e-4)


def test_contrastive_asks_which_english_sentence_maxsim_prefers(matched_batch):
    student, _, rows, _ = matched_batch
    english, translation = ([student.encode_document(text) for text in side] for side in sides(rows))
    losses = []
    for i, query in enumerate(translation):
        scores = torch.tensor([maxsim_reference(query, document) for document in english])
        losses.append(scores.logsumexp(0) - scores[i])
    assert value("contrastive", matched_batch) == pytest.approx(torch.stack(losses).mean().item(), rel=1e-4)


@pytest.mark.parametrize("name", ["ranking", "contrastive"])
def test_the_same_english_sentence_twice_is_no_negative(name, matched_batch):
    student, teachers, _, columns = matched_batch
    english, translation, own = ({k: v[:2] if hasattr(v, "shape") else v for k, v in c.items()} for c in columns)
    for key in ("input_ids", "attention_mask"):
        own[key] = own[key][:1].repeat(2, 1)
    # Nothing is left to be told from, so the loss of a softmax over one is 0.
    assert build(name, student, teachers)([english, translation, own]).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", TRAINED)
def test_every_objective_can_be_learnt_and_leaves_the_teacher_alone(name, matched_batch):
    student, teachers, _, columns = matched_batch
    before = {key: weight.clone() for key, weight in teachers.teacher.state_dict().items()}
    loss = build(name, student, teachers)
    optimizer = torch.optim.Adam(loss.parameters(), lr=6e-3)
    values = []
    for _ in range(12):
        optimizer.zero_grad()
        step = loss([dict(side) for side in columns])
        step.backward()
        optimizer.step()
        values.append(step.item())
    assert values[-1] < 0.9 * values[0]
    assert all(torch.equal(before[key], weight) for key, weight in teachers.teacher.state_dict().items())
    assert all(p.grad is None for p in teachers.teacher.parameters())


@pytest.mark.parametrize(
    "name, option, message",
    [
        ("ranking", {"magrin": 1}, "'ranking' has no option 'magrin': it takes margin, scale"),
        ("mse", {"epsilon": 1}, "'mse' has no option 'epsilon': it takes none"),
    ],
)
def test_unknown_options_are_named(name, option, message, matched_batch):
    student, teachers, *_ = matched_batch
    with pytest.raises(OpticalError, match=message):
        build(name, student, teachers, **option)

from copy import deepcopy

import pytest
import tiny
import torch

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.distill import BitextCollator, OpticalLoss, TeacherVectors
from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.distill.scores import score_distance
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import cosine_cost, exact, norm_marginals

ROWS = [
    {"english": "water falls near house", "translation": "the river runs near the cat"},
    {"english": "goat", "translation": "a small dog sleeps near bread"},
]


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    return load_encoder(tiny.encoder(tmp_path_factory.mktemp("student"), dim=16)).eval()


@pytest.fixture
def student(untrained):
    return deepcopy(untrained)


def features(batch):
    return [
        {key.removeprefix(side): value for key, value in batch.items() if key.startswith(side)}
        for side in ("english_", "translation_")
    ]


def test_value_is_the_mean_transport_cost_of_the_pairs(student, teacher):
    loss = OpticalLoss(student, teacher, plan="exact")
    got = loss(features(BitextCollator(student, teacher)(ROWS)))
    costs = []
    for row in ROWS:
        target = teacher.encode_document(row["english"])[None]
        vectors = student.encode_document(row["translation"])[None]
        cost = cosine_cost(target, vectors)
        a, b = (torch.full((*cost.shape[:1], n), 1 / n) for n in cost.shape[1:])
        costs.append((exact(cost, a, b) * cost).sum())
    assert got.item() == pytest.approx(torch.stack(costs).mean().item(), abs=2e-3)


def one_by_one(student, teacher, row):
    """The raw vectors of both sides of a pair, no padding beside them."""
    sides = []
    for model, text in ((teacher, row["english"]), (student, row["translation"])):
        with torch.no_grad():
            sides.append(raw_token_vectors(model, model.preprocess([text], task="document"), task="document"))
    return sides


def test_mass_by_norm(student, teacher):
    got = OpticalLoss(student, teacher, plan="exact", marginals="norm")(
        features(BitextCollator(student, teacher)(ROWS))
    )
    costs = []
    for row in ROWS:
        (x, x_mask), (y, y_mask) = one_by_one(student, teacher, row)
        cost = cosine_cost(*(torch.nn.functional.normalize(v, dim=-1) for v in (x, y)))
        costs.append((exact(cost, norm_marginals(x, x_mask), norm_marginals(y, y_mask)) * cost).sum())
    assert got.item() == pytest.approx(torch.stack(costs).mean().item(), abs=2e-3)


def test_the_sentence_counts_by_its_weight(student, teacher):
    batch = BitextCollator(student, teacher)(ROWS)
    plain, half, whole = (
        OpticalLoss(student, teacher, plan="exact", sentence_weight=w)(features(batch)).item() for w in (0, 0.5, 1)
    )
    distances = []
    for row in ROWS:
        (x, _), (y, _) = one_by_one(student, teacher, row)
        distances.append(1 - torch.cosine_similarity(x.mean(1), y.mean(1)))
    wanted = torch.cat(distances).mean().item()
    assert wanted > 0.1
    assert whole - plain == pytest.approx(wanted, abs=2e-3) and half - plain == pytest.approx(wanted / 2, abs=2e-3)


def test_the_scores_count_by_their_weight(student, teacher):
    batch = BitextCollator(student, teacher)(ROWS)
    plain, weighted = (OpticalLoss(student, teacher, score_weight=w)(features(batch)).item() for w in (0, 300))
    units, masks = [], []
    for pair in zip(*(one_by_one(student, teacher, row) for row in ROWS), strict=True):
        vectors, mask = ([one[0] for one in side] for side in zip(*pair, strict=True))
        units.append(torch.nn.functional.normalize(torch.nn.utils.rnn.pad_sequence(vectors, batch_first=True), dim=-1))
        masks.append(torch.nn.utils.rnn.pad_sequence(mask, batch_first=True))
    wanted = 300 * score_distance(units[1], masks[1], units[0], masks[0]).item()
    assert wanted > 0.1
    assert weighted - plain == pytest.approx(wanted, rel=1e-2)


def test_unknown_options_and_negative_weights_are_refused(student, teacher):
    with pytest.raises(OpticalError, match="marginals='idf' is unknown: choose 'uniform' or 'norm'"):
        OpticalLoss(student, teacher, marginals="idf")
    with pytest.raises(OpticalError, match="sentence_weight=-1 cannot be used"):
        OpticalLoss(student, teacher, sentence_weight=-1)
    with pytest.raises(OpticalError, match="sentence_weight=nan cannot be used"):
        OpticalLoss(student, teacher, sentence_weight=float("nan"))
    with pytest.raises(OpticalError, match="plan='sinkhorn' has no option 'score_weigth'"):
        OpticalLoss(student, teacher, score_weigth=1)
    with pytest.raises(OpticalError, match="score_weight=-1 cannot be used"):
        OpticalLoss(student, teacher, score_weight=-1)


def test_raw_vectors_are_those_that_get_unit_length(student):
    batch = student.preprocess(["the river", "a small dog sleeps"], task="document")
    with torch.no_grad():
        raw, mask = raw_token_vectors(student, dict(batch), task="document")
        out = student(dict(batch), task="document")["token_embeddings"]
    assert mask.sum(1).tolist() == [4, 6]
    assert torch.allclose(torch.nn.functional.normalize(raw, dim=-1)[mask], out[mask], atol=1e-6)
    assert not torch.allclose(raw.norm(dim=-1)[mask], torch.ones(10))
    assert not any(module._forward_pre_hooks for module in student.modules())


def test_an_english_pair_of_teacher_and_teacher_costs_nothing(teacher):
    loss = OpticalLoss(teacher, teacher, plan="exact")
    rows = [{"english": row["english"], "translation": row["english"]} for row in ROWS]
    assert loss(features(BitextCollator(teacher, teacher)(rows))).item() == pytest.approx(0, abs=1e-3)


def test_gradient_reaches_the_student_only(student, teacher):
    loss = OpticalLoss(student, teacher, epsilon=0.05)
    loss(features(BitextCollator(student, teacher)(ROWS))).backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in student.parameters())
    assert all(p.grad is None for p in teacher.parameters())
    assert {id(p) for p in loss.parameters()} == {id(p) for p in student.parameters()}


@pytest.mark.parametrize("plan", ["sinkhorn", "exact", "proximal"])
def test_a_few_steps_lower_the_cost(student, teacher, plan):
    loss = OpticalLoss(student, teacher, plan=plan)
    batch = BitextCollator(student, teacher)(ROWS)
    optimizer = torch.optim.Adam(student.parameters(), lr=5e-3)
    before = loss(features(batch)).item()
    for _ in range(12):
        optimizer.zero_grad()
        loss(features(batch)).backward()
        optimizer.step()
    assert loss(features(batch)).item() < 0.8 * before


def test_tokens_on_a_skip_list_carry_no_mass(tmp_path, teacher):
    plain = load_encoder(tiny.encoder(tmp_path / "plain", dim=16)).eval()
    skipping = load_encoder(tiny.encoder(tmp_path / "skip", dim=16, skiplist=["▁near"])).eval()
    rows = [{"english": "goat", "translation": "near the dog"}]
    values = [
        OpticalLoss(student, teacher, plan="exact")(features(BitextCollator(student, teacher)(rows))).item()
        for student in (plain, skipping)
    ]
    assert values[0] != pytest.approx(values[1], abs=1e-4)


def test_a_batch_made_by_another_collator_is_refused(student, teacher):
    batch = features(BitextCollator(student, teacher)(ROWS))
    batch[0].pop("task")
    with pytest.raises(OpticalError, match="BitextCollator"):
        OpticalLoss(student, teacher)(batch)


def test_widths_must_agree(tmp_path, teacher):
    student = load_encoder(tiny.encoder(tmp_path, dim=8))
    with pytest.raises(OpticalError, match="16 dimensions and the student's 8"):
        OpticalLoss(student, teacher)(features(BitextCollator(student, teacher)(ROWS)))


def test_says_what_it_is_for_the_model_card(student, teacher):
    loss = OpticalLoss(student, teacher, epsilon=0.02)
    assert loss.get_config_dict() == {
        "plan": "sinkhorn",
        "marginals": "uniform",
        "sentence_weight": 0.0,
        "score_weight": 0.0,
        "epsilon": 0.02,
    }
    assert "huang2023optical" in loss.citation


def test_teacher_vectors_are_remembered_and_right(teacher):
    calls = []
    original = teacher.forward
    teacher.forward = lambda *args, **kwargs: calls.append(1) or original(*args, **kwargs)
    vectors = TeacherVectors(teacher)
    batch = teacher.preprocess(["water falls near house", "goat"], task="document")
    first, mask = vectors(batch)
    padded = teacher.preprocess(["goat", "water falls near house near tree"], task="document")
    second, second_mask = vectors(padded)
    assert len(calls) == 2
    assert torch.equal(first[1][mask[1]], second[0][second_mask[0]])
    vectors(batch)
    assert len(calls) == 2
    assert torch.allclose(first[0][mask[0]], teacher.encode_document("water falls near house"), atol=1e-3)


def test_teacher_vectors_stop_remembering_at_the_bound(teacher):
    vectors = TeacherVectors(teacher, cache_bytes=1)
    batch = teacher.preprocess(["goat"], task="document")
    vectors(batch)
    assert not vectors._cache
    assert vectors(batch)[0].shape[0] == 1


def test_teacher_vectors_that_are_not_remembered_are_the_same(teacher):
    batch = teacher.preprocess(["water falls near house", "goat"], task="document")
    remembered, mask = TeacherVectors(teacher).raw(batch)
    fresh, fresh_mask = TeacherVectors(teacher, cache_bytes=0).raw(batch)
    assert torch.equal(mask, fresh_mask)
    assert torch.allclose(remembered, fresh, atol=1e-2)
    assert not fresh[~mask].any()

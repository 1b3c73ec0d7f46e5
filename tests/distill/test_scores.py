import pytest
import torch
from torch.nn.functional import normalize

from pyterrier_optical.distill.scores import score_distance
from pyterrier_optical.maxsim import maxsim_reference


@pytest.fixture
def batch():
    """Student and teacher vectors with their masks, three texts of different lengths."""
    generator = torch.Generator().manual_seed(3)
    student, teacher = (normalize(torch.randn(3, n, 8, generator=generator), dim=-1) for n in (4, 5))
    student_mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]]).bool()
    teacher_mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]).bool()
    return student, student_mask, teacher, teacher_mask


def shares(queries, query_mask, documents, document_mask):
    texts = [vectors[mask] for vectors, mask in zip(queries, query_mask, strict=True)]
    others = [vectors[mask] for vectors, mask in zip(documents, document_mask, strict=True)]
    scores = [[20 * maxsim_reference(text, other) / len(text) for other in others] for text in texts]
    return torch.tensor(scores).softmax(1)


def test_it_is_the_divergence_of_the_shares(batch):
    found, wanted = shares(*batch), shares(*batch[2:], *batch[2:])
    divergence = (wanted * (wanted / found).log()).sum(1).mean().item()
    assert divergence > 0.1
    assert score_distance(*batch).item() == pytest.approx(divergence, rel=1e-4)


def test_who_ranks_as_the_teacher_is_at_no_distance(batch):
    _, _, teacher, mask = batch
    assert score_distance(teacher, mask, teacher, mask).item() == pytest.approx(0, abs=1e-6)


def test_the_same_sentence_twice_is_no_wrong_answer(batch):
    _, _, teacher, mask = batch
    twice, mask = teacher[[0, 0, 1]], mask[[0, 0, 1]]
    assert score_distance(twice, mask, twice, mask).item() == pytest.approx(0, abs=1e-6)


def test_half_precision_around_it_changes_nothing(batch):
    exact = score_distance(*batch)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(score_distance(*batch), exact)


def test_gradient_reaches_the_student_only(batch):
    student, student_mask, teacher, teacher_mask = batch
    student.requires_grad_(), teacher.requires_grad_()
    score_distance(student, student_mask, teacher, teacher_mask).backward()
    assert student.grad.abs().sum() > 0 and teacher.grad is None
    assert not student.grad[~student_mask].any()

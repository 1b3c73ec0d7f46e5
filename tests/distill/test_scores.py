import pytest
import torch
from torch.nn.functional import normalize

from pyterrier_optical.distill import scores
from pyterrier_optical.distill.scores import score_distance
from pyterrier_optical.late.maxsim import maxsim_reference


def batch(sizes, seed):
    """Random unit vectors of texts of these sizes, padded, and their mask."""
    generator = torch.Generator().manual_seed(seed)
    vectors = normalize(torch.randn(len(sizes), max(sizes), 8, generator=generator), dim=-1)
    mask = torch.arange(max(sizes)) < torch.tensor(sizes)[:, None]
    return vectors, mask


def one_by_one(student, student_mask, teacher, teacher_mask, sentences):
    english = [vectors[mask] for vectors, mask in zip(teacher, teacher_mask, strict=True)]
    translations = [vectors[mask] for vectors, mask in zip(student, student_mask, strict=True)]
    documents = [torch.cat([english[(j + k) % len(english)] for k in range(sentences)]) for j in range(len(english))]
    differences = torch.tensor(
        [
            [maxsim_reference(y, doc) / len(y) - maxsim_reference(x, doc) / len(x) for doc in documents]
            for x, y in zip(english, translations, strict=True)
        ]
    )
    return differences.var(1, correction=0).mean().item()


@pytest.mark.parametrize(("size", "sentences"), [(7, 4), (5, 4), (4, 3), (3, 2), (2, 1)])
def test_it_is_the_variance_of_the_differences_of_scores(size, sentences):
    english, translations = batch(range(2, 2 + size), 1), batch(range(size, 0, -1), 2)
    found = score_distance(*translations, *english).item()
    assert found == pytest.approx(one_by_one(*translations, *english, sentences), rel=1e-5)
    assert found > 1e-3


def test_documents_in_portions_are_the_same(monkeypatch):
    english, translations = batch([3, 5, 2, 4, 6], 1), batch([4, 2, 5, 3, 1], 2)
    whole = score_distance(*translations, *english)
    monkeypatch.setattr(scores, "_CHUNK_NUMBERS", 1)
    assert torch.allclose(score_distance(*translations, *english), whole)


def test_what_padding_holds_does_not_matter():
    (english, mask), translations = batch([3, 5, 2, 4, 6], 1), batch([4, 2, 5, 3, 1], 2)
    expected = score_distance(*translations, english, mask)
    english[~mask] = 7.0
    translations[0][~translations[1]] = 7.0
    assert torch.allclose(score_distance(*translations, english, mask), expected)


def test_the_teachers_own_vectors_cost_nothing_and_a_single_pair_neither():
    english = batch([3, 5, 2, 4, 6], 1)
    assert score_distance(*english, *english).item() == 0
    assert score_distance(*batch([3], 2), *batch([2], 1)).item() == 0


def test_gradient_reaches_the_student_only():
    (english, mask), (translations, other) = batch([3, 5, 2, 4, 6], 1), batch([4, 2, 5, 3, 1], 2)
    english.requires_grad_(), translations.requires_grad_()
    score_distance(translations, other, english, mask).backward()
    assert english.grad is None and translations.grad[other].abs().sum() > 0
    assert not translations.grad[~other].any()

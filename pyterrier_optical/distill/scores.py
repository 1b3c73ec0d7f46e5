"""Margin-MSE over MaxSim: a translation is to score documents as the teacher scores them by the English sentence."""

import torch
from torch import Tensor

# Documents are longer than sentences, and the more tokens one has, the more of them an error can fall on. Of 1 and 4,
# the latter is better on MTOP dev and AfriQA dev (pt_docs/matched.md).
SENTENCES = 4

_CHUNK_NUMBERS = 64_000_000


def score_distance(student: Tensor, student_mask: Tensor, teacher: Tensor, teacher_mask: Tensor) -> Tensor:
    """How differently translations and their English sentences score English documents.

    The documents are made of the batch: document j is the English sentences j, j + 1, ..., of which there are
    ``SENTENCES``, or all but one in a smaller batch; after the last comes the first. s_ij is the MaxSim of translation
    i with document j, divided by the number of its query tokens, and t_ij the same of English sentence i. With
    d = s - t, the distance is the mean over i of the variance of d_ij over j, which is half of the margin-MSE
    (Hofstätter et al. 2020) over all pairs of documents. What a translation adds to all documents alike changes no
    ranking and costs nothing.

    Token by token a translation may be near its English sentence and still rank badly: each of its tokens takes the
    best of all tokens of a document, so that small errors of everyday words add up to noise. This is that noise.

    Args:
        student: The translations' token vectors, (B, m, d), of unit length.
        student_mask: (B, m) bool, true on tokens that score.
        teacher: The English sentences' token vectors, (B, n, d), of unit length; no gradient flows to them.
        teacher_mask: (B, n) bool, likewise.

    Returns:
        A float32 scalar with gradient to the student; 0 where differences of scores are the teacher's, and of one pair.

    Example:
        >>> x, mask = torch.eye(2)[:, None], torch.ones(2, 1, dtype=torch.bool)
        >>> score_distance(x, mask, x, mask).item(), score_distance(x.flip(0), mask, x, mask).item()
        (0.0, 1.0)
    """
    # Differences of scores are small beside the scores: bfloat16's steps would be seen.
    with torch.autocast(student.device.type, enabled=False):
        student, teacher = student.float(), teacher.detach().float()
        wanted = _scores(teacher, teacher_mask, teacher, teacher_mask)
        difference = _scores(student, student_mask, teacher, teacher_mask) - wanted
        return (difference - difference.mean(1, keepdim=True)).square().mean()


def _scores(queries: Tensor, query_mask: Tensor, sentences: Tensor, sentence_mask: Tensor) -> Tensor:
    """(B, B): MaxSim of every query with every document, per query token."""
    rows = max(1, _CHUNK_NUMBERS // (queries.shape[0] * queries.shape[1] * sentences.shape[1]))
    # (B queries, B sentences, m): the best of each query token in each sentence.
    best = torch.cat(
        [
            torch.einsum("imd,jnd->ijmn", queries, some).masked_fill(~mask[None, :, None], -1).max(-1).values
            for some, mask in zip(sentences.split(rows), sentence_mask.split(rows), strict=True)
        ],
        dim=1,
    )
    size = min(SENTENCES, max(1, len(sentences) - 1))
    documents = torch.stack([best.roll(-shift, 1) for shift in range(size)]).max(0).values
    return (documents * query_mask[:, None]).sum(-1) / query_mask.sum(1).clamp(min=1)[:, None]

"""Score distillation: the translations of a batch are to rank its English sentences as the teacher ranks them."""

import torch
from torch import Tensor
from torch.nn.functional import kl_div, log_softmax

# sentence-transformers' factor on the cosines of a contrastive loss.
SCALE = 20.0


def score_distance(student: Tensor, student_mask: Tensor, teacher: Tensor, teacher_mask: Tensor) -> Tensor:
    """How differently teacher and student rank the English sentences of a batch.

    Of a batch of B pairs, s_ij is the MaxSim of translation i with English sentence j by the number of its query
    tokens, and t_ij the same of English sentence i with English sentence j. The distance is the divergence of
    softmax_j(20 s_ij) from softmax_j(20 t_ij), averaged over i. A sentence that stands in the batch twice, or says
    nearly what another says, has a share of the target: it is no wrong answer.

    Args:
        student: The translations' token vectors, (B, m, d), of unit length.
        student_mask: (B, m) bool, true on tokens that score.
        teacher: The English sentences' token vectors, (B, n, d), of unit length; no gradient flows to them.
        teacher_mask: (B, n) bool, likewise.

    Returns:
        A float32 scalar, 0 where both rank alike, with gradient to the student.

    Example:
        >>> x, mask = torch.eye(2)[:, None], torch.ones(2, 1, dtype=torch.bool)
        >>> score_distance(x, mask, x, mask).item(), round(score_distance(x.flip(0), mask, x, mask).item(), 3)
        (0.0, 20.0)
    """
    teacher = teacher.detach()
    wanted = _log_shares(teacher, teacher_mask, teacher, teacher_mask)
    found = _log_shares(student, student_mask, teacher, teacher_mask)
    return kl_div(found, wanted, reduction="batchmean", log_target=True)


def _log_shares(queries: Tensor, query_mask: Tensor, documents: Tensor, document_mask: Tensor) -> Tensor:
    """(B, B): the logarithm of each document's share of a query's softmax."""
    from sentence_transformers.multi_vector_encoder.scoring import colbert_scores

    masks = {"queries_mask": query_mask, "documents_mask": document_mask[:, None]}
    with torch.autocast(queries.device.type, enabled=False):  # times 20, bfloat16's steps would be seen
        scores = colbert_scores(queries.float(), documents.float()[:, None], length_normalize=True, **masks)
        return log_softmax(SCALE * scores, dim=1)

"""The values of a trained student, query by query."""

from collections.abc import Sequence

import pandas as pd
import torch
from torch import Tensor

from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.maxsim import maxsim_matrix
from research.matched.tasks import Task

MAXSIM, COSINE = "maxsim", "cosine"
COLUMNS = ["dataset", "language", "measure", "ranking", "qid", "value"]


def query_values(
    student,
    tasks: Sequence[Task],
    *,
    pooled: bool = False,
    bfloat16: bool = False,
    max_document_tokens: int | None = None,
) -> pd.DataFrame:
    """Ranks all documents of every task by the student, which encodes both sides.

    Args:
        student: A `MultiVectorEncoder` as `with_sentence_vector` makes it.
        tasks: What to measure.
        pooled: Also rank by the cosine of the pooled vectors.
        bfloat16: Encode in mixed precision; scores are float32 in any case.
        max_document_tokens: Documents are cut to so many tokens, or to what the student takes.

    Returns:
        Columns `dataset`, `language`, `measure`, `ranking` ("maxsim" or "cosine"), `qid`, `value`.
    """
    encoder = _BothVectors(student)
    room = encoder.room("document")
    limit = min(max_document_tokens or room, room)
    corpora: dict[tuple[str, ...], tuple[TokenVectors, TokenVectors]] = {}
    frames = []
    for task in tasks:
        with torch.autocast(student.device.type, dtype=torch.bfloat16, enabled=bfloat16):
            if task.documents not in corpora:
                corpora[task.documents] = split(encoder.documents(task.documents, limit))
            queries = split(encoder.queries(task.queries))
        for ranking, query, document in zip((MAXSIM, COSINE), queries, corpora[task.documents], strict=True):
            if ranking == COSINE and not pooled:
                continue
            # A text of one vector has its cosine for MaxSim.
            values = task.values(maxsim_matrix(query, document).cpu().numpy())
            constant = {"dataset": task.name, "language": task.language, "measure": task.measure, "ranking": ranking}
            frames.append(pd.DataFrame({**constant, "qid": task.qids, "value": values}))
    return pd.concat(frames, ignore_index=True)[COLUMNS]


class _BothVectors(TokenEncoder):
    """Encodes each text once, as its sentence vector followed by its token vectors."""

    def _vectors(self, output: dict[str, Tensor]) -> list[Tensor]:
        tokens = super()._vectors(output)
        sentences = torch.nn.functional.normalize(output["sentence_embedding"].float(), dim=-1)
        return [torch.cat([one[None], many]) for one, many in zip(sentences, tokens, strict=True)]


def split(vectors: TokenVectors) -> tuple[TokenVectors, TokenVectors]:
    """Takes the first vector of each text apart from the others.

    Example:
        >>> tokens, sentences = split(TokenVectors(torch.arange(5.0)[:, None], torch.tensor([0, 3, 3, 5])))
        >>> tokens.values.flatten().tolist(), sentences.values.flatten().tolist(), sentences.lengths.tolist()
        ([1.0, 2.0, 4.0], [0.0, 3.0], [1, 0, 1])
    """
    some = (vectors.lengths > 0).long()
    first = torch.zeros(len(vectors.values), dtype=torch.bool)
    first[vectors.offsets[:-1][some.bool()]] = True
    first = first.to(vectors.values.device)
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), some.cumsum(0)])
    return TokenVectors(vectors.values[~first], vectors.offsets - offsets), TokenVectors(vectors.values[first], offsets)

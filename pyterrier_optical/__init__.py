"""Cross-lingual reranking for PyTerrier: a multilingual encoder distilled by optimal transport (OPTICAL).

Importing this package imports neither torch nor transformers: each name below is loaded when it is first used.

Example:
    >>> import pyterrier_optical
    >>> pyterrier_optical.__version__
    '0.1.0'
"""

from importlib import import_module

from pyterrier_optical.errors import OpticalError

__version__ = "0.1.0"
API_VERSION = 1

_HOMES = {
    "OpticalReranker": "reranker",
    "OpticalRetriever": "dense",
    "OpticalIndex": "late.index",
    "ReciprocalRankFusion": "fusion",
    "ScoreFusion": "score_fusion",
    "OpticalTranslator": "translate",
    "Lexicon": "translate",
    "MTQueryTranslator": "mt",
    "ColumnQueryTranslator": "mt",
    "BiEncoderReranker": "baselines",
    "MBERTReranker": "baselines",
    "ME5Reranker": "baselines",
    "LaBSEReranker": "baselines",
    "XLMRReranker": "baselines",
    "MiniLMReranker": "baselines",
    "bm25": "first_stage",
}
_ROOMS = ("datasets", "distill", "experiment", "transport")

__all__ = ["API_VERSION", "OpticalError", "__version__", *sorted(_HOMES), *_ROOMS]


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

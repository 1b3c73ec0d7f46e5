"""Cross-lingual reranking for PyTerrier: a multilingual encoder distilled by optimal transport (OPTICAL).

Importing this package imports neither torch nor transformers: each name below is loaded when it is first used.

Example:
    >>> import pyterrier_optical
    >>> pyterrier_optical.__version__
    '0.2.0'
"""

from importlib import import_module

from pyterrier_optical import moved
from pyterrier_optical.errors import OpticalError

__version__ = "0.2.0"
API_VERSION = 1

_HOMES = {
    "OpticalModel": "model",
    "OpticalReranker": "rerank.optical",
    "OpticalRetriever": "retrieve.dense",
    "OpticalIndex": "index",
    "ReciprocalRankFusion": "retrieve.fusion.reciprocal_rank",
    "ScoreFusion": "retrieve.fusion.score",
    "OpticalTranslator": "translate",
    "Lexicon": "lexicon",
    "MTQueryTranslator": "mt",
    "ColumnQueryTranslator": "mt",
    "BiEncoderReranker": "rerank.bi_encoder",
    "MBERTReranker": "rerank.bi_encoder",
    "ME5Reranker": "rerank.bi_encoder",
    "LaBSEReranker": "rerank.bi_encoder",
    "XLMRReranker": "rerank.bi_encoder",
    "MiniLMReranker": "rerank.bi_encoder",
    "CrossEncoderReranker": "rerank.cross_encoder",
    "bm25": "retrieve.bm25",
    "diagnose": "late.diagnose",
}
_ROOMS = ("datasets", "distill", "experiment", "transport")

__all__ = ["API_VERSION", "OpticalError", "__version__", *sorted(_HOMES), *_ROOMS]

moved.install()


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

"""OpticalIndex: token vectors on disk, and their copy in Qdrant."""

from pyterrier_optical.late.index.artifact import OpticalIndex

__all__ = ["OpticalIndex", "QdrantRetriever"]


def __getattr__(name: str):
    if name == "QdrantRetriever":
        from pyterrier_optical.late.index.qdrant import QdrantRetriever

        return QdrantRetriever
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

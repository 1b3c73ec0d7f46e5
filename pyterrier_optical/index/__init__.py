"""OpticalIndex: token vectors on disk, as a PyTerrier artifact, and its copy in Qdrant."""

from pyterrier_optical.index.artifact import OpticalIndex

__all__ = ["OpticalIndex", "QdrantRetriever"]


def __getattr__(name: str):
    if name == "QdrantRetriever":
        from pyterrier_optical.index.qdrant import QdrantRetriever

        return QdrantRetriever
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The dense first stage: retrieval by the token vectors of a late-interaction model."""

from pyterrier_optical.retrieve.dense.retriever import OpticalRetriever

__all__ = ["OpticalRetriever"]

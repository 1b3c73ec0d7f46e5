"""Rerankers: the frame contract they share, OpticalReranker, and bi-encoders to compare with."""

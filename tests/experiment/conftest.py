"""Toy data sets, tiny models, and no network."""

from toy_data import no_data, offline, tiny_data, tiny_model, toy

__all__ = ["no_data", "offline", "tiny_data", "tiny_model", "toy"]

"""Distillation by optimal transport: bitext in, a checkpoint out.

The names are loaded when they are first used, so that reading a configuration needs no torch.
"""

from importlib import import_module

_HOMES = {
    "BitextCollator": "data.collator",
    "BitextReport": "data.bitext",
    "DistillConfig": "config",
    "LexiconOptions": "config",
    "OpticalLoss": "loss",
    "TeacherVectors": "teacher",
    "align_pieces": "lexicon.alignment",
    "build_lexicon": "lexicon.build",
    "clean": "data.bitext",
    "distill": "run",
    "load_bitext": "data.sources",
    "load_pair": "student",
    "load_teacher": "teacher",
    "make_lexicon": "lexicon.build",
    "read_pairs": "data.bitext",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""The matched comparison: training runs that differ in nothing but their objective.

The names are loaded when they are first used.
"""

from importlib import import_module

_HOMES = {
    "MatchedConfig": "config",
    "matched_experiment": "experiment",
    "matched_report": "report",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

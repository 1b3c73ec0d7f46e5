"""Comparisons: systems by data sets to tables with significance, plots, and the demonstration that does it all.

The names are loaded when they are first used.
"""

from importlib import import_module

_HOMES = {
    "Comparison": "comparison",
    "Systems": "systems",
    "bar_chart": "plot",
    "compare": "comparison",
    "evaluate": "evaluation",
    "paired_t_test": "significance",
    "run_demo": "demo",
    "run_report": "full_report",
    "scatter_chart": "scatter",
    "standard_systems": "systems",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

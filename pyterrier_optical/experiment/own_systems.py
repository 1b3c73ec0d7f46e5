"""Rerankers of a user's own, by import path."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown


def own_systems(entries: Sequence[str]) -> dict[str, pt.Transformer]:
    """Imports transformers.

    Args:
        entries: ``name=package.module:attribute``, where the attribute is a transformer, or makes one when it is called
            without arguments. Modules in the working directory are found too.

    Returns:
        The transformers by name.

    Raises:
        OpticalError: An entry of another form, a name given twice, a module or attribute that is not there, or one that
            is no transformer.

    Example:
        >>> own_systems(["mine=pyterrier_optical:OpticalReranker"])
        {'mine': OpticalReranker()}
    """
    found: dict[str, pt.Transformer] = {}
    for entry in entries:
        name, _, path = entry.partition("=")
        module, _, attribute = path.partition(":")
        if not (name and module and attribute):
            raise OpticalError(f"No system in {shown(entry)}: write name=package.module:attribute.")
        if name in found:
            raise OpticalError(f"Two systems are called {shown(name)}: give each its own name.")
        found[name] = _imported(module, attribute)
    return found


def _imported(module: str, attribute: str) -> pt.Transformer:
    sys.path.insert(0, os.getcwd())
    try:
        made = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise OpticalError(f"Cannot import {attribute} of {module} ({error}): check the path.") from error
    finally:
        sys.path.remove(os.getcwd())
    if callable(made) and not isinstance(made, pt.Transformer):
        made = made()
    if not isinstance(made, pt.Transformer):
        raise OpticalError(f"{module}:{attribute} is {shown(made, 60)}: give a transformer, or what makes one.")
    return made

"""Transformers that are equal when they were made with equal arguments."""

import inspect
import os
from functools import cached_property

import pyterrier as pt


class ByArguments:
    """Gives a transformer that keeps each ``__init__`` argument under its name ``repr``, equality and hash.

    PyTerrier's tree planner shares equal parts of pipelines. Plain arguments (text, numbers, paths, tuples), other
    transformers and indexes count by value, and all others (a loaded model, a data frame) as the very same object.
    """

    def _arguments(self) -> dict:
        parameters = list(inspect.signature(type(self).__init__).parameters)[1:]
        values = {name: getattr(self, name) for name in parameters}
        return {name: str(value) if isinstance(value, os.PathLike) else value for name, value in values.items()}

    def _identity(self) -> tuple:
        values = ((name, value if _is_plain(value) else id(value)) for name, value in self._arguments().items())
        return type(self), tuple(values)

    def __repr__(self) -> str:
        parameters = inspect.signature(type(self).__init__).parameters
        texts: list[str] = []
        for name, value in self._arguments().items():
            parameter = parameters.get(name)
            if parameter and parameter.kind is parameter.VAR_POSITIONAL:
                texts += map(repr, value)
            elif not _is_plain(value):
                # A loaded model's own repr is a page long; its address tells it from others.
                texts.append(f"{name}=<{type(value).__name__} {id(value):#x}>")
            elif not parameter or value != parameter.default:
                texts.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(texts)})"

    def __eq__(self, other) -> bool:
        return type(self) is type(other) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


class MadeOfArguments(ByArguments):
    """Forgets its cached properties when an argument gets another value, as ``pt.GridSearch`` sets them.

    Nor are they copied or pickled: a worker process makes its own.
    """

    def __setattr__(self, name: str, value) -> None:
        state = self.__getstate__()
        vars(self).clear()
        vars(self).update(state)
        super().__setattr__(name, value)

    def __getstate__(self) -> dict:
        """What was set, without what was made of it."""
        made = {name for cls in type(self).__mro__ for name, of in vars(cls).items() if isinstance(of, cached_property)}
        return {name: value for name, value in vars(self).items() if name not in made}


def _is_plain(value) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, bool, int, float, pt.Transformer, ByArguments))

"""Dataclasses of options from what YAML gives."""

import contextlib
import dataclasses
import types
import typing

from pyterrier_optical.errors import OpticalError, shown


def from_mapping(cls, values, where: str):
    """A dataclass, and those inside it, from a mapping of options.

    Args:
        cls: The dataclass.
        values: What YAML gave.
        where: What a message calls it.

    Raises:
        OpticalError: An option is unknown, missing, or of the wrong kind.

    Example:
        >>> from pyterrier_optical.distill.mix import Mix
        >>> from_mapping(Mix, {"temperature": 2}, "the mix").temperature
        2.0
    """
    if not isinstance(values, dict):
        raise OpticalError(f"{where} must be a mapping of options, not {type(values).__name__}.")
    fields = {f.name: f for f in dataclasses.fields(cls)}
    for name in values:
        if name not in fields:
            raise OpticalError(f"{where} has no option {shown(name)}: it knows {', '.join(sorted(fields))}.")
    for name, f in fields.items():
        if name not in values and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise OpticalError(f"{where} lacks {shown(name)}: add '{name}: ...'.")
    built = {}
    for name, value in values.items():
        if dataclasses.is_dataclass(fields[name].type):
            built[name] = from_mapping(fields[name].type, value, f"'{name}' in {where}")
        else:
            built[name] = _typed(fields[name].type, value, f"'{name}' in {where}")
    return cls(**built)


def _typed(kind, value, where: str):
    if isinstance(kind, types.UnionType):  # such as float | None
        if value is None:
            return None
        kind = next(member for member in typing.get_args(kind) if member is not types.NoneType)
    base = getattr(kind, "__origin__", kind)
    if base is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):  # YAML reads 1e-3 as text
            value = float(value)
    if isinstance(base, type) and not isinstance(value, base):
        raise OpticalError(f"{where} must be {base.__name__}, not {shown(value)}.")
    return value

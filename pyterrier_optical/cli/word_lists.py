"""Options that take several words: ``--languages hi th``."""

from collections.abc import Iterable

import typer
from typer.core import TyperCommand


class WordLists(TyperCommand):
    """A command whose options that may be given more than once take all the words that follow; arguments come first.

    Example:
        >>> gathered(["--with", "mbert", "labse", "--split", "dev"], {"--with"})
        ['--with', 'mbert labse', '--split', 'dev']
    """

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        lists = {name for option in self.params if getattr(option, "multiple", False) for name in option.opts}
        return super().parse_args(ctx, gathered(args, lists))


def gathered(args: Iterable[str], lists: set[str]) -> list[str]:
    """Arguments with the words that follow an option of ``lists`` as one."""
    out: list[str] = []
    for arg in args:
        in_list = len(out) > 1 and out[-2] in lists and not out[-1].startswith("-")
        if in_list and not arg.startswith("-"):
            out[-1] += f" {arg}"
        else:
            out.append(arg)
    return out

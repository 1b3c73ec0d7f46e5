"""Progress bars: at once where they were asked for, and otherwise for whatever takes more than two seconds."""

import sys
from collections.abc import Iterable

import pyterrier as pt

#: Seconds after which work shows a bar that nobody asked for.
DELAY = 2.0


def progress(items: Iterable | None = None, *, verbose: bool = False, **options):
    """A bar of PyTerrier's own kind (``pt.tqdm``), on stderr or in the notebook.

    The environment variable ``TQDM_DISABLE=1``, set before Python starts, takes all bars away.

    Args:
        items: What to go through; None: the bar is moved by its ``update``.
        verbose: Show the bar at once, and leave it there at the end. If not, it appears after `DELAY` seconds and goes
            when the work is done.
        options: What ``tqdm`` takes: ``desc``, ``total``, ``unit``.

    Returns:
        The bar, which is a context manager, and an iterable where there are items.

    Example:
        >>> sum(progress([1, 2, 3], desc="Adding"))
        6
    """
    if sys.stderr is None:  # as under a service without a console
        options["disable"] = True
    return pt.tqdm(items, leave=verbose, delay=0 if verbose else DELAY, **options)

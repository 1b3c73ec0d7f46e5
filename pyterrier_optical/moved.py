"""Module paths of version 0.1, which still work, with a warning, until version 0.3."""

import sys
import warnings
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader

MOVED = {
    "baselines": "rerank.bi_encoder",
    "checkpoints": "checkpoint.folder",
    "dense": "retrieve.dense",
    "encoder": "late.encoder",
    "exhaustive": "retrieve.exhaustive",
    "first_stage": "retrieve.bm25",
    "fusion": "retrieve.fusion.reciprocal_rank",
    "gloss": "query.gloss",
    "manifest": "base.manifest",
    "maxsim": "late.maxsim",
    "reranker": "rerank.optical",
    "score_fusion": "retrieve.fusion.score",
    "tokenise": "script.tokenise",
}


class MovedModules(MetaPathFinder, Loader):
    """Finds a module that was moved under its old name as well.

    Example:
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     from pyterrier_optical import fusion
        >>> str(caught[0].message)
        'pyterrier_optical.fusion is pyterrier_optical.retrieve.fusion.reciprocal_rank now: the old name goes in 0.3.'
    """

    def find_spec(self, fullname, path=None, target=None):
        """The spec of a module under its old name; None for every other."""
        package, _, name = fullname.partition(".")
        return spec_from_loader(fullname, self) if package == "pyterrier_optical" and name in MOVED else None

    def create_module(self, spec):
        """As Python makes any module; `exec_module` puts the moved one in its place."""
        return None

    def exec_module(self, module):
        """Warns, and puts the module of the new name under the old one."""
        old = module.__name__
        new = f"pyterrier_optical.{MOVED[old.partition('.')[2]]}"
        warnings.warn(f"{old} is {new} now: the old name goes in 0.3.", DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(new)


def install() -> None:
    """Lets old names be found, after all that are really there."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.append(MovedModules())

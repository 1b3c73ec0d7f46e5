"""An index as it is open in this process: opened once, and shared by all retrievers of it and by all threads."""

from functools import cached_property
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.retrieve.bm25.build import ENGINES
from pyterrier_optical.retrieve.bm25.store import INFO_FILE, IndexInfo, fill_standard_streams, is_sound, read_terms

#: Results by query: the number of the query of each, ascending, its docno and its score; the best of a query first.
Found = tuple[np.ndarray, np.ndarray, np.ndarray]


class OpenIndex:
    """The terms of an index and what searches it.

    Args:
        folder: The index.
        info: What it was built from.

    Raises:
        OpticalError: Its files are damaged; the engines may crash on such.
    """

    def __init__(self, folder: Path, info: IndexInfo):
        fill_standard_streams()
        if not is_sound(folder):
            raise OpticalError(
                f"The index at '{folder}' is damaged: build it again with bm25(corpus, index_path='{folder}')."
            )
        self.folder, self.info = folder, info
        self._searchers: dict[tuple[float, float], object] = {}

    @cached_property
    def terms(self) -> dict[str, int]:
        """The number of documents that each term is in."""
        return read_terms(self.folder)

    def searcher(self, k1: float, b: float):
        """What ranks documents by BM25 with these parameters.

        Args:
            k1: Saturation of term frequencies.
            b: Length normalisation.
        """
        with LOADING:
            if (k1, b) not in self._searchers:
                make = ENGINES[self.info.engine].Searcher
                self._searchers[k1, b] = make(self.folder, self.terms, self.info.num_docs, k1, b)
            return self._searchers[k1, b]


_open: WeakValueDictionary[tuple, OpenIndex] = WeakValueDictionary()


def open_index(folder: Path, info: IndexInfo) -> OpenIndex:
    """An index, opened now if no retriever has it open; arguments and errors as for `OpenIndex`."""
    with LOADING:
        status = (folder / INFO_FILE).stat()
        # What took the place of an index is another one.
        key = folder, status.st_ino, status.st_mtime_ns
        index = _open.get(key)
        if index is None:
            index = _open[key] = OpenIndex(folder, info)
        return index

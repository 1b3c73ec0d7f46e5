"""Queries in files: qid<TAB>query, one a line."""

import os

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets.reading import reading
from pyterrier_optical.errors import shown


def read_queries(path: str | os.PathLike) -> pd.DataFrame:
    """The queries of a file, with what follows a second tab left out.

    Args:
        path: A file in UTF-8, compressed or not.

    Returns:
        A frame with ``qid`` and ``query``.

    Raises:
        OpticalError: There is no such file, or a line has no tab.

    Example:
        >>> import tempfile
        >>> file = os.path.join(tempfile.mkdtemp(), "topics.tsv")
        >>> with open(file, "w") as opened:
        ...     _ = opened.write("q1\\tmaji safi\\n")
        >>> read_queries(file).to_dict("records")
        [{'qid': 'q1', 'query': 'maji safi'}]
    """
    with (
        reading(str(path), "a file of queries", "give lines of qid<TAB>query"),
        pt.io.autoopen(str(path), "rt", encoding="utf-8-sig") as lines,
    ):
        rows = [line.rstrip("\r\n").split("\t")[:2] for line in lines if line.strip()]
        if short := next((row for row in rows if len(row) < 2), None):
            raise ValueError(f"no tab in {shown(short[0], 60)}")
    return pd.DataFrame(rows, columns=["qid", "query"])

"""Documents in files: JSON objects or docno<TAB>text, one a line."""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pyterrier as pt

from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.datasets.reading import reason
from pyterrier_optical.errors import OpticalError, shown

#: What the name of a file of documents ends with, compressed or not.
ENDINGS = (".jsonl", ".jsonl.gz", ".tsv", ".tsv.gz")
# As PyTerrier, ir_datasets, BEIR and Pyserini call them.
_DOCNO = ("docno", "doc_id", "_id", "id")
_TEXT = ("text", "contents")


def corpus_of(names: Sequence[str]) -> Callable[[], Iterator[dict]] | pt.datasets.Dataset:
    """What a command is to read: a function that reads files of documents, or a data set.

    Raises:
        OpticalError: A name is neither, or there are several data sets.

    Example:
        >>> corpus_of(["optical:sample/sw"])
        OpticalDataset('sample/sw')
    """
    other = next((name for name in names if not name.endswith(ENDINGS)), None)
    if other is None:
        return lambda: chain.from_iterable(read_documents(Path(name)) for name in names)
    ends = f"give files whose names end with {', '.join(ENDINGS)}, or one data set"
    if len(names) > 1 or Path(other).is_file():
        raise OpticalError(f"{shown(other)} is no file of documents: {ends}.")
    try:
        return named_dataset(other)
    except OpticalError as error:
        raise OpticalError(
            f"{shown(other)} is neither a data set that pt.get_dataset knows nor a file of documents: {ends}."
        ) from error


def read_documents(path: Path) -> Iterator[dict]:
    """The documents of a file, as they are asked for.

    Args:
        path: A file whose name has one of `ENDINGS`. The docno of a JSON object is its ``docno``, ``doc_id``, ``_id``
            or ``id``, its text ``text`` or ``contents``; other fields stay what they are.

    Yields:
        Dicts with ``docno``.

    Raises:
        OpticalError: There is no such file, or a line is no document.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "documents.tsv"
        >>> _ = file.write_text("d1\\tA tree that stores water.\\n")
        >>> list(read_documents(file))
        [{'docno': 'd1', 'text': 'A tree that stores water.'}]
    """
    read = _from_tsv if path.name.removesuffix(".gz").endswith(".tsv") else _from_json
    number = 1
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):  # noqa: B007 - for the message
                if line.strip():
                    yield read(line.rstrip("\r\n"))
    except FileNotFoundError as error:
        raise OpticalError(f"There is no file '{path}': give the path of a file of documents.") from error
    except (OSError, EOFError, ValueError) as error:
        raise OpticalError(
            f"Line {number} of '{path}' or the next one is no document ({reason(error)}): give each a line of its "
            'own, in UTF-8, as {"docno": ..., "text": ...} or as docno<TAB>text in a .tsv file.'
        ) from error


def _from_tsv(line: str) -> dict:
    docno, tab, text = line.partition("\t")
    if not tab:
        raise ValueError("no tab")
    return {"docno": docno, "text": text}


def _from_json(line: str) -> dict:
    record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("no JSON object")
    for name, others in (("docno", _DOCNO), ("text", _TEXT)):
        found = next((other for other in others if other in record), name)
        if found != name:
            record[name] = record.pop(found)
    if "docno" not in record:
        raise ValueError("no docno")
    return record

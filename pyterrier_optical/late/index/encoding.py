"""Documents to shards of token vectors, in one reading and a bounded number of texts at a time."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index.settings import EncodingSettings
from pyterrier_optical.late.index.shard import Block, Shard
from pyterrier_optical.late.limits import too_long_error, warn_of_cuts
from pyterrier_optical.late.passages import split_passages
from pyterrier_optical.late.pooling import pooling

logger = logging.getLogger("pyterrier_optical")

# Characters read before they are encoded: at four a token the vectors of width 384 take 150 MB.
GROUP_CHARACTERS = 400_000

Document = tuple[str, str]  # docno, text


@dataclass
class Notices:
    """What a user should know of some documents.

    Args:
        documents: their number.
        cut: the number of those that were cut.
        silent: the number of those without a token that the model knows; they have no vector.
        limit: the number of tokens after which one is cut.

    Example:
        >>> notices = Notices()
        >>> notices.add(Notices(documents=3, silent=1, limit=512))
        >>> notices
        Notices(documents=3, cut=0, silent=1, limit=512)
    """

    documents: int = 0
    cut: int = 0
    silent: int = 0
    limit: int = 0

    def add(self, other: "Notices") -> None:
        """Takes in those of more documents."""
        self.documents += other.documents
        self.cut += other.cut
        self.silent += other.silent
        self.limit = other.limit

    def warn(self) -> None:
        """Logs how many documents were cut, and how many no search finds."""
        warn_of_cuts("document", self.cut, self.limit)
        if self.silent:
            logger.warning(
                "%d of %d documents have no token that the model knows and are never found", self.silent, self.documents
            )


class DocumentEncoder:
    """Encodes groups of documents, and counts what a user should know of them.

    Args:
        encoder: encodes the texts.
        settings: how.

    Attributes:
        notices: what a user should know of the documents so far.
    """

    def __init__(self, encoder: TokenEncoder, settings: EncodingSettings):
        self.encoder = pooling(encoder, settings.pool_factor)
        self.settings = settings
        self.notices = Notices()

    def shard(self, group: list[Document]) -> Shard:
        """The vectors of some documents.

        Raises:
            OpticalError: a document is too long and that is an error.
        """
        encoder, settings = self.encoder, self.settings
        texts = [text for _, text in group]
        sizes = encoder.lengths(texts, "document")
        limit = encoder.limit("document", settings.max_tokens)
        over = [i for i, size in enumerate(sizes) if size > limit]
        if over and settings.truncation == "error":
            raise too_long_error("document", group[over[0]][0], sizes[over[0]], limit, encoder.room("document"))
        cut = len(over) if settings.truncation == "warn" else 0
        self.notices.add(Notices(len(group), cut, sizes.count(0), limit))
        parts = np.ones(len(texts), dtype=np.int64)
        if settings.truncation == "passages":
            texts, sizes, parts = split_passages(texts, sizes, encoder, settings.max_tokens)
        vectors = encoder.documents(texts, settings.max_tokens, sizes=sizes)
        return Shard.of(Block(vectors, torch.from_numpy(parts)), settings.precision)


def groups(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Neighbouring documents in groups of `GROUP_CHARACTERS` characters or little more."""
    return neighbours(documents, len, GROUP_CHARACTERS)


def neighbours(documents: Iterable[Document], size_of: Callable[[str], int], most: int) -> Iterator[list[Document]]:
    """Neighbouring documents in runs, each closed as soon as its texts have the size ``most``."""
    run: list[Document] = []
    size = 0
    for docno, text in documents:
        run.append((docno, text))
        size += size_of(text)
        if size >= most:
            yield run
            run, size = [], 0
    if run:
        yield run


def distinct(documents: Iterable[Document], seen: dict[str, None]) -> Iterator[Document]:
    """The documents, whose docnos are added to ``seen`` as they pass.

    Raises:
        OpticalError: a docno comes twice.
    """
    for docno, text in documents:
        if docno in seen:
            raise OpticalError(f"More than one document has the docno {shown(docno)}: give each document its own.")
        seen[docno] = None
        yield docno, text

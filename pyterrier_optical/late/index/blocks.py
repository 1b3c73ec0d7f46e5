"""Blocks of documents, each of which becomes one shard of an index, in this process or in another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pyterrier_optical.base.corpus_hash import CorpusHash
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index.encoding import Document, DocumentEncoder, Notices, groups, neighbours
from pyterrier_optical.late.index.meta import ShardEntry
from pyterrier_optical.late.index.parts import new_part
from pyterrier_optical.late.index.settings import EncodingSettings
from pyterrier_optical.late.index.shard import Shard, write_shard

# Bytes of text after which a block is closed: what is encoded again after an interruption. The multilingual vocabulary
# of XLM-R has four bytes or more a token in every script, so that these are some 500,000 vectors.
BLOCK_BYTES = 2_000_000

#: A shard's name, and its documents.
Block = tuple[str, list[Document]]
#: Writes each block as a shard and yields the shards in the same order.
WriteBlocks = Callable[[Iterable[Block]], Iterator[tuple[ShardEntry, Notices]]]


def blocks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Neighbouring documents of `BLOCK_BYTES` bytes of text or little more."""
    return neighbours(documents, lambda text: len(text.encode("utf-8", "surrogatepass")), BLOCK_BYTES)


def digest_of(documents: Iterable[Document]) -> str:
    """The hash of some documents, by which a shard tells whether it has them."""
    digest = CorpusHash()
    for docno, text in documents:
        digest.add(docno, text)
    return digest.hexdigest()


def write_block(
    folder: Path, block: Block, encoder: TokenEncoder, settings: EncodingSettings
) -> tuple[ShardEntry, Notices]:
    """Encodes documents and writes them as a shard, which is there whole or not at all.

    Args:
        folder: The index.
        block: The shard's name and the documents.
        encoder: Encodes them.
        settings: How.

    Returns:
        The shard, and what a user should know of its documents.

    Raises:
        OpticalError: A document is too long and that is an error.
    """
    name, documents = block
    work = DocumentEncoder(encoder, settings)
    pieces = [work.shard(group) for group in groups(documents)]
    return write_part(folder, name, pieces), work.notices


def write_blocks_here(folder: Path, encoder: TokenEncoder, settings: EncodingSettings) -> WriteBlocks:
    """Writes blocks one after the other in this process; arguments as for `write_block`."""
    return lambda named: (write_block(folder, block, encoder, settings) for block in named)


def write_part(folder: Path, name: str, pieces: Sequence[Shard]) -> ShardEntry:
    """Writes the part of a shard that consists of others.

    Args:
        folder: The index.
        name: The part's name.
        pieces: At least one, of one precision.
    """
    with new_part(folder, name) as part:
        write_shard(part, pieces)
    return ShardEntry(name, sum(map(len, pieces)), sum(piece.tokens for piece in pieces))

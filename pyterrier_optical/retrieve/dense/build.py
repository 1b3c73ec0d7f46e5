"""From a corpus to its token vectors, in one reading and a bounded number of texts at a time."""

import logging
from collections import deque
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.limits import too_long_error, warn_of_cuts
from pyterrier_optical.late.passages import split_passages
from pyterrier_optical.retrieve.bm25.corpus import Corpus
from pyterrier_optical.retrieve.dense.token_index import TokenIndex

logger = logging.getLogger("pyterrier_optical")

# Characters read before they are encoded: at four a token the vectors of width 384 take 150 MB.
_READ = 400_000


def encode_corpus(
    corpus: Corpus,
    encoder: TokenEncoder,
    *,
    max_tokens: int | None = None,
    truncation: str = "warn",
    precision: str = "float16",
    verbose: bool = False,
) -> TokenIndex:
    """Encodes each document once.

    Args:
        corpus: the documents; those without a token that the model knows are left out, with a warning.
        encoder: encodes them.
        max_tokens: as for `TokenEncoder.documents`.
        truncation: what happens to longer documents: "warn", "error" or "passages", as for `OpticalReranker`.
        precision: "float16" or "float32", in which vectors are kept.
        verbose: as for `pyterrier_optical.base.progress`.

    Returns:
        The documents in corpus order.

    Raises:
        OpticalError: the corpus is empty or unfit, a docno comes twice, a document is too long and that is an error.
    """
    limit = encoder.limit("document", max_tokens)
    docnos: list[str] = []
    parts, lengths = [], [torch.zeros(1, dtype=torch.int64)]
    chunks: deque[Tensor] = deque()
    seen: set[str] = set()
    too_long = 0
    for names, texts in _groups(corpus, verbose):
        for docno in names:
            if docno in seen:
                raise OpticalError(f"More than one document has the docno {shown(docno)}: give each document its own.")
            seen.add(docno)
        sizes = encoder.lengths(texts, "document")
        over = [i for i, size in enumerate(sizes) if size > limit]
        if over and truncation == "error":
            raise too_long_error("document", names[over[0]], sizes[over[0]], limit, encoder.room("document"))
        too_long += len(over)
        counts = np.ones(len(texts), dtype=int)
        if truncation == "passages":
            texts, sizes, counts = split_passages(texts, sizes, encoder, max_tokens)
        vectors = encoder.documents(texts, max_tokens, sizes=sizes)
        tokens = np.add.reduceat(vectors.lengths.numpy(), np.cumsum(counts) - counts)
        docnos += [docno for docno, count in zip(names, tokens, strict=True) if count]
        parts.append(torch.from_numpy(counts[tokens > 0]))
        lengths.append(vectors.lengths[np.repeat(tokens > 0, counts)])
        chunks.append(vectors.values.to("cpu", getattr(torch, precision)))
    if not seen:
        raise OpticalError("The corpus has no documents: there is nothing to search.")
    if truncation == "warn":
        warn_of_cuts("document", too_long, limit)
    if silent := len(seen) - len(docnos):
        logger.warning("%d of %d documents have no token that the model knows and are never found", silent, len(seen))
    passages = TokenVectors(_joined(chunks), torch.cat(lengths).cumsum(0))
    return TokenIndex(np.array(docnos, object), passages, torch.cat(parts))


def _groups(corpus: Corpus, verbose: bool) -> Iterator[tuple[list[str], list[str]]]:
    names: list[str] = []
    texts: list[str] = []
    characters = 0
    for docno, text in progress(corpus, desc="Encoding documents", unit="doc", verbose=verbose, total=corpus.count):
        names.append(docno)
        texts.append(text)
        characters += len(text)
        if characters >= _READ:
            yield names, texts
            names, texts, characters = [], [], 0
    if names:
        yield names, texts


def _joined(chunks: deque[Tensor]) -> Tensor:
    """All chunks as one tensor; each is let go when it is copied, so that memory holds the vectors once."""
    joined = chunks[0].new_empty(sum(map(len, chunks)), chunks[0].shape[1])
    position = 0
    while chunks:
        chunk = chunks.popleft()
        joined[position : position + len(chunk)] = chunk
        position += len(chunk)
    return joined

"""Long documents as overlapping passages, cut by the model's own tokens.

Tokens, not white space: a Thai or Khmer document has no spaces to split on.
"""

import numpy as np

from pyterrier_optical.base.locks import TOKENIZING
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.script import normalise

# The share of its tokens that a passage has in common with the next one; not tuned.
OVERLAP = 0.25


def split_passages(
    texts: list[str], sizes: list[int], encoder: TokenEncoder, max_tokens: int | None = None
) -> tuple[list[str], list[int], np.ndarray]:
    """Split the texts that are too long, and leave the others as they are.

    Args:
        texts: documents.
        sizes: their numbers of tokens, as `TokenEncoder.lengths` counts them.
        encoder: its tokenizer cuts.
        max_tokens: as for `TokenEncoder.documents`.

    Returns:
        The passages, their sizes, and (n_texts,) how many passages each text has. Neighbours share a quarter of their
        tokens and start at words where the script shows them; together the passages cover the text.

    Raises:
        OpticalError: the tokenizer cannot tell where its tokens lie in the text.
    """
    limit = encoder.limit("document", max_tokens)
    passages: list[list[str]] = [
        [text] if size <= limit else _split(text, encoder, limit) for text, size in zip(texts, sizes, strict=True)
    ]
    flat = [passage for group in passages for passage in group]
    counted = dict(zip(texts, sizes, strict=True))
    new = [passage for passage in flat if passage not in counted]
    counted.update(zip(new, encoder.lengths(new, "document"), strict=True))
    return flat, [counted[passage] for passage in flat], np.array([len(group) for group in passages])


def _split(text: str, encoder: TokenEncoder, limit: int) -> list[str]:
    tokenizer = encoder.tokenizer("document")
    if not tokenizer.is_fast:
        raise OpticalError(
            f"truncation='passages' needs a fast tokenizer and {type(tokenizer).__name__} is none: use 'warn'."
        )
    text = normalise(text)  # as the encoder reads it
    with TOKENIZING:
        encoding = tokenizer(
            text, add_special_tokens=False, truncation=False, verbose=False, return_offsets_mapping=True
        )
    spans, words = encoding["offset_mapping"], encoding.word_ids(0)
    window = limit - encoder.overhead("document")
    passages = []
    for start, end in _windows(words, window):
        passage = text[spans[start][0] : spans[end - 1][1]]
        # Cut out of its text, a passage may take a few tokens more than it did inside.
        too_long = encoder.lengths([passage], "document")[0] > limit and passage != text
        passages.extend(_split(passage, encoder, limit) if too_long else [passage])
    return passages


def _windows(words: list[int | None], size: int) -> list[tuple[int, int]]:
    """Overlapping ranges of at most ``size`` tokens that cover all; they begin and end at words where words are short.

    Example:
        >>> _windows([0, 1, 2, 3, 3, 4], 4)
        [(0, 3), (2, 6)]
    """
    windows = []
    start = 0
    while True:
        end = min(start + size, len(words))
        if end < len(words):
            end = _word_start(words, end, start + (size + 1) // 2)
        windows.append((start, end))
        if end == len(words):
            return windows
        start = _word_start(words, max(end - int(size * OVERLAP), start + 1), start + 1)


def _word_start(words: list[int | None], position: int, earliest: int) -> int:
    """The last start of a word at or before a token, if it is not before ``earliest``."""
    for candidate in range(position, max(earliest, 1) - 1, -1):
        if words[candidate] != words[candidate - 1]:
            return candidate
    return position

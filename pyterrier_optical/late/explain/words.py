"""The words of a text as a model reads them: sub-words merged again, in every script.

A word is a run of letters, marks and numbers, as in `pyterrier_optical.script.tokenise`. Where a script has no spaces
between words (Thai, Khmer, Chinese), each piece of the model's own vocabulary is one, and pieces that part a grapheme
are merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex
import torch

from pyterrier_optical.base.locks import TOKENIZING
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import runs

_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a text, and the word that each token vector belongs to.

    Attributes:
        text: The text as the model reads it: normalised, with its prompt, not yet cut.
        labels: The words in order; a marker such as ``<s>`` and a token of query expansion is one of its own.
        spans: Where each word lies in ``text``, start and end; start equals end for a marker.
        owner: (n_tokens,) int64, the index of each token's word; one for each of the text's vectors.
    """

    text: str
    labels: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    owner: np.ndarray


def read_words(encoder: TokenEncoder, text: str, task: str, max_tokens: int | None = None) -> Words:
    """The words of a text that a model has token vectors of.

    Args:
        encoder: The model.
        text: The text.
        task: "query" or "document".
        max_tokens: As for `TokenEncoder.queries`.

    Returns:
        One owner for each vector that the encoder gives for the text, in the same order.

    Raises:
        OpticalError: The tokenizer cannot tell where its tokens lie in the text.

    Example:
        >>> read_words(encoder, "maji safi", "query").labels  # doctest: +SKIP
        ('maji', 'safi')
    """
    if not encoder.lengths([text], task)[0]:
        return Words(normalise(text), (), (), np.zeros(0, dtype=int))
    model, tokenizer, limit = encoder.model, encoder.tokenizer(task), encoder.limit(task, max_tokens)
    if not tokenizer.is_fast:
        name = type(tokenizer).__name__
        raise OpticalError(f"{name} cannot tell where its tokens lie in a text: use a model with a fast tokenizer.")
    prompt, text = model.prompts.get(task) or "", normalise(text)
    options = {"text": {"return_offsets_mapping": True}}
    with TOKENIZING:
        features = model.preprocess(
            [text], prompt=prompt or None, task=task, max_length=limit, processing_kwargs=options
        )
    spans = features.pop("offset_mapping")[0].tolist()
    tokens = tokenizer.convert_ids_to_tokens(features["input_ids"][0].tolist())
    counted = _counted(model, features, task)
    pieces = [(token, *span) for token, span, keep in zip(tokens, spans, counted, strict=True) if keep]
    return merged(prompt + text, pieces)


def _counted(model, features: dict, task: str) -> list[bool]:
    """Which tokens of a text have a vector."""
    from sentence_transformers.base.modules import Dense, Normalize, Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
    from sentence_transformers.util import batch_to_device

    modules = list(model.children())
    if all(isinstance(module, (Transformer, Dense, Normalize, MultiVectorMask)) for module in modules):
        # Of these only the mask says so, and it reads the tokens alone: the body need not run.
        for module in modules:
            if isinstance(module, MultiVectorMask):
                features = module(features, task=task)
    else:
        with torch.no_grad():
            features = model(batch_to_device(features, model.device), task=task)
    return features["attention_mask"][0].bool().tolist()


def merged(text: str, pieces: Sequence[tuple[str, int, int]]) -> Words:
    """Merges sub-words.

    Args:
        text: The text.
        pieces: Each token, and where it lies in the text, in order; start equals end for a marker.

    Example:
        >>> words = merged("maji safi", [("<s>", 0, 0), ("▁maji", 0, 4), ("▁sa", 4, 7), ("fi", 7, 9)])
        >>> words.labels, words.owner.tolist()
        (('<s>', 'maji', 'safi'), [0, 1, 2, 2])
    """
    ends = _word_ends(text)
    labels: list[str] = []
    spans: list[tuple[int, int]] = []
    owner: list[int] = []
    reach = 0  # where the last word ends that a piece lay in
    for token, start, end in pieces:
        start, end = _without_space(text, start, end)
        if start == end:
            labels.append(token)
            spans.append((start, end))
        elif start < reach:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
            labels[-1] = text[slice(*spans[-1])]
        else:
            labels.append(text[start:end])
            spans.append((start, end))
        if start < end:
            reach = ends[end - 1]
        owner.append(len(labels) - 1)
    return Words(text, tuple(labels), tuple(spans), np.array(owner, dtype=int))


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the space around it; a mark that a word starts belongs to what comes next."""
    bare = text[start:end].lstrip()
    if not bare and start < end < len(text):
        return end, end + 1
    return end - len(bare), end - len(bare) + len(bare.rstrip())


def _word_ends(text: str) -> list[int]:
    """For each character, where the word ends that it lies in; in a script without spaces, its grapheme."""
    ends = [0] * len(text)
    for grapheme in _GRAPHEME.finditer(text):
        ends[grapheme.start() : grapheme.end()] = [grapheme.end()] * (grapheme.end() - grapheme.start())
    for start, end, spaceless in runs(text):
        if not spaceless:
            ends[start:end] = [max(end, ends[end - 1])] * (end - start)
    return ends

"""Texts to token vectors: each distinct text once, in length-sorted batches of a bounded number of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyterrier as pt
import torch
from torch import Tensor
from torch.nn.functional import normalize

from pyterrier_optical.base.locks import TOKENIZING
from pyterrier_optical.base.progress import progress
from pyterrier_optical.checkpoint.int8 import is_quantised
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.script import normalise


@dataclass
class TokenVectors:
    """The token vectors of some texts, one after the other, without padding.

    Args:
        values: (total_tokens, d) float32, rows of unit length.
        offsets: (n_texts + 1,) int64 on the CPU; text ``i`` owns the rows ``offsets[i]:offsets[i + 1]``.
        weights: (total_tokens,) float32, for queries: what a vector's match counts. None: all count 1.

    Example:
        >>> vectors = TokenVectors(torch.eye(3), torch.tensor([0, 2, 2, 3]))
        >>> len(vectors), vectors.lengths.tolist(), vectors[0].shape
        (3, [2, 0, 1], torch.Size([2, 3]))
    """

    values: Tensor
    offsets: Tensor
    weights: Tensor | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, index: int) -> Tensor:
        """The (n_tokens, d) vectors of one text."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"text {index} of {len(self)}")
        index %= len(self)
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def span(self, first: int, end: int) -> "TokenVectors":
        """The texts from ``first`` up to ``end``, which is left out."""
        rows = slice(int(self.offsets[first]), int(self.offsets[end]))
        weights = None if self.weights is None else self.weights[rows]
        return TokenVectors(self.values[rows], self.offsets[first : end + 1] - self.offsets[first], weights)

    @property
    def lengths(self) -> Tensor:
        """(n_texts,) int64 on the CPU: the number of vectors of each text."""
        return self.offsets.diff()

    @property
    def totals(self) -> Tensor:
        """(n_texts,) on the CPU: the sum of each text's weights; without weights, its number of vectors."""
        if self.weights is None:
            return self.lengths
        owner = torch.repeat_interleave(torch.arange(len(self)), self.lengths)
        return torch.zeros(len(self)).index_add_(0, owner, self.weights.cpu())

    @property
    def dim(self) -> int:
        """The width d of a vector."""
        return self.values.shape[1]


class TokenEncoder:
    """Encodes queries and documents with a late-interaction model.

    Texts are normalised (`pyterrier_optical.script`), and the model's own task settings hold: prompts, query expansion,
    skip lists. Vectors are L2-normalised, kept in float32 on the model's device, and do not depend on what else is in
    the batch (up to rounding, which an int8 model would magnify: there only texts of one length share a batch).

    Args:
        model: a ``sentence_transformers.MultiVectorEncoder``.
        batch_tokens: a batch holds at most so many tokens, padding included, but always one text; None: as many as are
            fast on the model's device.
        batch_texts: a batch holds at most so many texts; None: only the tokens count.
        verbose: as for `pyterrier_optical.base.progress`.

    Example:
        >>> encoder = TokenEncoder(load_encoder())             # doctest: +SKIP
        >>> vectors = encoder.documents(["a tall tree", ""])   # doctest: +SKIP
        >>> vectors.lengths.tolist()                            # doctest: +SKIP
        [5, 0]
    """

    def __init__(
        self, model, *, batch_tokens: int | None = None, batch_texts: int | None = None, verbose: bool = False
    ):
        self.model = model
        # Larger batches gain nothing on a CPU, whose caches they leave; an accelerator wants to be filled.
        self.batch_tokens = batch_tokens or (1024 if model.device.type == "cpu" else 32_768)
        self.batch_texts = batch_texts
        self.verbose = verbose
        self._one_length = is_quantised(model)
        self._overheads: dict[str, int] = {}

    @cached_property
    def dim(self) -> int:
        """The width of the model's token vectors."""
        return self._forward(["a"], "query", None)[0].shape[1]

    def queries(
        self, texts: Sequence[str], max_tokens: int | None = None, *, sizes: Sequence[int] | None = None
    ) -> TokenVectors:
        """Encode texts as queries.

        Args:
            texts: any number of texts, repeats included: each distinct one is encoded once.
            max_tokens: cut each text to so many tokens, special tokens and prompt included; None for the model's limit.
            sizes: what `lengths` says of the texts, when the caller has asked already.

        Returns:
            One entry per text, in order. A text without a single known token has 0 vectors.
        """
        return self._encode(texts, "query", max_tokens, sizes)

    def documents(
        self, texts: Sequence[str], max_tokens: int | None = None, *, sizes: Sequence[int] | None = None
    ) -> TokenVectors:
        """Encode texts as documents; arguments and result as for `queries`."""
        return self._encode(texts, "document", max_tokens, sizes)

    def lengths(self, texts: Sequence[str], task: str) -> list[int]:
        """How many tokens each text would take uncut, with prompt and special tokens.

        Args:
            texts: the texts.
            task: "query" or "document".

        Returns:
            One number per text; 0 for a text without a single known token.
        """
        if not texts:
            return []
        tokenizer, texts = self.tokenizer(task), list(map(normalise, texts))
        with TOKENIZING:
            pieces = tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        # A word-start mark on its own carries no more meaning than an unknown token.
        nothing = {tokenizer.unk_token_id, *tokenizer.convert_tokens_to_ids(["▁", "Ġ"])}
        return [0 if nothing.issuperset(ids) else self.overhead(task) + len(ids) for ids in pieces]

    def overhead(self, task: str) -> int:
        """The number of tokens that the prompt and the special tokens of a task take."""
        if task not in self._overheads:
            prompt = self.model.prompts.get(task) or ""
            with TOKENIZING:
                self._overheads[task] = len(self.tokenizer(task)(prompt)["input_ids"])
        return self._overheads[task]

    def limit(self, task: str, max_tokens: int | None = None) -> int:
        """The number of tokens after which a text is cut, prompt and special tokens included.

        Args:
            task: "query" or "document".
            max_tokens: a limit of the caller's own, or None.

        Raises:
            OpticalError: ``max_tokens`` leaves no room for the text itself, or is more than the model takes.
        """
        body, room = self._body(task), self.room(task)
        if max_tokens and max_tokens > room:
            raise OpticalError(
                f"max_{task}_tokens={max_tokens} is more than the {room} that the model takes: lower it."
            )
        own = body.query_length if task == "query" else body.document_length
        limit = room if self._fixed(task) else min(max_tokens or own or room, room)
        if limit <= self.overhead(task):
            raise OpticalError(
                f"max_{task}_tokens={limit} leaves no room for text: the model's own markers and prompt take "
                f"{self.overhead(task)} tokens."
            )
        return limit

    def room(self, task: str) -> int:
        """The largest limit that a task can have: what the model has positions for."""
        return self._fixed(task) or self._body(task).max_seq_length or 512

    def _fixed(self, task: str) -> int | None:
        """The number of tokens that every query has, where the model fixes it."""
        expansion = self._body(task).query_expansion if task == "query" else None
        return expansion["length"] if expansion and expansion["strategy"] == "fixed" else None

    def tokenizer(self, task: str):
        """The tokenizer of a task's side of the model."""
        return self._body(task).tokenizer

    def _body(self, task: str):
        from sentence_transformers.base.modules import Router

        first = self.model[0]
        if not isinstance(first, Router):
            return first
        return first.sub_modules[first._resolve_route(task=task, modality="text")][0]

    def _encode(self, texts: Sequence[str], task: str, max_tokens: int | None, sizes) -> TokenVectors:
        texts = [normalise(text) for text in texts]
        size_of = dict(zip(texts, self.lengths(texts, task) if sizes is None else sizes, strict=True))
        limit = self.limit(task, max_tokens)
        vectors: dict[str, Tensor | None] = {text: None for text, size in size_of.items() if not size}
        work = sorted((min(size, limit), text) for text, size in size_of.items() if size)
        with progress(total=len(work), desc=f"Encoding {task} texts", verbose=self.verbose) as bar:
            for batch in self._batches(work):
                vectors.update(zip(batch, self._forward(batch, task, limit), strict=True))
                bar.update(len(batch))
        each = [vectors[text] for text in texts]
        rows = [row for row in each if row is not None]
        empty = torch.zeros(0, self.dim, device=self.model.device) if not rows else None
        counts = [0 if row is None else len(row) for row in each]
        offsets = torch.tensor([0, *counts]).cumsum(0)
        return TokenVectors(torch.cat(rows) if rows else empty, offsets)

    def _batches(self, work: list[tuple[int, str]]):
        """Longest first, so that a batch too large for the memory shows at once."""
        batch: list[str] = []
        widest = 0
        for size, text in reversed(work):
            widest = widest or size
            full = (len(batch) + 1) * widest > self.batch_tokens or len(batch) == self.batch_texts
            if batch and (full or (self._one_length and size != widest)):
                yield batch
                batch, widest = [], size
            batch.append(text)
        if batch:
            yield batch

    def _forward(self, batch: list[str], task: str, limit: int | None) -> list[Tensor]:
        from sentence_transformers.util import batch_to_device

        self.model.eval()
        prompt = self.model.prompts.get(task) or None
        with TOKENIZING:
            features = self.model.preprocess(batch, prompt=prompt, task=task, max_length=limit)
        with torch.no_grad():
            output = self.model(batch_to_device(features, self.model.device), task=task)
            return self._vectors(output)

    def _vectors(self, output: dict[str, Tensor]) -> list[Tensor]:
        vectors = normalize(output["token_embeddings"].float(), dim=-1)
        mask = output["attention_mask"].bool()
        return list(vectors[mask].split(mask.sum(1).tolist()))


class SentenceEncoder(TokenEncoder):
    """Encodes each text as a single vector with a ``SentenceTransformer``.

    A text is then a `TokenVectors` entry of one token, and MaxSim of such entries is their cosine. Arguments and
    methods are those of `TokenEncoder`.
    """

    def _vectors(self, output: dict[str, Tensor]) -> list[Tensor]:
        return list(normalize(output["sentence_embedding"].float(), dim=-1).split(1))


def load_encoders(transformer: pt.Transformer, *, verbose: bool = False) -> tuple[TokenEncoder, TokenEncoder]:
    """The encoder of the queries and that of the documents; the same one where they share a model.

    Args:
        transformer: Has ``model``, ``document_model``, ``device``, ``dtype`` and ``batch_size``, as
            `OpticalReranker` explains them.
        verbose: as for `TokenEncoder`.

    Raises:
        OpticalError: as `pyterrier_optical.checkpoint.folder.load_encoder`; the two models' vectors differ in width.
    """
    from pyterrier_optical.checkpoint.shared import shared_encoder

    def load(model) -> TokenEncoder:
        loaded = shared_encoder(model, device=transformer.device, dtype=transformer.dtype)
        return TokenEncoder(loaded, batch_texts=transformer.batch_size, verbose=verbose)

    queries = load(transformer.model)
    if transformer.document_model is None:
        return queries, queries
    documents = load(transformer.document_model)
    if queries.dim != documents.dim:
        raise OpticalError(
            f"The query model's vectors have {queries.dim} numbers and the document model's {documents.dim}: use "
            "two models of one space, such as a student and its teacher."
        )
    return queries, documents

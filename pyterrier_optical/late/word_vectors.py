"""One vector for each word of a text: the model's token vectors, merged to words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import torch
from torch import Tensor
from torch.nn.functional import normalize

from pyterrier_optical.base.locks import TOKENIZING
from pyterrier_optical.base.progress import progress
from pyterrier_optical.checkpoint.int8 import is_quantised
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import runs

# With the markers before and after it.
_TERM_TOKENS = 4


@dataclass
class Word:
    """A word of a text, as the model saw it.

    Attributes:
        text: Its letters, as in the text.
        spaceless: Whether its script has no spaces between words, so that this may be less than a word.
        row: Where its vector is in the array that came with it; None when the model has no token for it.
    """

    text: str
    spaceless: bool
    row: int | None


class WordEncoder:
    """Words and their vectors, by a late-interaction model.

    A word's vector is the normalised mean of the vectors of its tokens. In scripts without spaces each token is a word:
    the model's pieces are the only segmentation at hand. Prompts, markers, expansion and unknown tokens belong to no
    word.

    Args:
        model: A ``sentence_transformers.MultiVectorEncoder`` with a fast tokenizer.
        batch_size: Texts encoded at once.
        verbose: As for `pyterrier_optical.base.progress`.

    Raises:
        OpticalError: The model's tokenizer cannot tell where in a text its tokens are.
    """

    def __init__(self, model, batch_size: int = 64, verbose: bool = False):
        if not getattr(model.tokenizer, "is_fast", False):
            raise OpticalError(
                f"The tokenizer {type(model.tokenizer).__name__} does not tell where its tokens are: use a model with "
                "a fast tokenizer (tokenizer.json)."
            )
        self.model = model
        self.batch_size = batch_size
        self.verbose = verbose
        # Unknown tokens, and the mark of a word's beginning where it stands alone (and claims the next letter's place).
        tokenizer = model.tokenizer
        ids = [tokenizer.unk_token_id, *tokenizer.convert_tokens_to_ids(["▁", "Ġ"])]
        self._meaningless = torch.tensor([i for i in ids if i is not None])

    def words(self, texts: Sequence[str], task: str = "query") -> tuple[list[list[Word]], Tensor]:
        """Splits texts into words and encodes them in context.

        Args:
            texts: The texts; a text longer than the model takes keeps its words, the last ones without vectors.
            task: "query" or "document", for the model's prompt.

        Returns:
            The words of each text in order, and (n, d) float32 vectors of unit length on the CPU.
        """
        texts = [normalise(text) for text in texts]
        found: list[list[Word]] = [[] for _ in texts]
        vectors: list[Tensor] = []
        rows = 0
        for batch in self._batches(texts, task, "Encoding words", self.batch_size):
            for index, (tokens, spans) in zip(batch, self._tokens([texts[i] for i in batch], task), strict=True):
                owners, found[index] = _words(texts[index], spans, rows)
                merged = _merge(tokens, owners)
                vectors.append(merged)
                rows += len(merged)
        return found, torch.cat(vectors) if vectors else torch.zeros(0, self._dim)

    def alone(self, terms: Sequence[str]) -> Tensor:
        """Encodes each term as a text of its own.

        Args:
            terms: Index terms.

        Returns:
            (n, d) float32 vectors of unit length on the CPU; zeros for a term without a known token.
        """
        vectors = torch.zeros(len(terms), self._dim)
        # A batch of so many texts would be a small one where each is a word.
        size = max(self.batch_size, TokenEncoder(self.model).batch_tokens // _TERM_TOKENS)
        for batch in self._batches(terms, "document", "Encoding index terms", size):
            tokens, known, _ = self._encoded([terms[i] for i in batch], "document")
            vectors[batch] = normalize((tokens * known[..., None]).sum(1), dim=-1)
        return vectors

    @cached_property
    def _dim(self) -> int:
        with TOKENIZING:
            return self.model.encode_query("a").shape[1]

    def _batches(self, texts: Sequence[str], task: str, desc: str, batch_size: int) -> Iterator[list[int]]:
        """Indices of the texts with something in them, by length; one length alone where no text is to be padded."""
        sizes = TokenEncoder(self.model).lengths(texts, task)
        order = sorted((i for i, text in enumerate(texts) if text.strip()), key=sizes.__getitem__)
        one_length = is_quantised(self.model)
        groups = [list(group) for _, group in groupby(order, key=lambda i: sizes[i] if one_length else 0)]
        with progress(total=len(order), desc=desc, unit="text", verbose=self.verbose) as bar:
            for group in groups:
                for start in range(0, len(group), batch_size):
                    batch = group[start : start + batch_size]
                    yield batch
                    bar.update(len(batch))

    def _tokens(self, texts: list[str], task: str) -> Iterator[tuple[Tensor, list[tuple[int, int]]]]:
        """The (n, d) vectors and the character spans of the known tokens of each text."""
        vectors, known, spans = self._encoded(texts, task)
        for row in range(len(texts)):
            # A copy: rows of an inference tensor keep the whole batch alive.
            yield vectors[row][known[row]].clone(), [tuple(span) for span in spans[row][known[row]].tolist()]

    def _encoded(self, texts: list[str], task: str) -> tuple[Tensor, Tensor, Tensor]:
        """Vectors (n, t, d), which of them are of a known token of the text (n, t), and character spans (n, t, 2)."""
        from sentence_transformers.util import batch_to_device

        self.model.eval()
        prompt = self.model.prompts.get(task) or ""
        options = {"text": {"return_offsets_mapping": True}}
        with TOKENIZING:
            features = self.model.preprocess(texts, prompt=prompt or None, task=task, processing_kwargs=options)
        spans = features.pop("offset_mapping") - len(prompt)
        known = (spans[..., 1] > spans[..., 0]) & (spans[..., 0] >= 0)
        known &= ~torch.isin(features["input_ids"], self._meaningless)
        with torch.inference_mode():
            vectors = self.model(batch_to_device(features, self.model.device), task=task)["token_embeddings"]
        return normalize(vectors.float(), dim=-1).cpu(), known, spans


def _words(text: str, spans: list[tuple[int, int]], first_row: int) -> tuple[list[int], list[Word]]:
    """For each token the number of its word's vector in this text (-1: none), and the words with their rows."""
    stretches = list(runs(text))
    run_at = [-1] * len(text)
    for number, (start, end, _) in enumerate(stretches):
        run_at[start:end] = [number] * (end - start)
    tokens_of: list[list[int]] = [[] for _ in stretches]
    for token, (_, end) in enumerate(spans):
        # By its last character: SentencePiece counts the space before a word to the word's first piece.
        if run_at[end - 1] >= 0:
            tokens_of[run_at[end - 1]].append(token)
    owners, words, rows = [-1] * len(spans), [], 0
    for (start, end, spaceless), tokens in zip(stretches, tokens_of, strict=True):
        if not tokens:
            words.append(Word(text[start:end], spaceless, None))
        for group in [[token] for token in tokens] if spaceless else [tokens] * bool(tokens):
            if spaceless:
                start, end = max(spans[group[0]][0], start), spans[group[0]][1]
            for token in group:
                owners[token] = rows
            words.append(Word(text[start:end], spaceless, first_row + rows))
            rows += 1
    return owners, words


def _merge(tokens: Tensor, owners: list[int]) -> Tensor:
    """Normalised mean of the vectors with the same owner."""
    index = torch.tensor(owners, dtype=torch.long)
    kept = index >= 0
    sums = torch.zeros(int(index.max()) + 1 if len(index) else 0, tokens.shape[1])
    return normalize(sums.index_add_(0, index[kept], tokens[kept]), dim=-1)

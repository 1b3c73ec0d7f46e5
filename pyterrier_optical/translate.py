"""OpticalTranslator: a query in any language becomes weighted terms of the index, so that BM25 can find documents."""

import hashlib
import inspect
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyterrier as pt
from pyterrier._ops import Compose

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.first_stage import BM25Retriever
from pyterrier_optical.tokenise import fold, words

if TYPE_CHECKING:
    from pyterrier_optical.nearest_terms import NearestTerms
    from pyterrier_optical.word_vectors import WordEncoder

DOCUMENTATION = "https://pyterrier.readthedocs.io/en/latest/ext/pyterrier-optical/index.html"


class OpticalTranslator(pt.Transformer):
    """Adds ``query_toks``, the terms of an index that say what the query says; ``query`` stays for the reranker.

    A word of the query that is a term of the index passes through with weight 1: names and numbers need no translation.
    Every other word spreads a weight of 1 over the index terms nearest to it in the model's space: with s the cosine of
    the word's vector in the context of the query and of the term's vector alone, the ``num_terms`` terms of highest s
    above ``threshold`` are weighted by softmax(s / ``temperature``). A term in more than a share ``max_df`` of the
    documents is no translation of anything: it tells nothing apart.

    Args:
        terms: What to translate to: a BM25 retriever of this package, a dict of terms and document frequencies, or a
            list of terms. None: the terms of the retriever that follows in the pipeline (``OpticalTranslator() >>
            retriever``); without one, the words of ASCII letters in the model's vocabulary (the English teacher's
            part of it, in a checkpoint of this package).
        model: A checkpoint as for :class:`OpticalReranker`; None: the shipped model.
        num_terms: Most terms for one word.
        threshold: Least cosine of a term.
        temperature: Sharpness of the weights; towards 0 all weight goes to the nearest term.
        max_df: Largest share of the documents that a translation may be in.
        max_terms: Most terms that may be translations; the most frequent ones are taken.
        batch_size: Texts encoded at once.
        device: Torch device; None: an accelerator where there is one.
        dtype: Precision of the model.
        verbose: Show a progress bar, and add the column ``query_terms``, what :meth:`translate` says of each query.

    Raises:
        OpticalError: An option out of its range.

    Example:
        >>> retriever = bm25(pt.get_dataset("optical:sample/sw"))           # doctest: +SKIP
        >>> pipeline = OpticalTranslator() >> retriever % 100                # doctest: +SKIP
        >>> OpticalTranslator(retriever).translate(["bei ya mahindi"])       # doctest: +SKIP
        [[('bei', {'price': 0.83, 'cost': 0.17}), ('ya', {}), ('mahindi', {'maize': 1.0})]]
    """

    def __init__(
        self,
        terms: BM25Retriever | Mapping[str, int] | Iterable[str] | None = None,
        model=None,
        *,
        num_terms: int = 10,
        threshold: float = 0.4,
        temperature: float = 0.1,
        max_df: float = 0.2,
        max_terms: int = 50_000,
        batch_size: int = 64,
        device: str | None = None,
        dtype: str | None = None,
        verbose: bool = False,
    ):
        if num_terms < 1 or max_terms < 1 or batch_size < 1:
            raise OpticalError("num_terms, max_terms and batch_size must be at least 1.")
        if temperature <= 0 or not 0 < max_df <= 1:
            raise OpticalError(f"temperature={temperature} must be above 0, and max_df={max_df} between 0 and 1.")
        self.terms = terms if terms is None or isinstance(terms, BM25Retriever | Mapping) else list(terms)
        self.model = model
        self.num_terms = num_terms
        self.threshold = threshold
        self.temperature = temperature
        self.max_df = max_df
        self.max_terms = max_terms
        self.batch_size = batch_size
        self.device = device
        self.dtype = dtype
        self.verbose = verbose

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Adds the translated query.

        Args:
            inp: A frame with ``query``.

        Returns:
            ``inp`` with ``query_toks``, a dict of index terms and weights for each row (empty for an empty query), and
            when ``verbose`` with ``query_terms``.

        Raises:
            pt.validate.InputValidationError: There is no column ``query``.
            OpticalError: The model cannot be loaded.
        """
        pt.validate.columns(inp, includes=["query"], context=self)
        texts = [query if isinstance(query, str) else "" for query in inp["query"]]
        distinct = list(dict.fromkeys(texts))
        translated = dict(zip(distinct, self.translate(distinct), strict=True))
        columns = {"query_toks": [_bag(translated[text]) for text in texts]}
        if self.verbose:
            columns["query_terms"] = [translated[text] for text in texts]
        return inp.assign(**{name: pd.Series(values, inp.index, object) for name, values in columns.items()})

    def translate(self, texts: Iterable[str]) -> list[list[tuple[str, dict[str, float]]]]:
        """Translates texts word by word.

        Args:
            texts: Queries.

        Returns:
            For each text its words in order, each with the weighted terms that stand for it: itself with weight 1,
            terms whose weights add up to 1, or none. In scripts without spaces a word is a piece of the model's
            tokenizer.
        """
        texts = list(texts)
        if not any(text.strip() for text in texts):
            return [[] for _ in texts]
        found, vectors = self._encoder.words(texts)
        plans = [self._plan(in_text) for in_text in found]
        rows = [step for plan in plans for _, step in plan if isinstance(step, int)]
        spread = dict(zip(rows, map(self._spread, self._table.search(vectors[rows], self.num_terms)), strict=True))
        return [[(word, spread[step] if isinstance(step, int) else step) for word, step in plan] for plan in plans]

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": "OpticalTranslator", "help_url": DOCUMENTATION}

    def __rshift__(self, right) -> pt.Transformer:
        """``self >> right``; a translator without terms takes those of the retriever that comes next."""
        follower = right
        while isinstance(follower, Compose):
            follower = follower[0]
        if self.terms is None and isinstance(follower, BM25Retriever):
            return pt.inspect.transformer_apply_attributes(self, terms=follower) >> right
        return super().__rshift__(right)

    @cached_property
    def _encoder(self) -> "WordEncoder":
        from pyterrier_optical.checkpoints import load_encoder
        from pyterrier_optical.word_vectors import WordEncoder

        model = load_encoder(self.model, device=self.device, dtype=self.dtype)
        return WordEncoder(model, self.batch_size, self.verbose)

    @cached_property
    def _frequencies(self) -> Mapping[str, int]:
        """All terms, with their document frequencies or 0 where these are not known."""
        if isinstance(self.terms, BM25Retriever):
            return self.terms.terms()
        if isinstance(self.terms, Mapping):
            return self.terms
        if self.terms is not None:
            return dict.fromkeys(self.terms, 0)
        return dict.fromkeys(vocabulary_words(self._encoder.model.tokenizer, self._teacher_rows()), 0)

    @cached_property
    def _table(self) -> "NearestTerms":
        from pyterrier_optical.nearest_terms import nearest_terms

        is_retriever = isinstance(self.terms, BM25Retriever)
        num_docs = self.terms.num_docs if is_retriever else max(self._frequencies.values(), default=0)
        # In a handful of documents every term is in more than such a share of them.
        most = max(self.max_df * num_docs, 1)
        candidates = [term for term, frequency in self._frequencies.items() if frequency <= most]
        if not candidates:
            raise OpticalError("There are no terms to translate to: give an index with documents, or raise max_df.")
        candidates.sort(key=lambda term: -self._frequencies[term])
        folder = Path(self.terms.index_path) if is_retriever else None
        return nearest_terms(self._encoder, candidates[: self.max_terms], folder)

    def _teacher_rows(self) -> int | None:
        """How many of the first pieces are the English teacher's, where the checkpoint says so."""
        from pyterrier_optical.checkpoints import SHIPPED_MODEL, find_checkpoint, read_checkpoint_info

        if self.model is not None and not isinstance(self.model, str | os.PathLike):
            return None
        info = read_checkpoint_info(find_checkpoint(SHIPPED_MODEL if self.model is None else self.model))
        return (info or {}).get("teacher_rows")

    def _plan(self, in_text: list) -> list[tuple[str, "dict[str, float] | int"]]:
        """The words of one text, each with its terms, or with the row of the vector to find them by."""
        lang = self.terms.info.lang if isinstance(self.terms, BM25Retriever) else None
        plan: list[tuple[str, dict[str, float] | int]] = []
        for word in in_text:
            terms = words(word.text, lang)
            known = [term for term in terms if term in self._frequencies]
            if word.row is None or (terms and known == terms):
                plan.append((word.text, {term: float(count) for term, count in Counter(known).items()}))
            else:
                plan.append((word.text, word.row))
        return plan

    def _spread(self, nearest: list[tuple[str, float]]) -> dict[str, float]:
        """Weights that add up to 1 for terms with their cosines, best first."""
        best = nearest[0][1]
        weights = {
            term: math.exp((cosine - best) / self.temperature) for term, cosine in nearest if cosine > self.threshold
        }
        total = sum(weights.values())
        return {term: weight / total for term, weight in weights.items()}

    def _identity(self) -> tuple:
        names = list(inspect.signature(type(self).__init__).parameters)[1:]
        values = {name: getattr(self, name) for name in names}
        if not isinstance(self.terms, BM25Retriever | None):
            values["terms"] = _digest(self.terms)
        if isinstance(self.model, os.PathLike):
            values["model"] = str(self.model)
        return tuple(values.items())

    def __repr__(self) -> str:
        default = inspect.signature(type(self).__init__).parameters
        changed = [(name, value) for name, value in self._identity() if value != default[name].default]
        return f"OpticalTranslator({', '.join(f'{name}={_short(value)}' for name, value in changed)})"

    def __eq__(self, other) -> bool:
        return self._identity() == other._identity() if isinstance(other, OpticalTranslator) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity())

    def __getstate__(self) -> dict:
        """Without what a worker process must load for itself."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_encoder", "_table")}


def vocabulary_words(tokenizer, rows: int | None = None) -> list[str]:
    """The whole words of ASCII letters in a model's vocabulary.

    Args:
        tokenizer: A Hugging Face tokenizer.
        rows: How many pieces to look at, by their ids; None: all.

    Returns:
        Words of two letters or more in the order of their ids, folded, without repetitions.
    """
    marks = "▁Ġ"
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])[:rows]
    marked = any(piece[0] in marks for piece, _ in pieces if len(piece) > 1)
    whole = (piece[1:] if marked else piece for piece, _ in pieces if not marked or piece[:1] in marks)
    return list(dict.fromkeys(fold(word) for word in whole if len(word) > 1 and word.isascii() and word.isalpha()))


def _short(value) -> str:
    return (
        repr(value)
        if isinstance(value, str | int | float | BM25Retriever)
        else f"<{type(value).__name__} {id(value):#x}>"
    )


def _bag(plan: list[tuple[str, dict[str, float]]]) -> dict[str, float]:
    bag: dict[str, float] = {}
    for _, terms in plan:
        for term, weight in terms.items():
            bag[term] = bag.get(term, 0.0) + weight
    return bag


def _digest(terms) -> str:
    listed = sorted(terms.items()) if isinstance(terms, Mapping) else list(terms)
    return hashlib.blake2b(repr(listed).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

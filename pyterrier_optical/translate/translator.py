"""OpticalTranslator: a query in any language becomes weighted terms of the index, so that BM25 can find documents."""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyterrier as pt
from pyterrier._ops import Compose

from pyterrier_optical.base.identity import MadeOfArguments
from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.frames.checks import checked_queries, several, texts_of
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.lexicon.table import Lexicon, load_lexicon
from pyterrier_optical.lexicon.words.gloss import gloss_text
from pyterrier_optical.lexicon.words.index_terms import IndexTerms, digest, vocabulary_words
from pyterrier_optical.lexicon.words.weighting import WordTerms, bag
from pyterrier_optical.lexicon.words.word_terms import Plan, WordTranslator
from pyterrier_optical.query.gloss import GLOSS
from pyterrier_optical.script import normalise
from pyterrier_optical.translate.terms import Terms, is_index, read_terms

if TYPE_CHECKING:
    from pyterrier_optical.late.word_vectors import WordEncoder
    from pyterrier_optical.translate.nearest_words import NearestWords

logger = logging.getLogger("pyterrier_optical")

METHODS = ("mixture", "nearest", "lexicon")


@dataclass(eq=False, repr=False)
class OpticalTranslator(MadeOfArguments, GuardedMixing):
    """Adds ``query_toks``, weighted terms of an index that translate the query; ``query`` stays.

    A second column, ``query_gloss``, is a text that `OpticalReranker` and `OpticalRetriever` read beside the query:
    each word that passes through, and else the likeliest term of the lexicon, if its probability is .2 or more.

    A word of the query that is a term of the index passes through with weight 1: names and numbers need no translation.
    But a word that its language has for itself, in bitext that does not translate it by that term, is translated: Hausa
    'da' is 'and'. A term inside a prefixed or inflected name passes as well ('uJohn', 'Nepali'), and a name that the
    lexicon does not know stands for the terms that it may be a spelling of ('Bosiniya', 'แคลิฟอร์เนีย'). Every other word
    spreads a weight of 1 over terms of the index, found in two ways:

    - *nearest terms*: with s the cosine of the word's vector in the context of the query and of the term's vector
      alone, the ``num_terms`` terms of highest s above ``threshold`` are weighted by softmax(s / ``temperature``);
    - *lexicon*: P(term | word), learnt from bitext (:class:`Lexicon`), of the languages that the words of the query
      are likely of; for a rare word, that of the words with its stem as well.

    Each way gives half of the weight; a word that one of them knows nothing about is left to the other. In scripts
    without spaces the two ways cut the text differently, and each way's words have half the weight; if at least half of
    a query's n-grams are terms, the documents are in such a script themselves and these n-grams pass through instead. A
    term in more than a share ``max_df`` of the documents is left out. The weight that the lexicon gives it is lost, so
    that a word that means 'of' adds nothing. A gloss may have such terms.

    Args:
        terms: What to translate to: a BM25 retriever of this package; a ``pt.terrier.Retriever``, an index of Terrier,
            an ``IndexRef``, or a retriever or an index of PISA, stemmed or not; a dict of terms and document
            frequencies, or a list of terms. For an index of stems, ``query_toks`` has whole words, which its retriever
            stems as it does those of any query. None: the terms of the retriever that follows in the pipeline
            (``OpticalTranslator() >> retriever``); without one, the words of ASCII letters in the model's vocabulary.
        model: A checkpoint as for :class:`OpticalReranker`; None: the shipped model.
        method: "mixture", or one way alone: "nearest" or "lexicon" (which needs no model).
        lexicon: A :class:`Lexicon` or the path of one; None: the lexicon inside the package.
        lang: Code of the queries' language, for the lexicon; None: guessed from each query's words.
        num_terms: Most nearest terms for one word. This default and those of the next four were chosen with the first
            stage on AfriQA dev; no table of other values is kept.
        threshold: Least cosine of a nearest term.
        temperature: Sharpness of the weights of nearest terms; towards 0 all weight goes to the nearest.
        lexicon_share: The lexicon's share of a word's weight in the mixture.
        max_df: Largest share of the documents that a translation may be in.
        max_terms: Most terms that may be nearest terms; the most frequent ones are taken. They are encoded once, which
            a core does at some 400 a second. On AfriQA dev, the 10,000 most frequent of 17,834 do as well as all.
        gloss: Add ``query_gloss``; False: leave that column as it is.
        batch_size: Texts encoded at once.
        device: Torch device; None: an accelerator where there is one.
        dtype: Precision of the model, as for :class:`OpticalReranker`.
        verbose: Show progress bars at once, not only after two seconds of work, and add the column
            ``query_terms``, what :meth:`translate` says of each query.

    Raises:
        OpticalError: An option out of its range.

    Example:
        >>> retriever = bm25(pt.get_dataset("optical:sample/sw"))           # doctest: +SKIP
        >>> pipeline = OpticalTranslator() >> retriever % 100                # doctest: +SKIP
        >>> OpticalTranslator(retriever).translate(["shule"])                # doctest: +SKIP
        [[('shule', {'school': 0.55, 'schools': 0.432, 'children': 0.003, ...})]]
    """

    terms: Terms | None = None
    model: Any = None
    _: KW_ONLY
    method: str = "mixture"
    lexicon: Lexicon | str | os.PathLike | None = None
    lang: str | None = None
    num_terms: int = 20
    threshold: float = 0.3
    temperature: float = 0.1
    lexicon_share: float = 0.5
    max_df: float = 0.2
    max_terms: int = 20_000
    gloss: bool = True
    batch_size: int = 64
    device: str | None = None
    dtype: str | None = None
    verbose: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise OpticalError(f"Unknown method {self.method!r}: choose {', '.join(METHODS)}.")
        if self.num_terms < 1 or self.max_terms < 1 or self.batch_size < 1:
            raise OpticalError("num_terms, max_terms and batch_size must be at least 1.")
        if self.temperature <= 0 or not 0 < self.max_df <= 1 or not 0 <= self.lexicon_share <= 1:
            raise OpticalError(
                f"temperature={self.temperature} must be above 0, max_df={self.max_df} above 0 and at most 1, and "
                f"lexicon_share={self.lexicon_share} between 0 and 1."
            )
        if isinstance(self.terms, str):
            raise OpticalError(
                f"terms={self.terms!r} is a text: give a retriever, a dict or a list, or model={self.terms!r}."
            )
        if self.terms is not None and not isinstance(self.terms, Mapping) and not is_index(self.terms):
            self.terms = list(self.terms)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Adds the translated query.

        Args:
            inp: A frame with ``query``.

        Returns:
            ``inp`` with ``query_toks``, a dict of index terms and weights for each row (empty for an empty query); with
            ``query_gloss``, a text for each row (empty where the lexicon says nothing that the query does not), unless
            ``gloss`` is False or ``method`` is "nearest"; and with ``query_terms`` when ``verbose``.

        Raises:
            pt.validate.InputValidationError: There is no column ``query``.
            OpticalError: A row has no ``qid``, a ``qid`` has two queries, a query is no text, or two columns have one
                name; the model or the lexicon cannot be loaded.
        """
        inp = checked_queries(inp)
        pt.validate.columns(inp, includes=["query"], context=self)
        if self.terms is None and len(inp):
            logger.warning(
                "OpticalTranslator has no index and translates to the words of its model: give it a retriever, or put "
                "(OpticalTranslator() >> retriever) in brackets."
            )
        texts = texts_of(inp["query"]).tolist()
        distinct = list(dict.fromkeys(texts))
        translated = dict(zip(distinct, self.translate(distinct), strict=True))
        columns: dict[str, list] = {"query_toks": [self._toks(translated[text]) for text in texts]}
        if self.gloss:
            # A gloss of an earlier translator would go with the new terms.
            inp = inp.drop(columns=GLOSS, errors="ignore")
            if self.method != "nearest":
                glosses = dict(zip(distinct, self.glosses(distinct), strict=True))
                columns[GLOSS] = [glosses[text] for text in texts]
        if self.verbose:
            columns["query_terms"] = [translated[text] for text in texts]
        return inp.assign(**{name: pd.Series(values, inp.index, object) for name, values in columns.items()})

    def translate(self, texts: Iterable[str]) -> list[Plan]:
        """Translates texts word by word.

        Args:
            texts: Queries, several; one text by itself is refused, and what is no text is an empty one.

        Returns:
            For each text its words in order, each with the weighted terms that stand for it: itself with weight 1,
            terms whose weights add up to at most 1, or none. Where a script has no spaces, the pieces of the model's
            tokenizer come first and the lexicon's words after them, and the weights of each way add up to its share at
            most; n-grams that pass through come after all other words.
        """
        texts = _cleaned(texts)
        if not any(texts):
            return [[] for _ in texts]
        with LOADING:
            words = self._words
        return words.translate(texts)

    def glosses(self, texts: Iterable[str]) -> list[str]:
        """Says texts in the language of the index, word by word.

        Args:
            texts: Queries, several; one text by itself is refused.

        Returns:
            For each text its words in order: those that pass through, and the likeliest term of each of the others to
            which the lexicon gives any a probability of .2 or more, no term twice in a row. Empty where all of these
            stand in the query already, as in one in the language of the index.
        """
        texts = _cleaned(texts)
        if not any(texts):
            return [""] * len(texts)
        with LOADING:
            by_lexicon = self._by_lexicon
        return [gloss_text(plan, self._index.lang) for plan in by_lexicon.translate(texts)]

    def __rshift__(self, right) -> pt.Transformer:
        """``self >> right``; a translator without terms takes those of the retriever that comes next."""
        follower = right
        while isinstance(follower, Compose):
            follower = follower[0]
        if self.terms is None and is_index(follower):
            return pt.inspect.transformer_apply_attributes(self, terms=follower) >> right
        return super().__rshift__(right)

    @cached_property
    def _encoder(self) -> "WordEncoder":
        from pyterrier_optical.checkpoint.shared import shared_encoder
        from pyterrier_optical.late.word_vectors import WordEncoder

        model = shared_encoder(self.model, device=self.device, dtype=self.dtype)
        return WordEncoder(model, self.batch_size, self.verbose)

    @cached_property
    def _index(self) -> IndexTerms:
        if self.terms is None:
            return IndexTerms.of(vocabulary_words(self._encoder.model.tokenizer))
        return read_terms(self.terms, self._english_words)

    def _english_words(self) -> list[str]:
        said = [] if self.method == "nearest" else load_lexicon(self.lexicon).terms
        known = [] if self.method == "lexicon" else vocabulary_words(self._encoder.model.tokenizer)
        return list(dict.fromkeys([*said, *known]))

    @cached_property
    def _translating(self) -> frozenset[str]:
        return self._index.translating(self.max_df)

    @cached_property
    def _words(self) -> WordTranslator:
        if self.method == "lexicon":
            return self._lexical
        return self._lexical.with_nearest(self._nearest, self.lexicon_share)

    @cached_property
    def _by_lexicon(self) -> WordTranslator:
        # A gloss is a text, in which frequent words are of use.
        return self._lexical.with_terms(frozenset(self._index.frequencies))

    @cached_property
    def _lexical(self) -> WordTranslator:
        lexicon = None if self.method == "nearest" else load_lexicon(self.lexicon)
        if lexicon and self.lang is not None and self.lang not in lexicon.languages:
            raise OpticalError(
                f"The lexicon has no language {self.lang!r}: choose one of {', '.join(lexicon.languages)}, or None to "
                "let each query's words say."
            )
        return WordTranslator(self._index, self._translating, None, lexicon, lang=self.lang)

    @cached_property
    def _nearest(self) -> "NearestWords":
        from pyterrier_optical.translate.nearest_terms import nearest_terms
        from pyterrier_optical.translate.nearest_words import NearestWords

        frequencies = self._index.frequencies
        candidates = sorted(
            (term for term in frequencies if term in self._translating), key=lambda term: -frequencies[term]
        )
        table = nearest_terms(self._encoder, candidates[: self.max_terms], self._index.folder)
        return NearestWords(self._encoder, table, self.num_terms, self.threshold, self.temperature)

    def _toks(self, plan: Plan) -> WordTerms:
        return self._index.merged(bag([terms for _, terms in plan]))

    def _arguments(self) -> dict:
        if self.terms is None or is_index(self.terms):
            return super()._arguments()
        return {**super()._arguments(), "terms": digest(self.terms)}


def _cleaned(texts: Iterable[str]) -> list[str]:
    return [normalise(text).strip() if isinstance(text, str) else "" for text in several(texts)]

"""MTQueryTranslator: a translation model before an English pipeline, as a PyTerrier transformer."""

import os
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import MadeOfArguments
from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.checkpoint.content_hash import content_hash
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import checked_queries, several, texts_of
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.mt.cache import TranslationCache
from pyterrier_optical.mt.rewriting import rewritten


@dataclass(eq=False, repr=False)
class MTQueryTranslator(MadeOfArguments, GuardedMixing):
    """Rewrites each query to its translation by a sequence-to-sequence model.

    Translate, then rank: the baseline of cross-lingual retrieval wherever there is a translation model. Each distinct
    query is translated once, by beam search; the same query has the same translation in any batch. The query it
    replaces is kept in ``query_0``.

    Three families are known, by the model's own configuration: Marian / OPUS-MT (Tiedemann and Thottingal 2020; the
    direction is the model's, and multilingual ones are told the target by ``>>code<<``), NLLB-200 (NLLB Team 2022) and
    M2M-100 (Fan et al. 2021). The last two must be told the source language. Codes are those of the model
    ("swh_Latn", "swa") or ISO 639-1 ones ("sw").

    Args:
        model: a hub id or a local folder; safetensors only. It is loaded once, when a query has to be translated.
        source_lang: the language of the queries; None where the model says it.
        target_lang: the language of the translations.
        revision: a branch, tag, commit or pull request (``refs/pr/1``) of a hub model; None for its main one.
        batch_size: queries in a batch.
        num_beams: beams of the search; 1 is greedy search.
        max_length: most tokens of a query, which is cut with a warning, and of a translation.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; None is float32 on the CPU, the stored precision elsewhere.
        cache: a folder that keeps translations beyond this process; None keeps them in memory, as long as this
            transformer lives. What it keeps counts for the same model (a folder by its name and content, a hub
            id by its name and ``revision``), languages, ``num_beams``, ``max_length`` and ``dtype`` only.
        verbose: show progress bars at once; otherwise one appears for work that takes over two seconds.

    Raises:
        OpticalError: an argument is out of its range; when translating, see `pyterrier_optical.mt.checkpoint.load`.

    Example:
        >>> translator = MTQueryTranslator("Helsinki-NLP/opus-mt-sw-en")
        >>> english = translator.translate(["bei ya mahindi sokoni"])           # doctest: +SKIP
        >>> nllb = MTQueryTranslator("facebook/nllb-200-distilled-600M", source_lang="sw", cache="translations")
        >>> pipeline = nllb >> bm25 % 100 >> text >> OpticalReranker(teacher)   # doctest: +SKIP
    """

    model: str | os.PathLike
    _: KW_ONLY
    source_lang: str | None = None
    target_lang: str = "en"
    revision: str | None = None
    batch_size: int = 32
    num_beams: int = 4
    max_length: int = 200
    device: str | None = None
    dtype: str | None = None
    cache: str | os.PathLike | None = None
    verbose: bool = False

    def __post_init__(self) -> None:
        self._check_arguments()

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Rewrites the queries.

        Args:
            inp: a frame with ``qid`` and ``query``; one row for each query, or results.

        Returns:
            ``inp`` with the translation as ``query`` and the query it replaces as ``query_0`` (see
            `pyterrier_optical.mt.rewriting.rewritten`). A missing query, and one of white space, becomes the empty
            query.

        Raises:
            pt.validate.InputValidationError: a column is missing.
            OpticalError: a row has no ``qid``, a ``qid`` has two queries, a query is no text, or two columns have one
                name; the model cannot be loaded, or knows no such language; the cache cannot be written.
        """
        inp = checked_queries(inp)
        pt.validate.columns(inp, includes=["qid", "query"], context=self)
        return rewritten(inp, self.translate(texts_of(inp["query"])))

    def translate(self, texts: Iterable[str]) -> list[str]:
        """Translates texts.

        Args:
            texts: queries; what is no text counts as the empty one.

        Returns:
            The translation of each; of an empty text, the empty text.

        Raises:
            OpticalError: ``texts`` is one text; as for :meth:`transform`.
        """
        # White space at the ends, and a lone half of a surrogate pair, mean nothing and upset tokenizers.
        texts = [
            text.encode("utf-8", "ignore").decode().strip() if isinstance(text, str) else "" for text in several(texts)
        ]
        distinct = [text for text in dict.fromkeys(texts) if text]
        if not distinct:
            return texts
        # One thread at a time: a second one would load the model, and translate the same queries, again.
        with LOADING:
            known = self._known.translations
            if new := [text for text in distinct if text not in known]:
                for batch in self._loaded.translate(
                    new,
                    batch_size=self.batch_size,
                    num_beams=self.num_beams,
                    max_length=self.max_length,
                    verbose=self.verbose,
                ):
                    self._known.add(batch)
        return [known[text] if text else "" for text in texts]

    @cached_property
    def _loaded(self):
        from pyterrier_optical.mt.checkpoint import load

        return load(
            self.model,
            revision=self.revision,
            source=self.source_lang,
            target=self.target_lang,
            device=self.device,
            dtype=self.dtype,
        )

    @cached_property
    def _known(self) -> TranslationCache:
        folder = Path(self.model).expanduser()
        # A folder's content is worth reading only for translations that outlive it.
        content = content_hash(folder) if self.cache is not None and folder.is_dir() else None
        settings = {
            "name": folder.name if content else str(self.model),
            "content": content,
            "revision": self.revision,
            "source": self.source_lang,
            "target": self.target_lang,
            "num_beams": self.num_beams,
            "max_length": self.max_length,
            "dtype": self.dtype,
        }
        return TranslationCache(self.cache, settings)

    def _check_arguments(self) -> None:
        from pyterrier_optical.checkpoint.placement import check_dtype

        check_dtype(self.dtype, int8=False)
        if not isinstance(self.model, (str, os.PathLike)):
            raise OpticalError(
                f"A model of type {type(self.model).__name__} cannot be used: give a folder or a hub id."
            )
        for name in ("batch_size", "num_beams", "max_length"):
            value = getattr(self, name)
            if not (isinstance(value, int) and value > 0):
                raise OpticalError(f"{name} is {shown(value)}: give a positive whole number.")
        for name in ("source_lang", "target_lang"):
            value = getattr(self, name)
            if not (isinstance(value, str) and value) and not (name == "source_lang" and value is None):
                raise OpticalError(f"{name} is {shown(value)}: give a language code such as 'sw' or 'eng_Latn'.")

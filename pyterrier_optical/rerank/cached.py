"""CachedReranker: scores of OpticalReranker kept on disk, under all that they depend on."""

import hashlib
import json
import os

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.checkpoint.content_hash import content_hash
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.frames.checks import check_ids, checked_queries, texts_of
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.query.gloss import glosses_for

#: The column by which the cache tells queries apart.
KEY = "score_key"

# Arguments on which scores depend; those of a batch size, a device or a progress bar they do not.
_SETTINGS = ("text_field", "dtype", "max_query_tokens", "max_document_tokens", "truncation", "normalize", "gloss")


class CachedReranker(ByArguments, GuardedMixing):
    """Takes scores from a cache on disk, and computes and keeps those that it lacks.

    ``pyterrier_caching.ScorerCache`` tells scores apart by the text of the query and the docno. A score also depends on
    the gloss, which another translator words differently, on the model, and on the arguments: here the cache gets one
    key for all of these. One folder may serve any number of rerankers. The text of a document is not in the key: a
    docno has one text.

    Args:
        reranker: an `OpticalReranker` whose model is None, a folder or a hub id.
        path: the folder of the cache, which may not exist yet.

    Example:
        >>> translator >> bm25 % 100 >> loader >> OpticalReranker().cached("scores")   # doctest: +SKIP
    """

    def __init__(self, reranker, path: str | os.PathLike):
        self.reranker = reranker
        self.path = path

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Score and rank.

        Args:
            inp: as for `OpticalReranker`.

        Returns:
            As `OpticalReranker`.

        Raises:
            pt.validate.InputValidationError: a column is missing.
            OpticalError: as for `OpticalReranker`; its model is a loaded one; pyterrier-caching is not installed.
        """
        inp = checked_queries(inp, self.reranker.query_field)
        self.reranker.validate(inp, context=self)
        if not len(inp):
            return pt.model.add_ranks(inp.assign(score=pd.Series(dtype=float)))
        check_ids(inp, "docno")
        keyed = inp.assign(**{KEY: self._keys(inp), "docno": inp["docno"].astype(str)})
        once = keyed.drop_duplicates([KEY, "docno"])  # the cache cannot take one score twice
        with LOADING, self._cache() as cache:  # two threads would add one score twice
            scores = cache(once).set_index([KEY, "docno"])["score"].astype(float)
        rows = pd.MultiIndex.from_frame(keyed[[KEY, "docno"]])
        return pt.model.add_ranks(inp.assign(score=scores.reindex(rows).to_numpy()))

    def transform_inputs(self) -> list[list[str]]:
        """Those of the reranker."""
        return self.reranker.transform_inputs()

    def _cache(self):
        try:
            from pyterrier_caching import ScorerCache
        except ImportError as error:
            raise OpticalError(
                "A cache of scores needs pyterrier-caching: pip install 'pyterrier-optical[caching]'."
            ) from error
        return ScorerCache(self.path, self.reranker, group=KEY)

    def _keys(self, inp: pd.DataFrame) -> list[str]:
        settings, field = self._describe(), self.reranker.query_field
        queries = texts_of(inp[field])
        glosses = glosses_for(self.reranker, inp, field)
        glosses = [""] * len(inp) if glosses is None else glosses
        made: dict[tuple[str, str], str] = {}
        for pair in zip(queries, glosses, strict=True):
            if pair not in made:
                text = json.dumps([settings, *map(str, pair)])
                made[pair] = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return [made[pair] for pair in zip(queries, glosses, strict=True)]

    def _describe(self) -> str:
        reranker = self.reranker
        models = [content_hash(reranker.model)]
        if reranker.document_model is not None:
            models.append(content_hash(reranker.document_model))
        return json.dumps([models, [getattr(reranker, name) for name in _SETTINGS]])

    def _scores_grow(self) -> bool:
        return self.reranker._scores_grow()

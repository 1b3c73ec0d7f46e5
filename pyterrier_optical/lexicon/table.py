"""Lexicon: for each word of a language the English terms it may be translated by, and how likely each of them is."""

import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from pyterrier_optical.base.files import whole, writing
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.lexicon.language import LEVELS, LanguageTable
from pyterrier_optical.lexicon.rows import WordRows
from pyterrier_optical.script.segment import Segmenter

LEXICON_FORMAT = 1
#: The lexicon inside the package: of bitext and, for Thai, a WordNet, words and names. It also holds groups
#: of letters, for a model of Thai spelling that version 0.1 had.
SHIPPED_LEXICON = Path(__file__).parents[1] / "models" / "optical-lexicon-v7.safetensors"

# A language that is less likely than this to be the query's says nothing about its words. Set by hand.
_LEAST_LIKELY = 0.01


class Lexicon:
    """P(term | word) for the words of some languages.

    Words are folded as index terms are (:func:`~pyterrier_optical.script.fold`). One that a language does not have is
    looked up again by its :func:`~pyterrier_optical.script.variant_key`: the words that share it stand in for it. The
    language "en" has words and counts, by which English queries are recognised, but no translations.

    Args:
        terms: The English terms.
        languages: A table for each language.
        origin: What the lexicon was made from, for people.

    Example:
        >>> table = {"paka": (3, {"cat": 0.9, "kitten": 0.1}), "mto": (2, {"river": 1.0})}
        >>> lexicon = Lexicon.from_entries({"sw": table})
        >>> {term: round(p, 2) for term, p in lexicon.translations("paka", {"sw": 1.0}).items()}
        {'cat': 0.9, 'kitten': 0.1}
        >>> lexicon.guess(["paka", "mto"])
        {'sw': 1.0}
    """

    def __init__(
        self,
        terms: Sequence[str],
        languages: Mapping[str, LanguageTable],
        origin: str = "",
    ):
        self.terms = list(terms)
        self.languages = dict(languages)
        self.origin = origin

    @classmethod
    def from_entries(
        cls,
        entries: Mapping[str, Mapping[str, tuple[int, Mapping[str, float]]]],
        origin: str = "",
    ) -> "Lexicon":
        """Packs entries.

        Args:
            entries: For each language, for each word, its count and its terms with their probabilities.
            origin: What they were made from.
        """
        ids: dict[str, int] = {}
        tables = {}
        for lang, words in entries.items():
            lengths = [len(terms) for _, terms in words.values()]
            pairs = [pair for _, terms in words.values() for pair in terms.items()]
            tables[lang] = LanguageTable(
                WordRows(list(words)),
                np.array([count for count, _ in words.values()], np.int32),
                np.cumsum([0, *lengths]).astype(np.int32),
                np.array([ids.setdefault(term, len(ids)) for term, _ in pairs], np.uint32),
                np.rint(np.sqrt([p for _, p in pairs]) * LEVELS).astype(np.uint8),
            )
        return cls(list(ids), tables, origin)

    def translations(self, word: str, languages: Mapping[str, float]) -> dict[str, float]:
        """The terms that a word may be translated by.

        Args:
            word: A folded word.
            languages: How likely each language is to be the word's.

        Returns:
            Terms and probabilities, mixed over the languages that know the word; empty when none does.
        """
        mixed: dict[str, float] = {}
        for lang, share in languages.items():
            for i, probability in self.languages[lang].translations(word) if lang in self.languages else ():
                mixed[self.terms[i]] = mixed.get(self.terms[i], 0.0) + share * probability
        return mixed

    def count(self, word: str, languages: Mapping[str, float]) -> float:
        """How often a word is in the bitext.

        Args:
            word: A folded word.
            languages: How likely each language is to be the word's.

        Returns:
            The mean of its counts in the languages, weighted by how likely they are.
        """
        known = {lang: share for lang, share in languages.items() if lang in self.languages}
        return sum(share * self.languages[lang].count(word) for lang, share in known.items())

    def relatives(self, word: str, languages: Mapping[str, float]) -> list[tuple[str, float]]:
        """Words of the likeliest language that share a stem with a word.

        Args:
            word: A folded word.
            languages: How likely each language is to be the word's.

        Returns:
            Words with their similarity from 0 to 1, as :class:`Relatives` says; none for English, which has no
            translations.

        Example:
            >>> lexicon = Lexicon.from_entries({"zu": {"eningizimu": (7, {"south": 1.0})}})
            >>> [word for word, similarity in lexicon.relatives("aseningizimu", {"zu": 1.0})]
            ['eningizimu']
        """
        lang = max(languages, key=languages.__getitem__, default=None)
        return [] if lang == "en" or lang not in self.languages else self.languages[lang].relatives(word)

    def guess(self, words: Iterable[str]) -> dict[str, float]:
        """How likely each language is to be that of some words, by their counts alone (naive Bayes, equal priors).

        Args:
            words: The folded words of one query.

        Returns:
            The likely languages with probabilities that add up to 1; empty when no language knows a word.
        """
        known = [word for word in words if any(table.count(word) for table in self.languages.values())]
        if not known:
            return {}
        scores = {
            lang: sum(table.log_probability(word, self._all_words) for word in known)
            for lang, table in self.languages.items()
        }
        best = max(scores.values())
        likely = {lang: math.exp(score - best) for lang, score in scores.items()}
        total = sum(likely.values())
        likely = {lang: value / total for lang, value in likely.items() if value / total >= _LEAST_LIKELY}
        return {lang: value / sum(likely.values()) for lang, value in likely.items()}

    @cached_property
    def _all_words(self) -> int:
        return sum(len(table.rows) for table in self.languages.values())

    @cached_property
    def spaceless_counts(self) -> Counter:
        """The words of scripts without spaces with their counts, to segment texts by."""
        counts: Counter = Counter()
        for table in self.languages.values():
            words = list(table.rows)
            for row in np.flatnonzero(table.spaceless).tolist():
                counts[words[row]] += int(table.counts[row])
        return counts

    @cached_property
    def segmenter(self) -> Segmenter:
        """Cuts texts of scripts without spaces into words."""
        return Segmenter(self.spaceless_counts)

    def save(self, path: str | os.PathLike) -> None:
        """Writes the lexicon as safetensors, in one step, with a checksum.

        Args:
            path: The file; its folder exists.

        Raises:
            OpticalError: The file cannot be written.
        """
        from safetensors.numpy import save_file

        tables = self.languages.values()
        tensors = {
            "terms": _blob(self.terms),
            "words": _blob(word for table in tables for word in table.rows),
            "counts": np.concatenate([table.counts for table in tables]),
            "lengths": np.concatenate([np.diff(table.offsets) for table in tables]).astype(np.uint16),
            "term_ids": np.concatenate([table.term_ids for table in tables]),
            "levels": np.concatenate([table.levels for table in tables]),
        }
        if len(self.terms) <= np.iinfo(np.uint16).max:
            tensors["term_ids"] = tensors["term_ids"].astype(np.uint16)
        sizes = {lang: len(table.rows) for lang, table in self.languages.items()}
        metadata = {"format_version": str(LEXICON_FORMAT), "languages": json.dumps(sizes), "origin": self.origin}
        metadata["sha256"] = _checksum(tensors, metadata)
        with writing(path, "output"), whole(path) as partial:
            save_file(tensors, partial, metadata=metadata)

    @classmethod
    def load(cls, path: str | os.PathLike | None = None) -> "Lexicon":
        """Reads a lexicon.

        Args:
            path: A file that :meth:`save` wrote; None: the lexicon inside the package.

        Raises:
            OpticalError: There is no such file, it is no lexicon or damaged, or a later version wrote it.
        """
        from safetensors import SafetensorError, safe_open

        path = SHIPPED_LEXICON if path is None else Path(path)
        if not path.is_file():
            raise OpticalError(f"There is no lexicon at '{path}': make one with `pyterrier-optical lexicon CONFIG`.")
        try:
            with safe_open(path, framework="np") as file:
                metadata = file.metadata() or {}
                version = int(metadata.get("format_version", 0))
                if version > LEXICON_FORMAT:
                    raise OpticalError(
                        f"The lexicon '{path}' has format {version} and this version reads {LEXICON_FORMAT}: "
                        "upgrade pyterrier-optical."
                    )
                sizes = json.loads(metadata["languages"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                # An earlier version wrote no checksum.
                if metadata.get("sha256", checksum := _checksum(tensors, metadata)) != checksum:
                    raise ValueError("another checksum")
                terms, tables = _texts(tensors["terms"]), _tables(tensors, sizes)
        except (OSError, SafetensorError, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            if isinstance(error, OpticalError):
                raise
            raise OpticalError(
                f"'{path}' is no lexicon, or damaged: give a file that `pyterrier-optical lexicon` wrote."
            ) from error
        return cls(terms, tables, metadata.get("origin", ""))


def _checksum(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> str:
    """SHA-256 of names, types and numbers, and of what is said about them."""
    value = hashlib.sha256(json.dumps([metadata["format_version"], metadata["languages"]]).encode())
    for name, array in sorted(tensors.items()):
        value.update(f"{name} {array.dtype.str} {array.shape}".encode())
        value.update(np.ascontiguousarray(array).data)
    return value.hexdigest()


def _tables(tensors: dict[str, np.ndarray], sizes: Mapping[str, int]) -> dict[str, LanguageTable]:
    blob = tensors["words"]
    # Where each word begins, and would if there were one more.
    starts = np.concatenate([[0], np.flatnonzero(blob == ord("\n")) + 1, [len(blob) + 1]])
    offsets = np.concatenate([[0], np.cumsum(tensors["lengths"], dtype=np.int64)])
    n_words = {len(starts) - 1, len(tensors["counts"]), len(tensors["lengths"]), sum(sizes.values())}
    n_entries = {int(offsets[-1]), len(tensors["term_ids"]), len(tensors["levels"])}
    n_terms = np.count_nonzero(tensors["terms"] == ord("\n")) + 1
    if len(n_words) > 1 or len(n_entries) > 1 or tensors["term_ids"].max(initial=0) >= n_terms:
        raise ValueError("arrays of other lengths")
    tables, first = {}, 0
    for lang, size in sizes.items():
        last = first + size
        entries = slice(offsets[first], offsets[last])
        tables[lang] = LanguageTable(
            WordRows(_texts(blob[starts[first] : starts[last] - 1])),
            tensors["counts"][first:last],
            offsets[first : last + 1] - offsets[first],
            tensors["term_ids"][entries],
            tensors["levels"][entries],
        )
        first = last
    return tables


def _blob(texts: Iterable[str]) -> np.ndarray:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _texts(blob: np.ndarray) -> list[str]:
    return blob.tobytes().decode().split("\n")


def load_lexicon(lexicon: Lexicon | str | os.PathLike | None) -> Lexicon:
    """A lexicon, the file of one, or with None the lexicon inside the package; a file is read once."""
    if isinstance(lexicon, Lexicon):
        return lexicon
    path = SHIPPED_LEXICON if lexicon is None else Path(lexicon).expanduser().absolute()
    status = path.stat() if path.exists() else None
    return _load(path, status and (status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=4)
def _load(path: Path, version: tuple[int, int] | None) -> Lexicon:
    """Translators share a lexicon, until its file changes."""
    return Lexicon.load(path)

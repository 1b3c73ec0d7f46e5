"""Reading bitext: pairs of an English sentence and its translation, from whatever a user has."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pyterrier_optical.distill.data.bitext_files import read_file, read_parallel
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.script import normalise

ENGLISH_KEYS = ("english", "en", "sentence1", "source")
TRANSLATION_KEYS = ("translation", "target", "sentence2", "non_english")

# What the first line of a table calls the column of English.
_HEADER_CELLS = {"english", "en", "eng", "source", "sentence1", "src"}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass
class BitextReport:
    """What a reader kept and what it dropped, per language.

    Example:
        >>> report = BitextReport()
        >>> pairs = list(clean([("Water", "Maji"), ("", "tupu")], "sw", report))
        >>> print(report)
        sw: kept 1, dropped 1 (empty 1)
    """

    kept: Counter = field(default_factory=Counter)
    dropped: dict[str, Counter] = field(default_factory=dict)

    def drop(self, lang: str, why: str) -> None:
        """Count one dropped pair."""
        self.dropped.setdefault(lang, Counter())[why] += 1

    def duplicates(self, lang: str) -> int:
        """How many pairs of a language were dropped as seen before."""
        return self.dropped.get(lang, Counter())["duplicate"]

    def as_dict(self) -> dict:
        """The report as plain data, for a log or a model card."""
        return {lang: {"kept": n, "dropped": dict(self.dropped.get(lang, {}))} for lang, n in sorted(self.kept.items())}

    def __str__(self) -> str:
        lines = []
        for lang in sorted(set(self.kept) | set(self.dropped)):
            why = self.dropped.get(lang, Counter())
            reasons = ", ".join(f"{reason} {n}" for reason, n in sorted(why.items()))
            lines.append(
                f"{lang}: kept {self.kept[lang]}, dropped {sum(why.values())}" + (f" ({reasons})" if why else "")
            )
        return "\n".join(lines)


def clean(
    pairs: Iterable[tuple[str, str]], lang: str, report: BitextReport, *, max_ratio: float = 4.0, max_chars: int = 600
) -> Iterator[tuple[str, str]]:
    """Yields the pairs worth learning from; counts the others in `report`.

    Dropped: a pair with an empty side, a pair seen before, a side of more than `max_chars` characters, a pair whose
    sides differ in UTF-8 length by more than `max_ratio` (bytes of non-Latin scripts count a half, since they take two
    or three bytes a letter; sides of fewer than 20 bytes are never judged), a side that is no Unicode (it has half of a
    surrogate pair), and a first pair that is a header (`english` and `swahili`).
    """
    seen, first = set(), True
    for english, translation in pairs:
        english, translation = _tidy(english), _tidy(translation)
        key = hash((english, translation))
        header = first and not _HEADER_CELLS.isdisjoint((english.casefold(), translation.casefold()))
        first = False
        if not english or not translation:
            report.drop(lang, "empty")
        elif header:
            report.drop(lang, "header")
        elif key in seen:
            report.drop(lang, "duplicate")
        elif max(len(english), len(translation)) > max_chars:
            report.drop(lang, "too long")
        elif _SURROGATE.search(english + translation):
            report.drop(lang, "no Unicode")
        elif _length_ratio(english, translation) > max_ratio:
            report.drop(lang, "length ratio")
        else:
            seen.add(key)
            report.kept[lang] += 1
            yield english, translation


def _tidy(text: str | None) -> str:
    if not isinstance(text, str):
        if pd.api.types.is_scalar(text) and pd.isna(text):
            return ""
        raise OpticalError(f"A bitext row holds {shown(text)} where a sentence belongs: give texts.")
    return " ".join(normalise(text).split())


def _length_ratio(a: str, b: str) -> float:
    sizes = [max(20, (len(text) + len(text.encode())) / 2) for text in (a, b)]
    return max(sizes) / min(sizes)


def read_pairs(
    source, *, lang: str | None = None, columns: Sequence[int] | None = None, swap: bool = False
) -> Iterator[tuple[str, str]]:
    """Reads (English, translation) pairs, uncleaned, from any of the forms bitext comes in.

    Args:
        source: A path to a TSV file (`english<TAB>translation`, also gzipped), a TMX file (`.tmx`, `.tmx.gz`), or one
            of OPUS's zip files; a pair of paths to two parallel text files, English first; a Hugging Face dataset or
            any iterable of dicts (columns `english` and `translation`, or `en` and the language's code, or OPUS's
            nested `translation` column); any iterable of two-tuples or of ir_datasets-style objects with these
            attributes.
        lang: The translation's language code, used to find its column, its segments in a TMX file, its file in a zip.
        columns: Of a TSV file the columns that are English and the translation, from 1, such as `(2, 4)` for Tatoeba's
            `id, text, id, text`; by default the first two.
        swap: The translation comes first, wherever English is expected.

    Yields:
        Two-tuples of str.

    Raises:
        OpticalError: If a file is missing, two parallel files differ in length, or no column fits.

    Example:
        >>> list(read_pairs([{"en": "Water", "sw": "Maji"}], lang="sw"))
        [('Water', 'Maji')]
    """
    if isinstance(source, (str, Path)):
        pairs = read_file(Path(source), lang, columns)
    elif isinstance(source, (tuple, list)) and len(source) == 2 and all(isinstance(s, (str, Path)) for s in source):
        pairs = read_parallel(Path(source[0]), Path(source[1]))
    else:
        pairs = (_as_pair(row, lang) for row in source)
    return ((translation, english) for english, translation in pairs) if swap else pairs


def _as_pair(row, lang: str | None) -> tuple[str, str]:
    if isinstance(row, tuple) and not hasattr(row, "_fields"):
        if len(row) != 2:
            raise OpticalError(f"A bitext row has {len(row)} fields: give (english, translation) pairs.")
        return row
    columns = row if isinstance(row, dict) else {k: getattr(row, k) for k in dir(row) if not k.startswith("_")}
    if isinstance(columns.get("translation"), dict):
        columns = columns["translation"]
    english = next((k for k in ENGLISH_KEYS if k in columns), None)
    translation = next((k for k in (lang, *TRANSLATION_KEYS) if k in columns), None)
    if english is None or translation is None:
        raise OpticalError(
            f"No English and translation columns among {shown(sorted(map(str, columns)))}: name them 'english' and "
            "'translation'."
        )
    return columns[english], columns[translation]

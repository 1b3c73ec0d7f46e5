"""Reading bitext: pairs of an English sentence and its translation, from whatever a user has."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.script import normalise

ENGLISH_KEYS = ("english", "en", "sentence1", "source")
TRANSLATION_KEYS = ("translation", "target", "sentence2", "non_english")


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

    Dropped: a pair with an empty side, a pair seen before, a side of more than `max_chars` characters, and a pair
    whose sides differ in UTF-8 length by more than `max_ratio` (bytes of non-Latin scripts count a half, since they
    take two or three bytes a letter; sides of fewer than 20 bytes are never judged).
    """
    seen = set()
    for english, translation in pairs:
        english, translation = _tidy(english), _tidy(translation)
        key = hash((english, translation))
        if not english or not translation:
            report.drop(lang, "empty")
        elif key in seen:
            report.drop(lang, "duplicate")
        elif max(len(english), len(translation)) > max_chars:
            report.drop(lang, "too long")
        elif _length_ratio(english, translation) > max_ratio:
            report.drop(lang, "length ratio")
        else:
            seen.add(key)
            report.kept[lang] += 1
            yield english, translation


def _tidy(text: str | None) -> str:
    return " ".join(normalise(text or "").split())


def _length_ratio(a: str, b: str) -> float:
    sizes = [max(20, (len(text) + len(text.encode())) / 2) for text in (a, b)]
    return max(sizes) / min(sizes)


def read_pairs(source, *, lang: str | None = None) -> Iterator[tuple[str, str]]:
    """Reads (English, translation) pairs, uncleaned, from any of the forms bitext comes in.

    Args:
        source: A path to a TSV file (`english<TAB>translation`, also gzipped); a pair of paths to two parallel text
            files, English first; a Hugging Face dataset or any iterable of dicts (columns `english` and
            `translation`, or `en` and the language's code, or OPUS's nested `translation` column); any iterable of
            two-tuples or of ir_datasets-style objects with these attributes.
        lang: The translation's language code, used to find its column.

    Yields:
        Two-tuples of str.

    Raises:
        OpticalError: If a file is missing, two parallel files differ in length, or no column fits.

    Example:
        >>> list(read_pairs([{"en": "Water", "sw": "Maji"}], lang="sw"))
        [('Water', 'Maji')]
    """
    if isinstance(source, (str, Path)):
        return _read_tsv(Path(source))
    if isinstance(source, (tuple, list)) and len(source) == 2 and all(isinstance(s, (str, Path)) for s in source):
        return _read_parallel(Path(source[0]), Path(source[1]))
    return (_as_pair(row, lang) for row in source)


def _open(path: Path):
    if not path.is_file():
        raise OpticalError(f"No bitext file {str(path)!r}: give the path of an existing .tsv, .tsv.gz or text file.")
    # A byte order mark, which some editors write, is no part of the first sentence.
    return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")


def _lines(path: Path) -> Iterator[str]:
    try:
        with _open(path) as lines:
            yield from lines
    except UnicodeDecodeError as error:
        raise OpticalError(f"{str(path)!r} is not UTF-8: convert it, with iconv for one.") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise OpticalError(f"{str(path)!r} is no whole gzip file ({error}): fetch or write it again.") from error


def _read_tsv(path: Path) -> Iterator[tuple[str, str]]:
    for n, line in enumerate(_lines(path), 1):
        row = line.rstrip("\n").split("\t") if line.strip() else ("", "")  # an empty line is an empty pair
        if len(row) < 2:
            raise OpticalError(
                f"Line {n} of {str(path)!r} has no tab: write one pair per line as english<TAB>translation."
            )
        yield row[0], row[1]


def _read_parallel(english: Path, translation: Path) -> Iterator[tuple[str, str]]:
    for n, (a, b) in enumerate(zip_longest(_lines(english), _lines(translation)), 1):
        if a is None or b is None:
            shorter = english if a is None else translation
            raise OpticalError(
                f"{str(shorter)!r} ends at line {n - 1} before its partner: parallel files need one line per pair."
            )
        yield a, b


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
            f"No English and translation columns among {sorted(columns)}: name them 'english' and 'translation'."
        )
    return columns[english], columns[translation]

"""The dictionaries a configuration names: words and what they are in English, for a lexicon."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyterrier_optical.distill.bitext import BitextReport, clean, read_pairs
from pyterrier_optical.distill.config import expand
from pyterrier_optical.distill.wordnet import read_wordnet
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.tokenise import words

Pair = tuple[str, str]


def load_dictionaries(entries: Sequence[dict]) -> dict[str, list[Pair]]:
    """Reads dictionaries.

    Args:
        entries: See `LexiconOptions.dictionaries`.

    Returns:
        For each language its (English, word) pairs, without empty and repeated ones.

    Raises:
        OpticalError: An entry names no file, or what it names is missing or malformed.

    Example:
        >>> load_dictionaries([])
        {}
    """
    pairs = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("lang"), str):
            raise OpticalError(
                f"A dictionary entry {entry!r} lacks 'lang': add the code of the words' language, as text."
            )
        lang = entry["lang"]
        left_out = _texts(Path(expand(entry["without"]))) if "without" in entry else set()
        for english, word in clean(_read(entry), lang, BitextReport()):
            if not {_bare(english), _bare(word)} & left_out:
                pairs.setdefault(lang, []).append((english, word))
    return pairs


def _texts(path: Path) -> set[str]:
    if not path.is_file():
        raise OpticalError(f"No file {str(path)!r}: 'without' names a text file, a text a line.")
    try:
        return {_bare(line) for line in path.read_text(encoding="utf-8").splitlines()}
    except UnicodeDecodeError as error:
        raise OpticalError(f"{str(path)!r} is not UTF-8: convert it, with iconv for one.") from error


def _bare(text: str) -> str:
    # Some corpora put spaces between the words of scripts that have none.
    return "".join(words(text))


def _read(entry: dict) -> Iterator[Pair]:
    if "path" in entry:
        return read_pairs(expand(entry["path"]), lang=entry["lang"])
    if {"wordnet", "princeton"} <= set(entry):
        return read_wordnet(expand(entry["wordnet"]), expand(entry["princeton"]))
    raise OpticalError(f"A dictionary entry {entry!r} names no files: give 'path', or 'wordnet' and 'princeton'.")

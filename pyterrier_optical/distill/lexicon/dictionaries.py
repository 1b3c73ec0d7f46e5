"""The dictionaries a configuration names: words and what they are in English, for a lexicon."""

from collections.abc import Sequence
from pathlib import Path

from pyterrier_optical.distill.config import expand
from pyterrier_optical.distill.data.bitext import BitextReport, clean, read_pairs
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.script.tokenise import fold, is_one_spaceless_run, words

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
    pairs: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        lang, path = _lang_and_path(entry, "dictionary")
        left_out = _texts(Path(expand(entry["without"]))) if "without" in entry else set()
        for english, word in clean(read_pairs(path, lang=lang), lang, BitextReport()):
            if not {_bare(english), _bare(word)} & left_out:
                pairs.setdefault(lang, []).append((english, word))
    return pairs


def load_word_lists(entries: Sequence[dict]) -> dict[str, list[str]]:
    """Reads lists of words of scripts without spaces.

    Args:
        entries: See `LexiconOptions.word_lists`.

    Returns:
        For each language its words, each once; lines with other characters than letters of such a script are left out.

    Raises:
        OpticalError: An entry names no file, or what it names is missing or malformed.

    Example:
        >>> load_word_lists([])
        {}
    """
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        lang, path = _lang_and_path(entry, "word list")
        lines = _lines(path, "a word list is a text file, a word a line")
        words_of_file = [fold(word) for word in lines if is_one_spaceless_run(word)]
        if not words_of_file:
            raise OpticalError(f"No line of {shown(str(path))} is a word in a script without spaces: leave it out.")
        found.setdefault(lang, {}).update(dict.fromkeys(words_of_file))
    return {lang: list(listed) for lang, listed in found.items()}


def _lang_and_path(entry: dict, what: str) -> tuple[str, Path]:
    if not isinstance(entry, dict) or not isinstance(entry.get("lang"), str):
        raise OpticalError(f"The {what} {shown(entry)} lacks 'lang': add the code of the words' language, as text.")
    if "path" not in entry:
        raise OpticalError(f"The {what} {shown(entry)} names no file: give 'path'.")
    return entry["lang"], Path(expand(entry["path"]))


def _texts(path: Path) -> set[str]:
    return {_bare(line) for line in _lines(path, "'without' names a text file, a text a line")}


def _lines(path: Path, form: str) -> list[str]:
    if not path.is_file():
        raise OpticalError(f"No file {shown(str(path))}: {form}.")
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise OpticalError(f"{shown(str(path))} is not UTF-8: convert it, with iconv for one.") from error


def _bare(text: str) -> str:
    # Some corpora put spaces between the words of scripts that have none.
    return "".join(words(text))

"""Prints a WordNet in another language as a dictionary, lines of `english<TAB>word`:

python research/recipes/wordnet.py wn-data-tha.tab WordNet-3.0/dict > th-wordnet.tsv
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pyterrier_optical.errors import OpticalError, shown

_PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_PART_NUMBERS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_MARKER = re.compile(r"\((a|p|ip)\)$")  # where an adjective may stand
_FEWEST_KNOWN = 0.5
_OF_OMW = "synset<TAB>lemma<TAB>word: give a .tab file of the Open Multilingual Wordnet"
_OF_PRINCETON = "line of the Princeton WordNet: give its folder 'dict' as it comes"

Synset = str
T = TypeVar("T")


def read_wordnet(path: str | Path, princeton: str | Path) -> Iterator[tuple[str, str]]:
    """Reads (English, word) pairs from a WordNet that shares its synsets with the Princeton WordNet (Fellbaum 1998).

    The English of a synset is one of its words: the one that is most often said in this sense by the texts that
    Princeton tagged, or else its first.

    Args:
        path: A file of the Open Multilingual Wordnet (Bond and Paik 2012), such as `wn-data-tha.tab`: a line per word,
            `synset<TAB>lemma<TAB>word`, with synsets such as `00001740-n`. Lines of other kinds are passed over.
        princeton: The folder `dict` of the WordNet whose synsets these are, 3.0 as a rule, with `data.noun`,
            `data.verb`, `data.adj`, `data.adv` and `index.sense`.

    Yields:
        Two-tuples of str, in the order of the file.

    Raises:
        OpticalError: A file is missing or of another form, or most of its synsets are not in this Princeton WordNet.
    """
    words = [(synset, word) for synset, kind, word in _rows(Path(path)) if kind.rpartition(":")[2] == "lemma"]
    english = _english(Path(princeton))
    known = sum(synset in english for synset, _ in words)
    if known < _FEWEST_KNOWN * len(words) or not words:
        raise OpticalError(
            f"Of the {len(words)} words in {shown(str(path))} {known} have a synset of {shown(str(princeton))}: "
            "give the Princeton WordNet that it was made for, 3.0 as a rule."
        )
    yield from ((english[synset], word) for synset, word in words if synset in english)


def _rows(path: Path) -> Iterator[tuple[Synset, str, str]]:
    def row(line: str) -> tuple[Synset, str, str]:
        synset, kind, word, *_ = line.rstrip("\n").split("\t")
        return (synset[:-1] + "a" if synset.endswith("-s") else synset), kind, word.replace("_", " ")

    return _parsed(path, row, _OF_OMW, comment="#")


def _english(folder: Path) -> dict[Synset, str]:
    said = dict(_parsed(folder / "index.sense", _times_said, _OF_PRINCETON))
    english = {}
    for name, part in _PARTS.items():
        # The licence at the top has spaces before each line.
        for offset, words in _parsed(folder / f"data.{name}", _words, _OF_PRINCETON, comment="  "):
            synset = f"{offset}-{part}"
            times = {word: said.get((synset, word.lower()), 0) for word in words}
            best = max(words, key=times.__getitem__)
            english[synset] = best.replace("_", " ")
    return english


def _words(line: str) -> tuple[str, list[str]]:
    offset, _, _, number, *rest = line.split(" ")
    words = rest[: 2 * int(number, 16) : 2]
    return offset, [_MARKER.sub("", word) for word in words]


def _times_said(line: str) -> tuple[tuple[Synset, str], int]:
    sense, offset, _, times = line.split()
    word, _, place = sense.partition("%")
    return (f"{offset}-{_PART_NUMBERS[place[0]]}", word), int(times)


def _parsed(path: Path, parse: Callable[[str], T], form: str, comment: str | None = None) -> Iterator[T]:
    if not path.is_file():
        raise OpticalError(f"No file {shown(str(path))}: a WordNet needs it; name where it is.")
    try:
        with path.open(encoding="utf-8") as lines:
            for n, line in enumerate(lines, 1):
                if line.strip() and not (comment and line.startswith(comment)):
                    try:
                        row = parse(line)
                    except (ValueError, KeyError, IndexError) as error:
                        raise OpticalError(f"Line {n} of {shown(str(path))} is no {form}.") from error
                    yield row
    except UnicodeDecodeError as error:
        raise OpticalError(f"{shown(str(path))} is not UTF-8: give a text file of a WordNet.") from error


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Give a .tab file of the Open Multilingual Wordnet and the folder 'dict' of the Princeton WordNet.")
    try:
        for pair in read_wordnet(*sys.argv[1:]):
            print("\t".join(pair))
    except OpticalError as error:
        sys.exit(str(error))

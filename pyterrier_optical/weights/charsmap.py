"""Character maps of SentencePiece models, in the form that `tokenizers.normalizers.Precompiled` reads.

The form: the size of a trie as a 32-bit number, the trie, and the replacements, each ended by a zero byte. The trie is
a double array (as darts-clone writes it) over the UTF-8 bytes of what is replaced. Its unit for a node holds the byte
that led there (bits 0 to 7), whether a key ends there (bit 8), and the distance to the base of its children (from bit
10 on; combined by exclusive or); where a key ends, the child of byte 0 holds the place of the replacement.
"""

import struct
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import count

_VALUE = 1 << 31
_ENDS = 1 << 8


def charsmap(replacements: Mapping[str, str]) -> bytes:
    """A character map for `tokenizers.normalizers.Precompiled`.

    Args:
        replacements: What to put in the place of a character or of a short sequence.

    Example:
        >>> from tokenizers.normalizers import Precompiled
        >>> Precompiled(charsmap({"ﬁ": "fi", "\\t": " "})).normalize_str("ﬁve\\tﬁsh")
        'five fish'
    """
    texts, places = bytearray(), {}
    for text in sorted(set(replacements.values())):
        places[text] = len(texts)
        texts += text.encode() + b"\0"
    trie: dict = {}
    for key, text in replacements.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = places[text]
    units = _double_array(trie)
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(texts)


def with_compositions(replacements: Mapping[str, str]) -> dict[str, str]:
    """Single-character rules, and with them a rule for each letter that is typed as its parts (its form in NFD).

    This is what SentencePiece's rule "nmt_nfkc" holds. Unlike NFKC it leaves the order of marks as it is: in Burmese
    and in vocalised Arabic the order that people type is not Unicode's.

    Example:
        >>> with_compositions({"ﬁ": "fi"})["e\\u0301"]
        'é'
    """
    return {**_compositions(), **replacements}


@cache
def _compositions() -> dict[str, str]:
    letters = map(chr, range(0x110000))
    parts = {unicodedata.normalize("NFD", letter): letter for letter in letters if unicodedata.decomposition(letter)}
    return {part: letter for part, letter in parts.items() if unicodedata.normalize("NFC", part) == letter != part}


def _double_array(trie: dict) -> list[int]:
    units, taken, bases = [0] * 256, bytearray(256), set()
    taken[0] = 1
    first_free = 1
    waiting = [(0, trie)] if trie else []
    while waiting:
        place, node = waiting.pop()
        labels = sorted(node)
        while first_free < len(units) and taken[first_free]:
            first_free += 1
        for free in count(first_free):
            if free == len(units):  # a block of 256 holds all children of a base in it
                units += [0] * 256
                taken += bytes(256)
            base = free ^ labels[0]
            if base not in bases and not any(taken[base ^ label] for label in labels):
                break
        bases.add(base)
        units[place] |= (place ^ base) << 10
        for label in labels:
            child = base ^ label
            taken[child] = 1
            if label == 0:
                units[child] = _VALUE | node[0]
            else:
                units[child] = label | (_ENDS if 0 in node[label] else 0)
                waiting.append((child, node[label]))
    return units

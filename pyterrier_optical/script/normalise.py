"""The one normalisation of texts: index, model, lexicon and bitext see the same characters for the same writing.

Each rule is a property of the Unicode Character Database, none a list of characters:

- normal form C, and NFKC for compatibility forms that mean the same: ligatures, presentation forms, wide and narrow
  forms, mathematical letters, letters in circles. Superscripts and fractions stay, since 10² is not 102, and so do
  forms that would come apart into a mark and something else: Thai and Lao write *am* as one letter;
- decimal digits of any script (category Nd) are those of ASCII. Numerals that are not positional, as the Ethiopic ones,
  stay;
- characters without a meaning for a reader go: what Unicode calls default-ignorable (zero-width spaces, direction
  marks, soft hyphens, variation selectors), what only stretches a word (tatweel), the keycap of emoji, lone surrogates;
- the joiners ZWJ and ZWNJ stay between letters of cursive and Indic scripts, where they make a difference;
- quotation marks, apostrophes and hyphens are those of the keyboard.
"""

import re
import unicodedata
from functools import lru_cache

import regex

_KEPT_FORMS = {"<super>", "<fraction>"}
_POSITIONAL_FORMS = {"<initial>", "<medial>", "<final>", "<isolated>"}
# Join_Causing: the tatweel and its like in other scripts.
_MEANINGLESS = regex.compile(r"[[\p{DI}\p{jt=C}\p{Cs}\u20e3]--[\u200c\u200d]]", regex.V1)
_JOINERS = re.compile("[\u200c\u200d]")
_IDLE_JOINERS = regex.compile(
    r"(?<=[[\p{L}\p{M}]&&[\p{jt=D}\p{jt=R}\p{jt=L}\p{jt=T}\P{InSC=Other}]])([\u200c\u200d])[\u200c\u200d]*(?=[\p{L}\p{M}])"
    r"|[\u200c\u200d]+",
    regex.V1,
)
# All of Unicode that has decompositions, digits or names of interest, and the plane of the tags.
_PLANES = (range(0x20000), range(0xE0000, 0xE1000))


def normalise(text: str) -> str:
    """``text`` with one form for each character that has several; its case, spaces and marks are kept.

    Args:
        text: Any text.

    Returns:
        The normalised text, of another length maybe; normalising it again changes nothing.

    Example:
        >>> normalise("the oﬃce at №\u00a0５, २०२४"), normalise("co\u00adoperate")
        ('the office at No 5, 2024', 'cooperate')
        >>> normalise("10² ½ ፲"), normalise("“don’t”")
        ('10² ½ ፲', '"don\\'t"')
    """
    if text.isascii():
        return text
    replacements, changing = _table()
    text = unicodedata.normalize("NFC", changing.sub(lambda char: replacements.get(char[0], char[0]), text))
    return _IDLE_JOINERS.sub(r"\1", text) if _JOINERS.search(text) else text


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], re.Pattern]:
    """What takes the place of each character that does not stay, and a pattern that finds all of these."""
    chars = (chr(code) for plane in _PLANES for code in plane)
    replacements = {char: new for char in chars if (new := _replacement(char)) != char}
    basic = "".join(map(re.escape, (char for char in replacements if char <= "\uffff")))
    # One range for the other planes: a list of theirs would be searched for every character of a text.
    return replacements, re.compile(f"[{basic}\U00010000-\U0010ffff]")


def _replacement(char: str) -> str:
    if _MEANINGLESS.match(char):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    form, parts = _decomposition(char)
    if not parts or form in _KEPT_FORMS:
        return _on_a_keyboard(char)
    marks = [unicodedata.category(part)[0] == "M" for part in parts]
    if form == "<compat>" and any(marks) and not all(marks):
        return char
    if form in _POSITIONAL_FORMS:
        parts = parts.lstrip(" ")  # of a mark without its letter
    plain = "".join(map(_replacement, parts))
    canonical = not form and plain == parts
    return char if canonical else plain


def _decomposition(char: str) -> tuple[str, str]:
    """The tag of a character's decomposition, empty for a canonical one, and its parts, empty if it has none."""
    decomposition = unicodedata.decomposition(char)
    if not decomposition:
        return "", ""
    tag, _, codes = decomposition.rpartition("> ")
    return tag and tag + ">", "".join(chr(int(code, 16)) for code in codes.split())


def _on_a_keyboard(char: str) -> str:
    """The ASCII apostrophe, quotation mark or hyphen for a typographic one; other characters as they are."""
    category = unicodedata.category(char)
    if category[0] not in "PS" and category != "Lm":
        return char
    name = unicodedata.name(char, "")
    if "QUOTATION MARK" in name and "ANGLE" not in name and "TAG" not in name:
        return '"' if "DOUBLE" in name else "'" if "SINGLE" in name else char
    if category == "Lm" and name.startswith("MODIFIER LETTER") and name.endswith((" APOSTROPHE", " TURNED COMMA")):
        return '"' if "DOUBLE" in name else "'"
    if category == "Pd" and "DOUBLE" not in name and ("HYPHEN" in name or name in ("EN DASH", "FIGURE DASH")):
        return "-"
    return "-" if name == "MINUS SIGN" else char

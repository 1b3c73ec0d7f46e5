"""Fonts for texts in any script: which installed ones have the letters."""

import unicodedata
from functools import cache

import regex

from pyterrier_optical.errors import OpticalError, shown

_SEEN = regex.compile(r"[^\s\p{C}]")
_SHAPED_SINCE = (3, 11)


def families_for(text: str) -> list[str]:
    """Families of fonts that together show a text, for ``fontfamily`` in matplotlib.

    The first are those that matplotlib uses anyway; then come the fewest installed fonts with the other letters, Noto
    Sans before others.

    Args:
        text: All that is to be shown.

    Raises:
        OpticalError: No installed font has a letter; the error names a font that has.

    Example:
        >>> families_for("a river")
        ['DejaVu Sans']
    """
    from matplotlib import font_manager

    usual = font_manager.FontProperties()
    families = [font_manager.get_font(font_manager.findfont(usual)).family_name]
    missing = set(map(ord, _SEEN.findall(text))) - _letters(font_manager.findfont(usual))
    while missing:
        path = max(_installed(), key=lambda path: len(missing & _letters(path)), default="")
        found = missing & _letters(path) if path else set()
        if not found:
            raise _no_font(chr(min(missing)))
        if path not in {font.fname for font in font_manager.fontManager.ttflist}:
            font_manager.fontManager.addfont(path)
        families.append(font_manager.get_font(path).family_name)
        missing -= found
    return families


def draws_scripts_whole() -> bool:
    """Whether matplotlib joins and orders the letters of Arabic, Devanagari and other such scripts: from 3.11 on."""
    import matplotlib

    return matplotlib.__version_info__[:2] >= _SHAPED_SINCE


def _installed() -> list[str]:
    """Files of upright fonts of usual weight, Noto Sans first; also those that matplotlib has not listed yet."""
    from matplotlib import font_manager

    listed = {font.fname: font for font in font_manager.fontManager.ttflist}
    plain = [path for path, font in listed.items() if font.style == "normal" and font.name.startswith("Noto Sans")]
    others = [path for path, font in listed.items() if font.style == "normal" and path not in plain]
    new = sorted(set(font_manager.findSystemFonts()) - set(listed))
    return [path for path in (*plain, *others, *new) if "LastResort" not in path]


@cache
def _letters(path: str) -> frozenset[int]:
    """The characters that a font file has; none if it is damaged."""
    from matplotlib import font_manager

    try:
        return frozenset(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


def _no_font(letter: str) -> OpticalError:
    script = unicodedata.name(letter, "symbol").split()[0].title()
    return OpticalError(
        f"No installed font has {shown(letter)} ({script}): install one, such as Noto Sans {script} (in Debian's "
        "package fonts-noto-core), or name its file to matplotlib.font_manager.fontManager.addfont."
    )

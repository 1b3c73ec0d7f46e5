"""What the codes of languages in files of bitext say: which language, in which script."""

import regex

from pyterrier_optical.base.languages import codes_of

# Codes of ISO 15924 that stand for more scripts than one, or for a way of writing one.
_SCRIPTS = {"Hans": ("Han",), "Hant": ("Han",), "Jpan": ("Han", "Hiragana", "Katakana"), "Kore": ("Hangul", "Han")}


def same_language(code: str, lang: str) -> bool:
    """Whether a file's code means a language: the same, another code of it, or a region of it.

    Example:
        >>> [same_language(code, "sw") for code in ("sw", "SW-KE", "swh", "sv")]
        [True, True, True, False]
        >>> same_language("hi", "hi-Latn")
        False
    """
    code, known = code.replace("_", "-").casefold(), {name.casefold().replace("_", "-") for name in codes_of(lang)}
    return code in known or code.split("-")[0] in known


def script_of(lang: str) -> tuple[str, ...]:
    """The Unicode scripts a language is written in; none if no table says.

    Example:
        >>> script_of("hi"), script_of("ja"), script_of("hi-Latn"), script_of("tlh")
        (('Deva',), ('Han', 'Hiragana', 'Katakana'), ('Latn',), ())
    """
    for code in codes_of(lang):
        name = code.replace("_", "-").rpartition("-")[2]
        if len(name) == 4 and name.istitle():
            return _SCRIPTS.get(name, (name,))
    return ()


def letters_in(scripts: tuple[str, ...]) -> regex.Pattern | None:
    """A pattern for one letter of one of the scripts; None if Unicode does not know them.

    Example:
        >>> letters_in(("Deva",)).findall("नदी river")
        ['न', 'द']
    """
    try:
        names = "".join(rf"\p{{Script={name}}}" for name in scripts)
        return regex.compile(rf"[\p{{L}}&&[{names}]]", regex.V1) if scripts else None
    except regex.error:
        return None

"""Translation Memory eXchange: the XML that sites and translation tools give bitext in, read as a stream."""

from collections.abc import Iterator
from xml.parsers import expat

from pyterrier_optical.base.language_names import same_language
from pyterrier_optical.base.unpack import MAX_LINE
from pyterrier_optical.errors import OpticalError, shown

# Elements of a segment that hold the formatting codes of some other file, no text.
_CODES = {"bpt", "ept", "it", "ph", "ut"}
_BLOCK = 1 << 16


class _Units:
    """Collects the (English, translation) pairs of translation units as the parser meets them."""

    def __init__(self, name: str, lang: str):
        self.name, self.lang = name, lang
        self.pairs: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self._texts: dict[str, str] = {}
        self._of = ""
        self._codes = 0
        self._segment: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "tu":
            self._texts = {}
        elif tag == "tuv":
            self._of = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif tag == "seg":
            self._segment, self._length = [], 0
        self._codes += tag in _CODES

    def text(self, text: str) -> None:
        if self._segment is None or self._codes:
            return
        self._length += len(text)
        if self._length > MAX_LINE:
            raise OpticalError(f"A segment of {shown(self.name)} has more than {MAX_LINE} characters: leave it out.")
        self._segment.append(text)

    def end(self, tag: str) -> None:
        self._codes -= tag in _CODES
        if tag == "seg" and self._segment is not None:
            self._texts.setdefault(self._of, "".join(self._segment))
            self._segment = None
        elif tag == "tu":
            if len(self.seen) < 50:
                self.seen.update(self._texts)
            english, translation = (self._in(lang) for lang in ("en", self.lang))
            if english is not None and translation is not None:
                self.pairs.append((english, translation))

    def _in(self, lang: str) -> str | None:
        return next((text for code, text in self._texts.items() if same_language(code, lang)), None)

    def entity(self, name: str, *_) -> None:
        raise OpticalError(f"{shown(self.name)} declares the XML entity {shown(name, 60)}: such a file is not read.")


def read_tmx(file, name: str, lang: str) -> Iterator[tuple[str, str]]:
    """The (English, translation) pairs of a TMX file.

    Args:
        file: A binary stream.
        name: What errors call it.
        lang: The translation's language code; `sw` finds `sw-KE` and `swh` too.

    Yields:
        Two-tuples of str; a unit that lacks one of the languages has none.

    Raises:
        OpticalError: It is not well-formed, declares entities, or has no unit in both languages.

    Example:
        >>> import io
        >>> unit = '<tu><tuv xml:lang="en"><seg>river</seg></tuv><tuv xml:lang="sw"><seg>mto</seg></tuv></tu>'
        >>> list(read_tmx(io.BytesIO(f"<tmx><body>{unit}</body></tmx>".encode()), "a.tmx", "sw"))
        [('river', 'mto')]
    """
    units, parser = _Units(name, lang), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = units.start, units.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = units.text, units.entity
    found = False
    while True:
        block = file.read(_BLOCK)
        try:
            parser.Parse(block, not block)
        except OpticalError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an unknown encoding
            raise OpticalError(f"{shown(name)} is not well-formed XML ({error}): fetch or write it again.") from error
        found = found or bool(units.pairs)
        yield from units.pairs
        units.pairs.clear()
        if not block:
            break
    if not found:
        languages = shown(sorted(units.seen), 100)
        raise OpticalError(
            f"{shown(name, 100)} has no unit in both 'en' and {shown(lang, 20)}, but in {languages}: fix 'lang'."
        )

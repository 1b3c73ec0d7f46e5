"""The collections of the field by name: which data sets of ir_datasets each is made of, and its topic fields."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

from pyterrier_optical.datasets import afriqa, afriqa_files
from pyterrier_optical.datasets.clir import families
from pyterrier_optical.datasets.clir.layouts import AFRICLIRMATRIX_LANGUAGES, CIRAL_LANGUAGES, CIRAL_SETS
from pyterrier_optical.datasets.preset import Family, Preset

TITLED = {"title": "title", "text": "text"}
ABSTRACT = {"title": "title", "text": "abstract"}

# A collection, then its languages as it spells them.
_LANGUAGES = """
wikiclir     ar ca cs de en-simple es fi fr it ja ko nl nn no pl pt ro ru sv sw tl tr uk vi zh
clirmatrix   am hi mr sw th tl yo
mmarco       de es fr id it pt ru zh
mmarco/v2    ar de dt es fr hi id it ja pt ru vi zh
mr-tydi      ar bn en fi id ja ko ru sw te th
miracl       ar bn de en es fa fi fr hi id ja ko ru sw te th yo zh
"""
LANGUAGES = {name: langs for name, *langs in map(str.split, _LANGUAGES.strip().splitlines())}
#: The languages of HC4, NeuCLIR and neuMARCO, and how HC4's files spell them.
NEWS_LANGUAGES = {"fa": "fas", "ru": "rus", "zh": "zho"}
MIRACL_WITHOUT_TRAIN = {"de", "yo"}

_TITLE = ("title", "description")
_HUMAN = ("ht_title", "ht_description")
_MACHINE = ("mt_title", "mt_description")
HC4_FIELDS = (*_TITLE, *_HUMAN, *_MACHINE, "report")
NEUCLIR_FIELDS = (*_TITLE, "narrative", *_HUMAN, "ht_narrative", *_MACHINE, "mt_narrative")
MULTI_FIELDS = (
    *(*_TITLE, "narrative"),
    *(f"{lang}_mt_{field}" for lang in ("fa", "ru", "zh") for field in (*_TITLE, "narrative")),
)
TREC_FIELDS = (*_TITLE, "narrative")
MANDARIN_FIELDS = tuple(f"{field}_{lang}" for lang in ("en", "zh") for field in TREC_FIELDS)
SPANISH_FIELDS = {
    "trec3": tuple(f"{field}_{lang}" for lang in ("en", "es") for field in TREC_FIELDS),
    "trec4": ("description_en1", "description_es1", "description_en2", "description_es2"),
}

# ISO 639-1 code of a language that a data set spells otherwise.
_CODES = {"dt": "nl", "en-simple": "en"}
_CLIRMATRIX = re.compile(r"clirmatrix/([a-z]+)/(?:bi139-base|bi139-full|multi8)/([a-z]+)/(?:train|dev|test1|test2)")


def names() -> list[str]:
    """The names of all; of CLIRMatrix those of low-resource queries over English, of mMARCO all pairs of languages."""
    return list(_listed())


def find(name: str) -> Preset | None:
    """The preset of that name, None where there is none.

    Example:
        >>> find("mmarco/v2/hi-en/dev/small").docs_id
        'msmarco-passage'
    """
    if pair := _CLIRMATRIX.fullmatch(name):
        return _clirmatrix(name, *pair.groups())
    return _listed().get(name)


@cache
def _listed() -> dict[str, Preset]:
    return {preset.name: preset for family in _FAMILIES for preset in family()}


def _same(
    name: str, family: Family, langs: tuple[str, str | None], fields: tuple[str, ...] = ("text",), **more
) -> Preset:
    """All of one data set of ir_datasets, by its own name."""
    return Preset(name, family, *langs, fields, name, name, name, **more)


def _hc4() -> Iterator[Preset]:
    for lang, lang3 in NEWS_LANGUAGES.items():
        family = replace(families.HC4, fetch=families.HC4.fetch.format(lang3=lang3))
        for split in ("train", "dev", "test"):
            yield _same(f"hc4/{lang}/{split}", family, ("en", lang), HC4_FIELDS, documents=TITLED)


def _neuclir() -> Iterator[Preset]:
    multi = _same("neuclir/1/multi/trec-2023", families.NEUCLIR, ("en", None), MULTI_FIELDS, documents=TITLED)
    yield multi
    for lang in NEWS_LANGUAGES:
        make = partial(_same, family=families.NEUCLIR, langs=("en", lang), documents=TITLED)
        yield make(f"neuclir/1/{lang}/hc4-filtered", fields=HC4_FIELDS)
        yield make(f"neuclir/1/{lang}/trec-2022", fields=NEUCLIR_FIELDS)
        # ir_datasets filters these topics by the judgments of 2022 (its issue 292), which leaves none.
        machine = {f"mt_{field}": f"{lang}_mt_{field}" for field in TREC_FIELDS}
        broken = make(f"neuclir/1/{lang}/trec-2023", fields=(*TREC_FIELDS, *machine))
        yield replace(broken, topics_id=multi.name, topics_of=machine, judged_only=True)


def _csl() -> Iterator[Preset]:
    yield _same("csl/trec-2023", families.CSL, ("en", "zh"), NEUCLIR_FIELDS, documents=ABSTRACT)


def _wikiclir() -> Iterator[Preset]:
    for lang in LANGUAGES["wikiclir"]:
        langs = ("en", _CODES.get(lang, lang))
        yield _same(f"wikiclir/{lang}", families.WIKICLIR, langs, ("title", "first_sent"), documents=TITLED)


def _clirmatrix(name: str, document_lang: str, query_lang: str) -> Preset:
    return _same(name, families.CLIRMATRIX, (query_lang, document_lang))


def _low_resource_clirmatrix() -> Iterator[Preset]:
    for lang in LANGUAGES["clirmatrix"]:
        for split in ("train", "dev", "test1", "test2"):
            yield _clirmatrix(f"clirmatrix/en/bi139-base/{lang}/{split}", "en", lang)


def _mmarco() -> Iterator[Preset]:
    for release in ("mmarco", "mmarco/v2"):
        sources = {lang: f"{release}/{lang}" for lang in LANGUAGES[release]} | {"en": "msmarco-passage"}
        for split in ("train", "dev", "dev/small"):
            for query, topics in sources.items():
                for document, docs in sources.items():
                    langs = query if query == document else f"{query}-{document}"
                    if langs != "en":
                        judged = docs if query == "en" else topics
                        yield Preset(
                            f"{release}/{langs}/{split}",
                            families.MMARCO,
                            *(_CODES.get(lang, lang) for lang in (query, document)),
                            *(("text",), f"{topics}/{split}", f"{judged}/{split}", docs),
                        )


def _neumarco() -> Iterator[Preset]:
    for lang in NEWS_LANGUAGES:
        for split in ("train", "train/judged", "dev", "dev/small", "dev/judged"):
            yield _same(f"neumarco/{lang}/{split}", families.NEUMARCO, ("en", lang))


def _mr_tydi() -> Iterator[Preset]:
    for lang in LANGUAGES["mr-tydi"]:
        for split in ("train", "dev", "test"):
            yield _same(f"mr-tydi/{lang}/{split}", families.MR_TYDI, (lang, lang))


def _miracl() -> Iterator[Preset]:
    for lang in LANGUAGES["miracl"]:
        for split in ("dev",) if lang in MIRACL_WITHOUT_TRAIN else ("train", "dev"):
            yield _same(f"miracl/{lang}/{split}", families.MIRACL, (lang, lang), documents=TITLED)


def _trec() -> Iterator[Preset]:
    for year, fields in SPANISH_FIELDS.items():
        yield _same(f"trec-spanish/{year}", families.TREC_SPANISH, ("es", "es"), fields)
    for year in ("trec5", "trec6"):
        yield _same(f"trec-mandarin/{year}", families.TREC_MANDARIN, ("zh", "zh"), MANDARIN_FIELDS)
    for year in ("ar2001", "ar2002"):
        yield _same(f"trec-arabic/{year}", families.TREC_ARABIC, ("ar", "ar"), TREC_FIELDS)


def _ciral() -> Iterator[Preset]:
    for lang in CIRAL_LANGUAGES:
        for judgments in CIRAL_SETS:
            yield _same(f"ciral/{lang}/{judgments}", families.CIRAL, ("en", lang), documents=TITLED)


def _africlirmatrix() -> Iterator[Preset]:
    for lang in AFRICLIRMATRIX_LANGUAGES:
        yield _same(f"africlirmatrix/{lang}", families.AFRICLIRMATRIX, ("en", lang))


def _afriqa_open() -> Iterator[Preset]:
    for split, languages in afriqa_files.LANGUAGES_OF.items():
        for lang in map(afriqa.LANGUAGES.get, languages):
            yield _same(
                f"afriqa/{lang}/{split}/open",
                families.AFRIQA_OPEN,
                (lang, "en"),
                ("query", "query_translated"),
                documents=TITLED,
                topics_of={"query": "text"},
                companions={"query_translated": "text_translated"},
            )


_FAMILIES: tuple[Callable[[], Iterator[Preset]], ...] = (
    *(_hc4, _neuclir, _csl, _wikiclir, _low_resource_clirmatrix, _mmarco, _neumarco, _mr_tydi, _miracl, _trec),
    *(_ciral, _africlirmatrix, _afriqa_open),
)

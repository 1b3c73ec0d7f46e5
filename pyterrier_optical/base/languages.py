"""One language, many codes: ISO 639-1 and 639-3 as OPUS-MT and M2M-100 write them, language and script as NLLB does."""

from collections.abc import Iterable
from difflib import get_close_matches

# The codes of one language in each line: what people write first, what some model calls it after that.
_CODES = """
af afr afr_Latn
am amh amh_Ethi
ar ara arb arb_Arab
az aze azj azj_Latn
bem bem_Latn
bn ben ben_Beng
ca cat cat_Latn
cy cym cym_Latn
da dan dan_Latn
de deu deu_Latn
el ell ell_Grek
en eng eng_Latn
es spa spa_Latn
fa fas pes pes_Arab
fi fin fin_Latn
fon fon_Latn
fr fra fra_Latn
ha hau hau_Latn
he heb heb_Hebr
hi hin hin_Deva
hu hun hun_Latn
hy hye hye_Armn
id ind ind_Latn
ig ibo ibo_Latn
is isl isl_Latn
it ita ita_Latn
ja jpn jpn_Jpan
jv jav jav_Latn
ka kat kat_Geor
km khm khm_Khmr
kn kan kan_Knda
ko kor kor_Hang
lv lav lvs lvs_Latn
ml mal mal_Mlym
mn mon khk khk_Cyrl
mr mar mar_Deva
ms msa zsm zsm_Latn
my mya mya_Mymr
nb nob no nor nob_Latn
nl nld nld_Latn
pl pol pol_Latn
pt por por_Latn
ro ron ron_Latn
ru rus rus_Cyrl
rw kin kin_Latn
sl slv slv_Latn
so som som_Latn
sq sqi als als_Latn
sv swe swe_Latn
sw swa swh swh_Latn
ta tam tam_Taml
te tel tel_Telu
th tha tha_Thai
tl tgl fil tgl_Latn
tr tur tur_Latn
tw twi twi_Latn
ur urd urd_Arab
vi vie vie_Latn
yo yor yor_Latn
zh zho cmn zho_Hans cmn_Hans
zu zul zul_Latn
"""
_LANGUAGES = {code: tuple(line.split()) for line in _CODES.strip().splitlines() for code in line.split()}


def codes_of(code: str) -> tuple[str, ...]:
    """A code, then the other codes of its language; a code that is in no table stands alone.

    Example:
        >>> codes_of("swh_Latn")
        ('swh_Latn', 'sw', 'swa', 'swh')
        >>> codes_of("hi-Latn")
        ('hi-Latn',)
    """
    return (code, *(other for other in _LANGUAGES.get(code, ()) if other != code))


def differ(code: str, other: str | None) -> bool:
    """Whether two codes surely name two languages: both are in the table, in different lines.

    Example:
        >>> differ("sw", "swh_Latn"), differ("sw", "en"), differ("sw", "mul"), differ("sw", None)
        (False, True, False, False)
    """
    return code in _LANGUAGES and other in _LANGUAGES and _LANGUAGES[code] != _LANGUAGES[other]


def named_in(code: str, known: Iterable[str]) -> str | None:
    """What a model that knows some codes calls a language: the code itself, else another code of it, else None.

    Example:
        >>> named_in("sw", {"eng_Latn", "swh_Latn"})
        'swh_Latn'
    """
    known = set(known)
    return next((name for name in codes_of(code) if name in known), None)


def some_of(known: Iterable[str], like: str) -> str:
    """A few of a model's codes for an error message, those that look like the wrong one first.

    Example:
        >>> some_of(["de", "en", "fr", "sv", "sw"], like="swx")
        "'sw', 'de', 'en', 'fr' and 1 more"
    """
    known = sorted(known)
    close = get_close_matches(like, known, n=3)
    shown = [*close, *(code for code in known if code not in close)][:4]
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    return ", ".join(map(repr, shown)) + more

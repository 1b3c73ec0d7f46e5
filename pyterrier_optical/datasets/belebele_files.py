"""The files of Belebele, one a language, read into tables."""

import json
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.unpack import lines, unpacked
from pyterrier_optical.datasets.folders import find_file
from pyterrier_optical.datasets.reading import check_texts, reading
from pyterrier_optical.errors import OpticalError

#: FLORES-200's codes, after each the ISO 639-1 code where the language has one.
_CODES = """
acm_Arab ar, afr_Latn af, als_Latn sq, amh_Ethi am, apc_Arab ar, arb_Arab ar, arb_Latn ar, ars_Arab ar, ary_Arab ar,
arz_Arab ar, asm_Beng as, azj_Latn az, bam_Latn bm, ben_Beng bn, ben_Latn bn, bod_Tibt bo, bul_Cyrl bg, cat_Latn ca,
ceb_Latn, ces_Latn cs, ckb_Arab, dan_Latn da, deu_Latn de, ell_Grek el, eng_Latn en, est_Latn et, eus_Latn eu,
fin_Latn fi, fra_Latn fr, fuv_Latn ff, gaz_Latn om, grn_Latn gn, guj_Gujr gu, hat_Latn ht, hau_Latn ha, heb_Hebr he,
hin_Deva hi, hin_Latn hi, hrv_Latn hr, hun_Latn hu, hye_Armn hy, ibo_Latn ig, ilo_Latn, ind_Latn id, isl_Latn is,
ita_Latn it, jav_Latn jv, jpn_Jpan ja, kac_Latn, kan_Knda kn, kat_Geor ka, kaz_Cyrl kk, kea_Latn, khk_Cyrl mn,
khm_Khmr km, kin_Latn rw, kir_Cyrl ky, kor_Hang ko, lao_Laoo lo, lin_Latn ln, lit_Latn lt, lug_Latn lg, luo_Latn,
lvs_Latn lv, mal_Mlym ml, mar_Deva mr, mkd_Cyrl mk, mlt_Latn mt, mri_Latn mi, mya_Mymr my, nld_Latn nl, nob_Latn nb,
npi_Deva ne, npi_Latn ne, nso_Latn, nya_Latn ny, ory_Orya or, pan_Guru pa, pbt_Arab ps, pes_Arab fa, plt_Latn mg,
pol_Latn pl, por_Latn pt, ron_Latn ro, rus_Cyrl ru, shn_Mymr, sin_Latn si, sin_Sinh si, slk_Latn sk, slv_Latn sl,
sna_Latn sn, snd_Arab sd, som_Latn so, sot_Latn st, spa_Latn es, srp_Cyrl sr, ssw_Latn ss, sun_Latn su, swe_Latn sv,
swh_Latn sw, tam_Taml ta, tel_Telu te, tgk_Cyrl tg, tgl_Latn tl, tha_Thai th, tir_Ethi ti, tsn_Latn tn, tso_Latn ts,
tur_Latn tr, ukr_Cyrl uk, urd_Arab ur, urd_Latn ur, uzn_Latn uz, vie_Latn vi, war_Latn, wol_Latn wo, xho_Latn xh,
yor_Latn yo, zho_Hans zh, zho_Hant zh, zsm_Latn ms, zul_Latn zu
"""
LANGUAGES = {code: (*short, code)[0] for code, *short in map(str.split, _CODES.split(","))}
FETCH = (
    "run `cd ${OPTICAL_DATA:?} && wget --trust-server-names https://dl.fbaipublicfiles.com/belebele/Belebele.zip && "
    "unzip Belebele.zip`"
)
_FOLDERS = ("Belebele", "belebele/data", "belebele")
COLUMNS = ("link", "question_number", "flores_passage", "question")


def read_language(code: str) -> pd.DataFrame:
    """The questions of one language with the passages that answer them.

    Looked for as ``Belebele/<code>.jsonl[.gz]`` or, as on its hub, ``belebele/data/<code>.jsonl``, in the data folder
    and the download folder.

    Args:
        code: One of :data:`LANGUAGES`.

    Returns:
        Columns ``qid``, ``query``, ``docno`` and ``text``, all str, a row for each question. The names are the same in
        all languages: ``docno`` is the passage's web address, with a number where several passages share it.

    Raises:
        OpticalError: The file is not on this machine, or is not what it should be.
    """
    path = _find(code)
    with reading(path, "a file of Belebele", FETCH):
        with unpacked(path) as file:
            entries = [json.loads(line) for line in lines(file, str(path)) if line.strip()]
        rows = [
            [str(entry["question_number"]) if key == COLUMNS[1] else entry[key] for key in COLUMNS] for entry in entries
        ]
        for row in rows:
            check_texts(row)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    nth = frame.groupby("link")["flores_passage"].transform(lambda passages: pd.factorize(passages)[0])
    docno = frame["link"] + [f"#{number + 1}" if number else "" for number in nth]
    return pd.DataFrame(
        {
            "qid": docno + "-" + frame["question_number"],
            "query": frame["question"],
            "docno": docno,
            "text": frame["flores_passage"],
        }
    )


def _find(code: str) -> Path:
    if found := find_file(*(f"{folder}/{code}.jsonl" for folder in _FOLDERS), downloaded=True):
        return found
    raise OpticalError(f"No file {code}.jsonl of Belebele on this machine: {FETCH}.")

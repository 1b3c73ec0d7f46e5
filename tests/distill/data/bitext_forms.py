"""Sentences of an invented language with their English, in the forms that sites give bitext in."""

import zipfile
from pathlib import Path

ENGLISH = [
    f"The {who} who {did} in the old {place} has not been there for {n} days"
    for n, (who, did, place) in enumerate(
        [(who, did, place) for who in ("miller", "piper", "ferryman") for did in ("slept", "sang") for place in
         ("barn", "quarry", "harbour", "orchard")],
        start=3,
    )
]  # fmt: skip
SWAHILI = [f"Mtu wa mahali {n} hajafika kwenye jengo lile tangu siku {n}" for n in range(3, 3 + len(ENGLISH))]
THAI = ["คนนี้ไม่ได้อยู่ที่นี่มาหลายวันแล้ว" + "ๆ" * n for n in range(len(ENGLISH))]
PAIRS = list(zip(ENGLISH, SWAHILI, strict=True))


def tsv(path: Path, *columns) -> Path:
    """A TSV file with these columns."""
    path.write_text("".join("\t".join(row) + "\n" for row in zip(*columns, strict=True)), encoding="utf-8")
    return path


def tatoeba(path: Path) -> Path:
    """`id, English, id, translation`, as tatoeba.org gives sentence pairs."""
    numbers = [str(1276 + 7 * n) for n in range(len(PAIRS))]
    return tsv(path, numbers, ENGLISH, numbers[::-1], SWAHILI)


def tmx(path: Path, *, english="en", translation="sw", head="", encoding="utf-8") -> Path:
    """A TMX file, with a formatting code in each translation."""
    units = "".join(
        f'<tu tuid="{n}"><tuv xml:lang="{english}"><seg>{e}</seg></tuv>'
        f'<tuv xml:lang="{translation}"><seg><bpt i="1">&lt;b&gt;</bpt>{x}<ept i="1">/b</ept></seg></tuv></tu>'
        for n, (e, x) in enumerate(PAIRS)
    )
    text = f'<?xml version="1.0" encoding="{encoding}"?>{head}<tmx version="1.4"><header/><body>{units}</body></tmx>'
    path.write_bytes(text.encode(encoding))
    return path


def opus(path: Path, *, english="en", translation="sw") -> Path:
    """OPUS's zip of two parallel files, with what else is in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README", "Corpus")
        archive.writestr("LICENSE", "free")
        stem = f"Corpus.{english}-{translation}"
        archive.writestr(f"{stem}.{english}", "\n".join(ENGLISH) + "\n")
        archive.writestr(f"{stem}.{translation}", "\n".join(SWAHILI) + "\n")
        archive.writestr(f"{stem}.xml", "<cesAlign/>")
    return path

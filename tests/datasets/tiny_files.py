"""Small files in the formats of the real data, with texts of their own."""

import gzip
import json
import zipfile
from pathlib import Path

LANGUAGES = ("en", "de", "es", "fr", "hi", "th")

# id, split, English parse, texts of the six languages.
UTTERANCES = [
    (
        "1",
        "dev",
        "[IN:WAKE [SL:ANIMAL otters ] [SL:TIME dusk ] ]",
        "otters up at dusk|Otter hoch|nutrias|loutres|ऊदबिलाव|นาก",
    ),
    (
        "2",
        "dev",
        "[IN:WAKE [SL:TIME noon ] [SL:ANIMAL bees ] ]",
        "at noon rouse bees|Bienen hoch|abejas|abeilles|मधुमक्खी|ผึ้ง",
    ),
    (
        "3",
        "dev",
        "[IN:WAKE [SL:ANIMAL owl ] ]",
        "owl , up !|Eule hoch|lechuza|chouette|उल्लू|นกฮูก",
    ),
    (
        "4",
        "dev",
        "[IN:PAINT [SL:THING barge ] ]",
        "barge wants paint|Kahn malen|gabarra|péniche|नाव|เรือ",
    ),
    (
        "5",
        "test",
        "[IN:WAKE [SL:ANIMAL wren ] [SL:TIME dawn ] ]",
        "wren at dawn|Zaunkönig|chochín|troglodyte|पिद्दी|นกเรน",
    ),
    (
        "6",
        "test",
        "[IN:PAINT [SL:THING [IN:FIND [SL:OWNER my ] ] ] ]",
        "paint mine|meins malen|lo mío|le mien|मेरा|ของฉัน",
    ),
]
SLOTTED = {split: [row for row in UTTERANCES if row[1] == split] for split in ("dev", "test")}
OFFICIAL_FILES = {"train": "train.txt", "dev": "eval.txt", "test": "test.txt"}

# file, rows of (id, question, translation, passage, title); None is what the source has for nothing.
AFRIQA = {
    "hau.en.dev": [
        ("0", "Ina kogin Zumari?", "Where is the Zumari?", "The Zumari rises in a marsh.", "Zumari"),
        ("1", "Wa ya gina hasumiya?", "Who built the tower?", None, None),
        ("2", float("nan"), "Nothing", None, None),
    ],
    "ibo.en.dev": [
        ("0", "Ebee ka Zumari dị?", "Where does the Zumari lie?", "The Zumari rises in a marsh. ", None),
        ("1", "Gịnị bụ kelpo?", "What is kelpo?", "Kelpo is a kind of bread.", None),
    ],
    "kin.en.dev": [("0", "Kelpo ni iki?", "What is kelpo?", "Kelpo is a kind of bread.", " Kelpo ")],
    "bem.en.dev": [("0", "Bushe Ostra caalo nshi?", "What land is Ostra?", "Ostra is an island.", "Ostra")],
    "twi.en.dev": [],
    "zul.en.dev": [],
}


def write_parallel_json(folder: Path) -> None:
    folder.mkdir(parents=True)
    for split, rows in SLOTTED.items():
        entries = [
            {
                "id": number,
                "question": dict(zip(LANGUAGES, texts.split("|"), strict=True)),
                "mr": {"slot_intent": dict.fromkeys(LANGUAGES, parse)},
            }
            for number, _, parse, texts in rows
        ]
        with gzip.open(folder / f"{split}.json.gz", "wt", encoding="utf-8") as file:
            json.dump(entries, file)


def official_members() -> dict[str, str]:
    """Name in the archive -> content; train has the utterances of dev and one that only English has."""
    members = {}
    for position, lang in enumerate(LANGUAGES):
        for split, file in OFFICIAL_FILES.items():
            rows = SLOTTED["test" if split == "test" else "dev"]
            lines = [official_line(number, parse, texts.split("|")[position], lang) for number, _, parse, texts in rows]
            if (lang, split) == ("en", "train"):
                lines.insert(1, official_line("99", "[IN:PAINT ]", "English alone", "en"))
            members[f"mtop/{lang}/{file}"] = "\n".join(lines) + "\n"
    return members


def official_line(number: str, parse: str, text: str, lang: str) -> str:
    tokens = json.dumps({"tokens": text.split(), "tokenSpans": []}, ensure_ascii=False)
    raw = text.replace(" ,", ",").replace(" !", "!")
    return "\t".join([number, parse.split()[0][1:], "", raw, "zoo", f"{lang}_XX", parse, tokens])


def write_zip(path: Path, members: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_afriqa(folder: Path) -> None:
    folder.mkdir(parents=True)
    keys = ("id", "question_lang", "question_translated", "context", "title")
    for name, rows in AFRIQA.items():
        with gzip.open(folder / f"gold_span_passages.afriqa.{name}.json.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(dict(zip(keys, row, strict=True))) + "\n" for row in rows)


# article, paragraphs in English and in German, their questions with id in both.
XQUAD_R = [
    (
        "Zumari",
        [
            (
                "The Zumari rises in a marsh.",
                "Der Zumari entspringt im Sumpf.",
                [("z1", "Where does the Zumari rise?", "Wo entspringt er?")],
            ),
            (
                "Otters live at its banks.",
                "Otter leben an seinen Ufern.",
                [("z2", "Who lives there?", "Wer lebt dort?"), ("z3", "Who lives there?", "Wer lebt dort?")],
            ),
        ],
    ),
    (
        "Kelpo",
        [
            (
                "Kelpo is a kind of bread.",
                "Kelpo ist ein Brot.",
                [("k1", "What is kelpo?", "Was ist Kelpo?")],
            )
        ],
    ),
]


def xquad_r(position: int) -> dict:
    """SQuAD's JSON: in English at position 0, in German at 1."""
    return {
        "data": [
            {
                "title": title,
                "paragraphs": [
                    {
                        "context": texts[position],
                        "sentence_breaks": [[0, len(texts[position])]],
                        "qas": [
                            {"id": qid, "question": questions[position], "answers": []} for qid, *questions in asked
                        ],
                    }
                    for *texts, asked in paragraphs
                ],
            }
            for title, paragraphs in XQUAD_R
        ],
        "version": "1.1",
    }


def write_xquad_r(folder: Path) -> None:
    folder.mkdir(parents=True)
    for position, lang in enumerate(("en", "de")):
        with gzip.open(folder / f"{lang}.json.gz", "wt", encoding="utf-8") as file:
            json.dump(xquad_r(position), file)

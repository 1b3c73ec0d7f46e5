"""Prints the texts that nothing is to be learnt from, one a line: of MTOP, XQuAD-R (sentences too) and AfriQA.

Needs the data folder in OPTICAL_DATA:
    python research/recipes/evaluation_texts.py > evaluation-texts.txt
"""

import gzip
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path


def mtop(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("mtop/*.json.gz")):
        for utterance in json.loads(gzip.decompress(path.read_bytes())):
            yield from utterance["question"].values()


def xquad_r(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("xquad_r/*.json.gz")):
        for article in json.loads(gzip.decompress(path.read_bytes()))["data"]:
            for paragraph in article["paragraphs"]:
                yield paragraph["context"]
                yield from (paragraph["context"][start:end] for start, end in paragraph["sentence_breaks"])
                yield from (question["question"] for question in paragraph["qas"])


def afriqa(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("afriqa/*.json.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            question = json.loads(line)
            yield from (question.get(key) for key in ("question_lang", "question_translated", "context"))


if __name__ == "__main__":
    data = Path(os.environ.get("OPTICAL_DATA", ""))
    for name in ("mtop", "xquad_r", "afriqa"):
        if not any(data.glob(f"{name}/*.json.gz")):
            sys.exit(f"No files {name}/*.json.gz in {str(data)!r}: set OPTICAL_DATA to the data folder.")
    for source in (mtop, xquad_r, afriqa):
        for text in source(data):
            if isinstance(text, str):
                print(" ".join(text.split()))

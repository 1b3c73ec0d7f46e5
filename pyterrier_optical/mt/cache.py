"""Translations that were made before, in memory and in a file."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from pyterrier_optical.errors import OpticalError


class TranslationCache:
    """Query and translation pairs of one model, one pair of languages and one way of searching.

    On disk they are lines of JSON in a file that only ever grows, by whole batches: what an interrupted run had
    translated is there for the next, and a line that an interruption broke off is translated again.

    Args:
        folder: where the file is or will be; None keeps translations in memory only.
        settings: what decides a translation beside the text; it is part of the file's name.
    """

    def __init__(self, folder: str | os.PathLike | None, settings: Mapping):
        self.path = None if folder is None else Path(folder).expanduser().absolute() / _file_name(settings)
        self.translations: dict[str, str] = {}
        if self.path is not None:
            self._open(self.path)

    def add(self, translations: Mapping[str, str]) -> None:
        """Keeps translations.

        Raises:
            OpticalError: the file cannot be written.
        """
        self.translations.update(translations)
        if self.path is not None:
            lines = (json.dumps({"query": query, "translation": text}) + "\n" for query, text in translations.items())
            self._append(self.path, "".join(lines))

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        except OSError as error:
            raise _unusable(path, error) from error
        self.translations.update(filter(None, map(_pair, content.splitlines())))
        # Known now rather than after the first batch: whether it can be written; and no line continues a broken one.
        self._append(path, "" if content.endswith("\n") or not content else "\n")

    @staticmethod
    def _append(path: Path, text: str) -> None:
        try:
            # Unbuffered and in append mode: one write at the end, wherever other processes have moved it.
            with path.open("ab", buffering=0) as file:
                file.write(text.encode("ascii"))
        except OSError as error:
            raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> OpticalError:
    return OpticalError(
        f"The folder '{path.parent}' cannot keep translations ({error.strerror or error}): give cache another "
        "folder, or leave it out."
    )


def _file_name(settings: Mapping) -> str:
    digest = hashlib.blake2b(json.dumps(settings, sort_keys=True).encode(), digest_size=8).hexdigest()
    names = (settings["name"], settings["source"] or "", settings["target"])
    return "-".join(filter(None, (*(re.sub(r"[^\w.]+", "_", name)[-40:] for name in names), digest))) + ".jsonl"


def _pair(line: str) -> tuple[str, str] | None:
    try:
        record = json.loads(line)
        query, translation = record["query"], record["translation"]
    except (ValueError, TypeError, KeyError):
        return None  # broken off by an interruption
    return (query, translation) if isinstance(query, str) and isinstance(translation, str) else None

"""The bitext a configuration names, cleaned, with some pairs of every language held out."""

import hashlib
import logging
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pyterrier_optical.distill.config import BitextConfig, expand
from pyterrier_optical.distill.data.bitext import BitextReport, clean, read_pairs
from pyterrier_optical.distill.data.bitext_files import first_row
from pyterrier_optical.distill.data.sides import Sample, check_sides
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.script.tokenise import join_runs

logger = logging.getLogger(__name__)

Pair = tuple[str, str]

# The options of a `files` entry, by the one that says what it is.
_FORMS = {"path": {"columns"}, "english": {"translation"}, "dataset": {"name", "split"}}
_ANY_FORM = {"lang", "swap", "check"}


@dataclass
class Bitext:
    """Pairs by language.

    Attributes:
        training: For each language its sources, each a list of (English, translation) in document order.
        heldout: For each language the pairs held out.
        report: What cleaning kept and dropped.
        origins: The names of the sources, by language.
    """

    training: dict[str, list[list[Pair]]]
    heldout: dict[str, list[Pair]]
    report: BitextReport
    origins: dict[str, list[str]]

    def digest(self) -> str:
        """The training pairs in few letters: others give another."""
        digest = hashlib.sha256()
        for lang, pairs in sorted(self.pairs().items()):
            digest.update("\n".join([lang, *map("\t".join, pairs)]).encode())
        return digest.hexdigest()[:16]

    def pairs(self) -> dict[str, list[Pair]]:
        """All training pairs of each language."""
        return {lang: [pair for source in sources for pair in source] for lang, sources in self.training.items()}


def load_bitext(config: BitextConfig, *, heldout_pairs: int = 100, seed: int = 13) -> Bitext:
    """Reads, cleans and splits the bitext.

    Args:
        config: Where it is.
        heldout_pairs: Pairs per language to hold out, at most a twentieth of the language.
        seed: Seed of the samples.

    Returns:
        A `Bitext`.

    Raises:
        OpticalError: If a language has no pairs, a file is missing or malformed, or a side of it is not in its language
            (see `check_sides`).
    """
    rng = random.Random(seed)
    report = BitextReport()
    training: dict = {}
    origins: dict = {}
    for source in _sources(config):
        name, lang = source.name, source.lang
        pairs = _read(source, report)
        if len(pairs) > config.max_pairs:
            kept = sorted(rng.sample(range(len(pairs)), config.max_pairs))
            pairs = [pairs[i] for i in kept]
        if name in config.segmented:
            pairs = [(e, join_runs(x)) if i % 2 else (e, x) for i, (e, x) in enumerate(pairs)]
        if pairs:
            training.setdefault(lang, []).append(pairs)
            origins.setdefault(lang, []).append(name)
    for lang in config.languages:
        if lang not in training:
            raise OpticalError(
                f"No bitext for language {shown(lang)} in {shown(config.folder)}: add its files or leave it out."
            )
    if not training and report.dropped:
        raise OpticalError(f"No pair of the bitext can be used ({shown(str(report))}): give files of sentence pairs.")
    if not training and config.files:
        raise OpticalError("The bitext files have no pairs: give files of sentence pairs.")
    if not training:
        raise OpticalError(
            "The configuration names no bitext: set 'folder' and 'languages', or 'files', under 'bitext'."
        )
    heldout = {lang: _hold_out(sources, heldout_pairs, rng) for lang, sources in training.items()}
    return Bitext(training, heldout, report, origins)


class _Source(NamedTuple):
    """What `read_pairs` is to read.

    Attributes:
        options: Its `columns` and `swap`.
        check: Whether to look at both sides.
        listed: Whether the entry of `files` for it can be given options.
    """

    name: str
    lang: str
    source: Any
    options: dict
    check: bool = True
    listed: bool = True


def _read(source: _Source, report: BitextReport) -> list[Pair]:
    sample, before = Sample(), report.duplicates(source.lang)
    raw = read_pairs(source.source, lang=source.lang, **source.options)
    pairs = list(clean(sample.of(raw), source.lang, report))
    where = str(source.source) if isinstance(source.source, (str, Path)) else source.name
    if source.check:
        check_sides(sample, source.lang, where, _way_out(source))
    repeated = report.duplicates(source.lang) - before
    if repeated > len(pairs):
        logger.warning("%s repeats itself: %d pairs, and %d that are one of these", where, len(pairs), repeated)
    return pairs


def _way_out(source: _Source) -> str:
    """What to write in the configuration when the sides are not what they should be."""
    ways = ["swap: true", "check: false if all is well"]
    path = source.source
    if isinstance(path, (str, Path)) and Path(path).suffix not in (".tmx", ".zip"):
        row = first_row(Path(path))
        if len(row) > 2:
            ways.insert(0, f"the columns of English and the translation ({shown(row, 100)}), such as columns: [2, 4]")
    entry = "its entry of 'files'" if source.listed else "an entry of 'files' for it, out of the folder,"
    return f"write into {entry} {' or '.join(ways)}"


def _sources(config: BitextConfig) -> Iterator[_Source]:
    """What is to be read, in a fixed order."""
    if config.folder is not None:
        folder = Path(expand(config.folder))
        if not folder.is_dir():
            raise OpticalError(
                f"No bitext folder {shown(str(folder))}: set 'folder' (or OPTICAL_DATA) to an existing one."
            )
        for path in sorted(folder.glob("*/*.tsv.gz")):
            name, lang = path.parent.name, path.name.removesuffix(".tsv.gz")
            if lang in config.languages and (not config.sources or name in config.sources):
                yield _Source(name, lang, path, {}, listed=False)
    for entry in config.files:
        name, source = _checked(entry)
        options = {"swap": entry.get("swap", False), "columns": entry.get("columns")}
        yield _Source(name, entry["lang"], source, options, entry.get("check", True))


def _checked(entry: dict) -> tuple[str, Any]:
    """The name of an entry of `files`, and what `read_pairs` takes of it."""
    form = next((form for form in _FORMS if form in entry), None)
    if form is None or (form == "english" and "translation" not in entry):
        raise OpticalError(
            f"A bitext file entry {shown(entry)} names no files: "
            "give 'path', or 'english' and 'translation', or 'dataset'."
        )
    known = {form} | _FORMS[form] | _ANY_FORM
    for option in entry.keys() - known:
        raise OpticalError(
            f"A bitext file entry with {form!r} has no option {shown(option)}: it knows {', '.join(sorted(known))}."
        )
    for option in ("swap", "check"):
        if not isinstance(entry.get(option, False), bool):
            raise OpticalError(f"{option}: {shown(entry[option])} of a bitext file is neither true nor false.")
    _check_columns(entry.get("columns"))
    if form == "path":
        path = expand(entry["path"])
        return Path(path).name, path
    if form == "english":
        english, translation = expand(entry["english"]), expand(entry["translation"])
        return Path(translation).name, (english, translation)
    return entry["dataset"], _data_set(entry)


def _check_columns(columns) -> None:
    if columns is None:
        return
    numbers = isinstance(columns, list) and all(isinstance(n, int) and not isinstance(n, bool) for n in columns)
    if not numbers or len(columns) != 2 or min(columns) < 1 or columns[0] == columns[1]:
        raise OpticalError(
            f"columns: {shown(columns)} of a bitext file must be two numbers from 1, of English and of the translation."
        )


def _data_set(entry: dict):
    from datasets import load_dataset

    try:
        return load_dataset(entry["dataset"], entry.get("name"), split=entry.get("split", "train"))
    except (OSError, ValueError) as error:  # not found, not reached, no such split
        raise OpticalError(
            f"The data set {shown(entry['dataset'], 100)} is not available ({shown(str(error), 100)}): fix 'dataset', "
            "'name' or 'split'."
        ) from error


def _hold_out(sources: list[list[Pair]], count: int, rng: random.Random) -> list[Pair]:
    """Takes pairs out of the sources, the same share of each; one that several sources have out of all of them."""
    every = [pair for source in sources for pair in source]
    heldout = [every[i] for i in sorted(rng.sample(range(len(every)), min(count, len(every) // 20)))]
    gone = set(heldout)
    for source in sources:
        source[:] = [pair for pair in source if pair not in gone]
    return heldout

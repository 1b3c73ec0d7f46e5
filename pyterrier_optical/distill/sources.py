"""The bitext a configuration names, cleaned, with some pairs of every language held out."""

import hashlib
import random
from dataclasses import dataclass
from pathlib import Path

from pyterrier_optical.distill.bitext import BitextReport, clean, read_pairs
from pyterrier_optical.distill.config import BitextConfig, expand
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.tokenise import join_runs

Pair = tuple[str, str]


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
        OpticalError: If a language has no pairs, or a file is missing or malformed.
    """
    rng = random.Random(seed)
    report, training, origins = BitextReport(), {}, {}
    for name, lang, source in _sources(config):
        pairs = list(clean(read_pairs(source, lang=lang), lang, report))
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
            raise OpticalError(f"No bitext for language {lang!r} in {config.folder!r}: add its files or leave it out.")
    if not training:
        raise OpticalError(
            "The configuration names no bitext: set 'folder' and 'languages', or 'files', under 'bitext'."
        )
    heldout = {lang: _hold_out(sources, heldout_pairs, rng) for lang, sources in training.items()}
    return Bitext(training, heldout, report, origins)


def _sources(config: BitextConfig):
    """Yields (name, language, what read_pairs takes) in a fixed order."""
    if config.folder is not None:
        folder = Path(expand(config.folder))
        if not folder.is_dir():
            raise OpticalError(f"No bitext folder {str(folder)!r}: set 'folder' (or OPTICAL_DATA) to an existing one.")
        for path in sorted(folder.glob("*/*.tsv.gz")):
            name, lang = path.parent.name, path.name.removesuffix(".tsv.gz")
            if lang in config.languages and (not config.sources or name in config.sources):
                yield name, lang, path
    for entry in config.files:
        if not isinstance(entry, dict) or not isinstance(entry.get("lang"), str):
            raise OpticalError(
                f"A bitext file entry {entry!r} lacks 'lang': add the translation's language code, as text."
            )
        keys = set(entry)
        if "path" in keys:
            path = expand(entry["path"])
            yield Path(path).name, entry["lang"], path
        elif {"english", "translation"} <= keys:
            english, translation = expand(entry["english"]), expand(entry["translation"])
            yield Path(translation).name, entry["lang"], (english, translation)
        elif "dataset" in keys:
            from datasets import load_dataset

            try:
                rows = load_dataset(entry["dataset"], entry.get("name"), split=entry.get("split", "train"))
            except (OSError, ValueError) as error:  # not found, not reached, no such split
                raise OpticalError(
                    f"The data set {entry['dataset']!r} cannot be had ({error}): mend 'dataset', 'name' or 'split'."
                ) from error
            yield entry["dataset"], entry["lang"], rows
        else:
            raise OpticalError(
                f"A bitext file entry {entry!r} names no files: "
                "give 'path', or 'english' and 'translation', or 'dataset'."
            )


def _hold_out(sources: list[list[Pair]], count: int, rng: random.Random) -> list[Pair]:
    """Takes pairs out of the sources, the same share of each."""
    total = sum(map(len, sources))
    count = min(count, total // 20)
    chosen = set(rng.sample(range(total), count))
    heldout, first = [], 0
    for source in sources:
        mine = {i - first for i in chosen if first <= i < first + len(source)}
        heldout += [source[i] for i in sorted(mine)]
        first += len(source)
        source[:] = [pair for i, pair in enumerate(source) if i not in mine]
    return heldout

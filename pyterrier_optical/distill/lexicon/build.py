"""Building a lexicon from bitext: which English terms each word was translated by, and how often."""

import dataclasses
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyterrier as pt
from scipy import sparse

from pyterrier_optical.base.files import writing
from pyterrier_optical.distill.config import DistillConfig, LexiconOptions, expand
from pyterrier_optical.distill.data.sources import load_bitext
from pyterrier_optical.distill.lexicon.alignment import align_pieces
from pyterrier_optical.distill.lexicon.dictionaries import load_dictionaries, load_word_lists
from pyterrier_optical.distill.lexicon.word_discovery import learn_segmenter
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.script.segment import Segmenter, lexicon_words
from pyterrier_optical.script.tokenise import fold, words

Pair = tuple[str, str]

# A word that the bitext has this often keeps its translations from there, because a dictionary adds rare senses and
# compounds. Chosen among 1, 3, 10 and 30 on held-out Thai news and the Thai queries of MTOP dev.
_WELL_KNOWN = 3


def build_lexicon(
    bitext: dict[str, list[Pair]],
    options: LexiconOptions | None = None,
    *,
    segmented: dict[str, list[Pair]] | None = None,
    dictionaries: dict[str, list[Pair]] | None = None,
    word_lists: dict[str, list[str]] | None = None,
    seed: int = 13,
    origin: str = "",
) -> Lexicon:
    """Learns P(English term | word) for each language.

    Args:
        bitext: For each language its (English, translation) pairs.
        options: See `LexiconOptions`.
        segmented: Those of the pairs whose scripts without spaces have spaces between words nevertheless: they
            teach which letters make a word, and the other pairs are cut as `learn_segmenter` says. Without any,
            and without a word list, a run of such a script counts as one word.
        dictionaries: For some of the languages (English, word) pairs. They say what words mean that the bitext has
            not, or less than three times; how often an English word is said is counted in the bitext alone.
        word_lists: For some of these languages words to cut texts into, besides those that `learn_segmenter` finds.
        seed: Seed of the order in which pairs are read when there are too many; dictionaries come last.
        origin: What the bitext is, for the readers of the file.

    Returns:
        A `Lexicon` with one table for each language and one of English counts.

    Raises:
        OpticalError: No pairs, or a dictionary or a word list of a language without any.

    Example:
        >>> pairs = [("cat", "paka"), ("river", "mto"), ("a cat", "paka")]
        >>> lexicon = build_lexicon({"sw": pairs})
        >>> max(lexicon.translations("mto", {"sw": 1.0}).items(), key=lambda item: item[1])[0]
        'river'
    """
    options = options or LexiconOptions()
    if not any(bitext.values()):
        raise OpticalError("There are no pairs to make a lexicon from: name bitext in the configuration.")
    dictionaries, word_lists = dictionaries or {}, word_lists or {}
    for what, of_languages in (("a dictionary", dictionaries), ("a word list", word_lists)):
        for lang in of_languages.keys() - bitext.keys():
            raise OpticalError(f"For {shown(lang)} there is {what} and no bitext: add some or leave it out.")
    english: Counter[str] = Counter()
    entries = {}
    with pt.tqdm(bitext.items(), desc="Aligning words", unit="language") as bar:
        for lang, pairs in bar:
            bar.set_postfix_str(lang)
            pairs = random.Random(seed).sample(pairs, len(pairs))
            english.update(word for e, _ in pairs for word in words(e))
            dictionary, known = dictionaries.get(lang, []), word_lists.get(lang, [])
            spaced = [x for _, x in (segmented or {}).get(lang, ())]
            segmenter = learn_segmenter([x for _, x in pairs + dictionary], spaced, options.spaceless_words, known)
            translations = [_words(x, segmenter) for _, x in pairs]
            entries[lang] = _entries(pairs, translations, options)
            if dictionary:
                well_known = {word: entry for word, entry in entries[lang].items() if entry[0] >= _WELL_KNOWN}
                headwords = [_words(x, segmenter) for _, x in dictionary]
                entries[lang] = _entries(pairs + dictionary, translations + headwords, options) | well_known
    entries["en"] = {word: (count, {}) for word, count in english.most_common(options.english_words)}
    return Lexicon.from_entries(entries, origin)


def _entries(
    pairs: Sequence[Pair], translations: Sequence[list[str]], options: LexiconOptions
) -> dict[str, tuple[int, dict[str, float]]]:
    sides = [words(e) for e, _ in pairs], translations
    seen = Counter(word for side in sides[1] for word in side)
    counts, f_words, e_words = _links(sides, options)
    entries = {}
    for row, word in enumerate(f_words):
        cells = slice(counts.indptr[row], counts.indptr[row + 1])
        values, columns = counts.data[cells], counts.indices[cells]
        if not values.sum():
            continue
        probabilities = values / values.sum()
        best = np.argsort(-probabilities, kind="stable")[: options.max_terms]
        kept = [i for i in best if probabilities[i] >= options.min_probability]
        entries[word] = max(seen[word], 1), {e_words[columns[i]]: float(probabilities[i]) for i in kept}
    return entries


def _words(text: str, segmenter: Segmenter) -> list[str]:
    # What lies between known words is a guess at a word: as an entry it would mislead the next segmentation.
    return [
        fold(word)
        for word, spaceless in lexicon_words(text, segmenter)
        if not (spaceless and segmenter) or word in segmenter
    ]


def _links(sides, options: LexiconOptions) -> tuple[sparse.csr_matrix, list[str], list[str]]:
    """Expected counts of links: (words of the translation x words of English), and these words."""
    e_index: dict[str, int] = {}
    f_index: dict[str, int] = {}
    e_ids, f_ids = (
        [[index.setdefault(w, len(index)) for w in side] for side in texts]
        for index, texts in zip((e_index, f_index), sides, strict=True)
    )
    counts = align_pieces(
        e_ids,
        f_ids,
        (len(f_index), len(e_index)),
        rounds=options.rounds,
        max_cells=options.max_cells,
        agreement=options.agreement,
    )
    return counts, list(f_index), list(e_index)


def make_lexicon(config: DistillConfig) -> Path:
    """Makes the lexicon of a configuration's bitext.

    Args:
        config: Its ``bitext`` and the files that its ``lexicon`` names are what is read, and its ``lexicon`` says how;
            the rest of it does not matter.

    Returns:
        The file ``lexicon.safetensors`` in the folder ``output``.

    Raises:
        OpticalError: As `load_bitext`, `load_dictionaries`, `load_word_lists` and `build_lexicon` do; the folder
            cannot be written to.

    Example:
        >>> config = DistillConfig.from_yaml("research/recipes/optical-lexicon-v7.yaml")  # doctest: +SKIP
        >>> OpticalTranslator(lexicon=make_lexicon(config))                        # doctest: +SKIP
    """
    options = config.lexicon
    folder = Path(expand(config.output))
    with writing(folder, "output"):
        folder.mkdir(parents=True, exist_ok=True)
    dictionaries = load_dictionaries(options.dictionaries)
    word_lists = load_word_lists(options.word_lists)
    # The spaces that `segmented` sources put between words are what words are learnt from.
    plain = dataclasses.replace(config.bitext, segmented=[])
    bitext = load_bitext(plain, heldout_pairs=config.evaluation.heldout_pairs, seed=config.training.seed)
    segmented = {
        lang: [
            pair
            for name, pairs in zip(bitext.origins[lang], sources, strict=True)
            for pair in pairs
            if name in config.bitext.segmented
        ]
        for lang, sources in bitext.training.items()
    }
    origins = sorted({name for names in bitext.origins.values() for name in names})
    files = [*options.dictionaries, *options.word_lists]
    origins += [Path(entry["path"]).name for entry in files]
    lexicon = build_lexicon(
        bitext.pairs(),
        options,
        segmented=segmented,
        dictionaries=dictionaries,
        word_lists=word_lists,
        seed=config.training.seed,
        origin=", ".join(origins),
    )
    lexicon.save(folder / "lexicon.safetensors")
    return folder / "lexicon.safetensors"

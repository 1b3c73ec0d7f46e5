"""From bitext to the fixed sequence of training rows: which language, which pair, which batch."""

import random
from collections.abc import Collection, Mapping, Sequence

from pyterrier_optical.distill.mix import Mix
from pyterrier_optical.errors import OpticalError, shown

Pair = tuple[str, str]


def names_without_bitext(mix: Mix, languages: Collection[str], sources: Collection[str]) -> dict[str, list[str]]:
    """What a mix weighs although the bitext does not have it: names that are misspelt, or left out of this run.

    Args:
        mix: The proportions.
        languages: The languages that have bitext.
        sources: The names of its sources.

    Returns:
        For each option of the mix its names without bitext; options without such names are left out.

    Example:
        >>> names_without_bitext(Mix(language_weights={"sw": 2, "tha": 2}), ["sw", "th"], [])
        {'language_weights': ['tha']}
    """
    known = {"language_weights": languages, "source_weights": sources}
    missing = {option: [name for name in getattr(mix, option) if name not in known[option]] for option in known}
    return {option: names for option, names in missing.items() if names}


def language_weights(sizes: Mapping[str, int], temperature: float) -> dict[str, float]:
    """Probability of each language.

    Example:
        >>> language_weights({"de": 8, "so": 1}, temperature=3)
        {'de': 0.6666666666666666, 'so': 0.3333333333333333}
    """
    raised = {lang: n ** (1 / temperature) for lang, n in sizes.items()}
    total = sum(raised.values())
    return {lang: w / total for lang, w in raised.items()}


def sample_rows(
    bitext: Mapping[str, Sequence[Sequence[Pair]]],
    rows: int,
    batch_size: int,
    mix: Mix,
    seed: int,
    origins: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, str]]:
    """Draws the rows of a whole run, in order; the same seed gives the same rows.

    Every source of a language is walked through in shuffled order, and again when it is used up, so that no pair comes
    twice before all came once.

    Args:
        bitext: For each language, its sources; each source a sequence of (English, translation) in document order.
        rows: Rows to draw.
        batch_size: Rows of one batch; lengths within a batch are alike.
        mix: The proportions.
        seed: Seed of everything drawn here.
        origins: The names of each language's sources, which `mix.source_weights` refers to.

    Returns:
        Dicts with `english`, `translation` and `lang` (the language; `en` for English-English rows).

    Raises:
        OpticalError: The weights of the mix leave nothing to draw.
    """
    rng = random.Random(seed)
    weights = language_weights({lang: sum(map(len, sources)) for lang, sources in bitext.items()}, mix.temperature)
    weights = {lang: weight * mix.language_weights.get(lang, 1) for lang, weight in weights.items()}
    walks = {}
    for lang, sources in bitext.items():
        names = (origins or {}).get(lang, [""] * len(sources))
        walks[lang] = _Walk(sources, [mix.source_weights.get(name, 1) for name in names], rng)
        if weights[lang] and not walks[lang].places:
            raise OpticalError(f"'source_weights' under 'mix' leave no pair of {shown(lang)}: raise one of them.")
    if not any(weights.values()):
        raise OpticalError("'language_weights' under 'mix' leave no language: raise one of them.")
    langs = rng.choices(list(weights), list(weights.values()), k=rows)
    drawn = []
    for lang in langs:
        n = rng.randint(2, mix.passage_pairs) if rng.random() < mix.passage_share and mix.passage_pairs > 1 else 1
        english, translation = walks[lang].next(n)
        if rng.random() < mix.english_share:
            lang, translation = "en", english
        drawn.append({"english": english, "translation": translation, "lang": lang})
    return _in_buckets(drawn, batch_size, mix.bucket_batches, rng)


class _Walk:
    """Pairs of one language, each once before any comes again; neighbours can be joined to a passage."""

    def __init__(self, sources: Sequence[Sequence[Pair]], weights: Sequence[float], rng: random.Random):
        self.sources, self.weights, self.rng = sources, weights, rng
        self.places = self._places()
        self.at = len(self.places)

    def _places(self) -> list[tuple[int, int]]:
        every = [(s, i) for s, source in enumerate(self.sources) for i in range(len(source))]
        if all(weight == 1 for weight in self.weights):
            return every
        whole = [place for place in every for _ in range(int(self.weights[place[0]]))]
        return whole + [place for place in every if self.rng.random() < self.weights[place[0]] % 1]

    def next(self, n: int) -> Pair:
        if self.at >= len(self.places):
            self.rng.shuffle(self.places)
            self.at = 0
        s, i = self.places[self.at]
        self.at += 1
        neighbours = self.sources[s][i : i + n]
        return " ".join(e for e, _ in neighbours), " ".join(x for _, x in neighbours)


def _in_buckets(rows, batch_size, bucket_batches, rng):
    ordered = []
    size = batch_size * max(1, bucket_batches)
    for first in range(0, len(rows), size):
        bucket = sorted(rows[first : first + size], key=lambda row: len(row["english"]) + len(row["translation"]))
        batches = [bucket[i : i + batch_size] for i in range(0, len(bucket), batch_size)]
        rng.shuffle(batches)
        # A batch that is short would shift all that follow; it can only be the run's last.
        batches.sort(key=lambda batch: len(batch) < batch_size)
        ordered += [row for batch in batches for row in batch]
    return ordered

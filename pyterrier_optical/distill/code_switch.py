"""Code-switched pairs: English sentences with some of their words said in another language.

A language with a few thousand pairs has too few of them to show the student its words in many contexts, or names inside
its sentences. A lexicon learnt from those very pairs says its words inside any English sentence; what the lexicon does
not know, names above all, stays as it is, which is what translators do with names.
"""

import random
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

from pyterrier_optical.distill.config import LexiconOptions
from pyterrier_optical.distill.lexicon import build_lexicon
from pyterrier_optical.tokenise import fold
from pyterrier_optical.translate.lexicon import Lexicon

# Said so rarely for a term, a word is more likely a mistake of the alignment than a translation.
LEAST_PROBABILITY = 0.1
MOST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class CodeSwitcher:
    """Says words of English sentences in another language.

    The lexicon's P(term | word) and the counts of its words give, by Bayes' rule, P(word | term).

    Args:
        lexicon: Knows the language.
        lang: The language.
        share: Probability that a word with a translation is replaced.

    Example:
        >>> lexicon = Lexicon.from_entries({"sw": {"paka": (3, {"cat": 0.9}), "mto": (2, {"river": 1.0})}})
        >>> CodeSwitcher(lexicon, "sw", share=1.0)("The cat of Kibiriti", random.Random(13))
        'The paka of Kibiriti'
    """

    def __init__(self, lexicon: Lexicon, lang: str, share: float):
        self.share = share
        self._words = _words_of_terms(lexicon, lang)

    def __call__(self, sentence: str, rng: random.Random) -> str:
        """The sentence with some words replaced; ``rng`` decides which, and by what."""

        def replace(match: re.Match) -> str:
            known = self._words.get(fold(match.group()))
            if known is None or rng.random() >= self.share:
                return match.group()
            words, cumulated = known
            return words[bisect(cumulated, rng.random() * cumulated[-1])]

        return _WORD.sub(replace, sentence)


def learn_switchers(
    bitext: Mapping[str, Sequence[Sequence[tuple[str, str]]]], share: float, seed: int
) -> dict[str, CodeSwitcher]:
    """A `CodeSwitcher` for each language, by a lexicon of the bitext itself.

    Args:
        bitext: For each language its sources, each a sequence of (English, translation).
        share: As for `CodeSwitcher`.
        seed: Seed of the lexicon.
    """
    # One direction, as the recipes in configs/ were measured with.
    options = LexiconOptions(agreement=False)
    pairs = {lang: [pair for source in sources for pair in source] for lang, sources in bitext.items()}
    lexicon = build_lexicon(pairs, options, seed=seed)
    return {lang: CodeSwitcher(lexicon, lang, share) for lang in bitext}


def _words_of_terms(lexicon: Lexicon, lang: str) -> Mapping[str, tuple[Sequence[str], Sequence[float]]]:
    table = lexicon.languages[lang]
    expected: dict[str, dict[str, float]] = defaultdict(dict)
    for word, row in table.rows.items():
        for term, probability in lexicon.translations(word, {lang: 1.0}).items():
            expected[term][word] = probability * int(table.counts[row])
    chosen = {}
    for term, counts in expected.items():
        total = sum(counts.values())
        best = sorted(counts.items(), key=lambda item: -item[1])[:MOST_WORDS]
        likely = [(word, count) for word, count in best if count >= LEAST_PROBABILITY * total]
        if likely:
            chosen[term] = [word for word, _ in likely], list(accumulate(count for _, count in likely))
    return chosen

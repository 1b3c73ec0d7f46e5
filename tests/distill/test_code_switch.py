import random

from pyterrier_optical.distill.code_switch import CodeSwitcher, learn_switchers
from pyterrier_optical.distill.sampling import Mix, sample_rows
from pyterrier_optical.translate import Lexicon

LEXICON = Lexicon.from_entries(
    {
        "sw": {
            "paka": (30, {"cat": 0.9}),
            "nyau": (10, {"cat": 0.9}),
            "kosa": (1, {"cat": 0.9}),
            "mto": (2, {"river": 1.0}),
        }
    }
)


def test_words_without_a_translation_stay_as_they_were_typed():
    switch = CodeSwitcher(LEXICON, "sw", share=1.0)
    assert switch("Does Kibiriti know the river, or 12 rivers?", random.Random(1)) == (
        "Does Kibiriti know the mto, or 12 rivers?"
    )


def test_translations_come_as_often_as_they_are_likely_and_slips_of_the_alignment_never():
    switch = CodeSwitcher(LEXICON, "sw", share=1.0)
    rng = random.Random(2)
    said = [switch("cat", rng) for _ in range(400)]
    assert 0.7 < said.count("paka") / 400 < 0.8
    assert set(said) == {"paka", "nyau"}


def test_the_share_of_words_that_change():
    switch = CodeSwitcher(LEXICON, "sw", share=0.25)
    words = switch("cat " * 1000, random.Random(3)).split()
    assert 0.2 < 1 - words.count("cat") / 1000 < 0.3


def test_switched_rows_are_english_of_any_language_with_words_of_their_own():
    bitext = {
        "sw": [[("the cat", "paka"), ("the river", "mto"), ("a cat", "paka")] * 5],
        "de": [[("the cat of Kibiriti", "die Katze von Kibiriti")] * 15],
    }
    mix = Mix(english_share=0, passage_share=0, switched_shares={"sw": 1.0}, switched_words=1.0)
    rows = [row for row in sample_rows(bitext, 200, 8, mix, seed=4) if row["lang"] == "sw"]
    assert {"paka", "mto"} <= {word for row in rows for word in row["translation"].split()}
    assert any(row["english"] == "the cat of Kibiriti" and "paka" in row["translation"] for row in rows)
    assert all("Kibiriti" in row["translation"] for row in rows if "Kibiriti" in row["english"])


def test_switchers_learn_from_all_sources_of_a_language():
    sources = [[("cat", "paka"), ("river", "mto")] * 3, [("market", "soko"), ("cat", "paka")] * 3]
    switch = learn_switchers({"sw": sources}, 1.0, seed=5)["sw"]
    assert switch("river market", random.Random(6)) == "mto soko"

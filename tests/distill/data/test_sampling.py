from collections import Counter

import pytest

from pyterrier_optical.distill.data.sampling import Mix, language_weights, sample_rows

BITEXT = {
    "de": [[(f"english {i}", f"deutsch {i}") for i in range(64)]],
    "so": [[(f"first {i}", f"soomaali {i}") for i in range(4)], [(f"second {i}", f"af {i}") for i in range(4)]],
}
PLAIN = Mix(temperature=1, english_share=0, passage_share=0)


def test_temperature_flattens_the_sizes():
    assert language_weights({"de": 64, "so": 8}, 1)["so"] == pytest.approx(1 / 9)
    assert language_weights({"de": 64, "so": 8}, 3)["so"] == pytest.approx(1 / 3)
    assert language_weights({"de": 64, "so": 8}, 1e9)["so"] == pytest.approx(1 / 2)


def test_no_pair_comes_twice_before_all_came_once():
    rows = sample_rows({"de": BITEXT["de"]}, 64 * 3, 8, PLAIN, seed=1)
    assert set(Counter(row["translation"] for row in rows).values()) == {3}


def test_proportions():
    rows = sample_rows(BITEXT, 4000, 8, Mix(temperature=3, english_share=0.25, passage_share=0), seed=2)
    share = Counter(row["lang"] for row in rows)
    assert share["en"] / 4000 == pytest.approx(0.25, abs=0.03)
    assert share["so"] / 4000 == pytest.approx(0.75 / 3, abs=0.03)
    assert all(row["english"] == row["translation"] for row in rows if row["lang"] == "en")


def test_passages_join_neighbours_of_one_source():
    rows = sample_rows({"so": BITEXT["so"]}, 200, 8, Mix(english_share=0, passage_share=1, passage_pairs=3), seed=3)
    joined = [row["english"] for row in rows if row["english"].count("t ") or "second" in row["english"]]
    assert any(len(text.split()) >= 4 for text in joined)
    for row in rows:
        words = row["english"].split()
        assert len(set(words[::2])) == 1, "a passage mixes sources"
        numbers = list(map(int, words[1::2]))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_the_seed_fixes_the_order():
    assert sample_rows(BITEXT, 100, 8, Mix(), seed=4) == sample_rows(BITEXT, 100, 8, Mix(), seed=4)
    assert sample_rows(BITEXT, 100, 8, Mix(), seed=4) != sample_rows(BITEXT, 100, 8, Mix(), seed=5)


def test_a_batch_holds_texts_of_like_length():
    pairs = [("w " * (1 + i % 50), "x " * (1 + i % 50)) for i in range(800)]
    rows = sample_rows({"xx": [pairs]}, 800, 16, Mix(english_share=0, passage_share=0, bucket_batches=50), seed=5)
    spreads = []
    for first in range(0, 800, 16):
        lengths = [len(row["english"]) for row in rows[first : first + 16]]
        spreads.append(max(lengths) - min(lengths))
    assert max(spreads) <= 6
    assert len({len(rows[i]["english"]) for i in range(0, 160, 16)}) > 3, "batches come in order of length"


def test_factors_on_languages_and_sources():
    origins = {"de": ["ui"], "so": ["news", "terms"]}
    mix = Mix(temperature=1, english_share=0, passage_share=0, language_weights={"de": 0})
    assert {row["lang"] for row in sample_rows(BITEXT, 200, 8, mix, 6, origins)} == {"so"}
    mix = Mix(temperature=1, english_share=0, passage_share=0, source_weights={"news": 3, "terms": 0.5})
    rows = sample_rows({"so": BITEXT["so"]}, 1400, 8, mix, 6, origins)
    share = Counter(row["english"].split()[0] for row in rows)
    assert share["first"] / share["second"] == pytest.approx(6, rel=0.15)

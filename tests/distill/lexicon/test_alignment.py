import numpy as np

from pyterrier_optical.distill import align_pieces


def reference(english, translation, shape, rounds):
    """IBM model 1 as the textbook writes it."""
    t = np.ones(shape)
    for _ in range(rounds):
        counts = np.zeros(shape)
        for e, f in zip(english, translation, strict=True):
            for fi in f:
                total = sum(t[fi, ej] for ej in e)
                for ej in e:
                    counts[fi, ej] += t[fi, ej] / total
        t = counts / np.maximum(counts.sum(0, keepdims=True), 1e-30)
    return counts


def test_agrees_with_the_textbook_on_random_bitext():
    rng = np.random.default_rng(0)
    english = [rng.integers(0, 7, rng.integers(1, 6)).tolist() for _ in range(40)]
    translation = [rng.integers(0, 9, rng.integers(1, 6)).tolist() for _ in range(40)]
    got = align_pieces(english, translation, (9, 7), rounds=4).toarray()
    assert np.allclose(got, reference(english, translation, (9, 7), 4))


def test_finds_a_hidden_dictionary():
    rng = np.random.default_rng(1)
    english = [rng.permutation(12)[:4].tolist() for _ in range(300)]
    translation = [[(e + 5) % 12 for e in reversed(pair)] for pair in english]
    counts = align_pieces(english, translation, (12, 12)).toarray()
    assert (counts.argmax(1) == (np.arange(12) - 5) % 12).all()


def test_every_occurrence_is_counted_once_and_empty_sides_not_at_all():
    counts = align_pieces([[0, 1], [], [1]], [[2, 2], [0], []], (3, 2))
    assert np.isclose(counts.sum(), 2)
    assert align_pieces([], [], (3, 2)).nnz == 0


def test_stops_reading_at_the_bound():
    pairs = [[0, 1]] * 100
    assert np.isclose(align_pieces(pairs, pairs, (2, 2), max_cells=40).sum(), 20)


def test_both_directions_agree_on_a_rare_word():
    # The rare 4 stands beside 3 once: one direction takes it for a translation of all that is there.
    english = [[0, 1], [0, 2], [1, 2], [0, 1], [0, 1, 3]]
    translation = [[0, 1], [0, 2], [1, 2], [0, 1], [0, 1, 3]]
    one = align_pieces(english, translation, (4, 4), rounds=3).toarray()
    both = align_pieces(english, translation, (4, 4), rounds=3, agreement=True).toarray()
    for counts in (one, both):
        counts /= counts.sum(1, keepdims=True)
    assert both[3, 3] > one[3, 3] and both[0, 3] < one[0, 3]
    assert (both.argmax(1) == np.arange(4)).all()


def test_agreement_is_the_same_in_both_directions():
    rng = np.random.default_rng(2)
    english = [rng.integers(0, 7, rng.integers(1, 6)).tolist() for _ in range(40)]
    translation = [rng.integers(0, 9, rng.integers(1, 6)).tolist() for _ in range(40)]
    there = align_pieces(english, translation, (9, 7), agreement=True).toarray()
    back = align_pieces(translation, english, (7, 9), agreement=True).toarray()
    assert np.allclose(there, back.T) and there.sum() > 0

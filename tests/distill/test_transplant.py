from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from scipy import sparse

from pyterrier_optical.distill import read_pairs, transplant
from pyterrier_optical.distill.transplanting import TransplantOptions, start_rows
from pyterrier_optical.errors import OpticalError

OPTIONS = TransplantOptions(pieces_per_language=80, sharpness=1.5, worth=None)


@pytest.fixture
def made(teacher, bitext_file):
    return transplant(teacher, {"xx": list(read_pairs(bitext_file))}, OPTIONS)


def test_english_gets_the_teachers_vectors_exactly(made, teacher):
    texts = ["water falls near house", "Tree, goat", "road"]
    for ours, theirs in zip(made.model.encode_document(texts), teacher.encode_document(texts), strict=True):
        assert torch.equal(ours, theirs)


def test_is_an_xlm_r_with_the_teachers_rows_first(made, teacher):
    body, theirs = made.model[0].auto_model, teacher[0].auto_model
    assert body.config.model_type == "xlm-roberta"
    n = theirs.config.vocab_size
    assert torch.equal(body.embeddings.word_embeddings.weight[:n], theirs.embeddings.word_embeddings.weight)
    assert len(body.embeddings.word_embeddings.weight) == n + len(made.added)
    assert made.report["teacher_rows"] == n


def test_no_token_of_the_language_is_unknown(made):
    assert made.report["languages"]["xx"]["unknown_tokens"] == 0


def test_aligned_pieces_start_near_their_translations(made, teacher):
    """The verbs, which the invented language puts last, must still find their English."""
    rows = made.model[0].auto_model.embeddings.word_embeddings.weight
    ids = made.model.tokenizer.convert_tokens_to_ids
    english = ["water", "house", "tree", "goat", "road", "bread", "falls", "grows", "waits"]
    foreign = ["madi", "nyuba", "mutsi", "mbudzo", "nzira", "tshingwa", "uyawa", "uyakula", "umirira"]
    whole = [(e, f) for e, f in zip(english, foreign, strict=True) if f in made.added]
    assert len(whole) >= 5
    cosines = torch.nn.functional.cosine_similarity(
        rows[ids([f for _, f in whole])][:, None], rows[ids([e for e, _ in whole])][None], dim=-1
    )
    assert (cosines.argmax(1) == torch.arange(len(whole))).float().mean() > 0.8


def test_survives_saving(made, tmp_path):
    from sentence_transformers import MultiVectorEncoder

    made.model.save_pretrained(str(tmp_path / "m"))
    again = MultiVectorEncoder(str(tmp_path / "m"), device="cpu")
    text = ["madi phedo nyuba uyawa, water"]
    assert torch.equal(again.encode_query(text)[0], made.model.encode_query(text)[0])


def test_made_again_it_is_the_same_to_the_last_bit(made, teacher, bitext_file):
    torch.manual_seed(1)
    again = transplant(teacher, {"xx": list(read_pairs(bitext_file))}, OPTIONS)
    ours, theirs = made.model.state_dict(), again.model.state_dict()
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        assert torch.equal(values, theirs[name]), name
    assert made.model.tokenizer.get_vocab() == again.model.tokenizer.get_vocab()


def test_a_teacher_without_wordpiece_is_refused(tmp_path):
    from pyterrier_optical.checkpoints import load_encoder

    with pytest.raises(OpticalError, match="Only a BERT with an uncased WordPiece"):
        transplant(load_encoder(tiny.xlmr(tmp_path)), {"xx": [("a", "b")]}, OPTIONS)


def test_start_rows_average_by_sharpened_probability():
    teacher_rows = np.array([[9.0, 9.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    counts = sparse.csr_matrix(np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 3, 1], [0, 0, 0]], dtype=float))
    rows = start_rows(teacher_rows, [1, 2], counts, TransplantOptions(sharpness=2.0, backward=0))
    expected = np.array([0.75**2, 0.25**2]) / np.linalg.norm([0.75**2, 0.25**2])
    assert np.allclose(rows[0], expected)
    assert np.allclose(rows[1], np.array([0.5, 0.5]) / np.linalg.norm([0.5, 0.5]))


def test_start_rows_pass_over_pieces_that_stand_beside_everything():
    teacher_rows = np.array([[9.0, 9.0], [1.0, 0.0], [0.0, 1.0]], dtype=np.float32)
    counts = sparse.csr_matrix(np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 2, 2], [0, 6, 0]], dtype=float))
    even = start_rows(teacher_rows, [1, 2], counts, TransplantOptions(sharpness=1.0, backward=0.0))[0]
    rows = start_rows(teacher_rows, [1, 2], counts, TransplantOptions(sharpness=1.0, backward=1.0))[0]
    assert np.allclose(even, np.sqrt([0.5, 0.5]))
    assert np.allclose(rows, np.array([0.25, 1.0]) / np.linalg.norm([0.25, 1.0]))


def test_guests_cut_the_words_of_the_others_as_if_they_were_not_there(teacher, bitext_file):
    pairs = list(read_pairs(bitext_file))
    guest = [(english, foreign[::-1].replace("i", "ya")) for english, foreign in pairs] + [("road", "nzir nziraa")] * 5
    alone = transplant(teacher, {"xx": pairs}, OPTIONS).model.tokenizer
    options = TransplantOptions(pieces_per_language=80, worth=None, guests=["yy"], pieces={"yy": 60})
    made = transplant(teacher, {"xx": pairs, "yy": guest}, options)
    both = made.model.tokenizer
    assert len(both) > len(alone)
    assert made.report["languages"]["yy"]["unknown_tokens"] == 0
    for _, foreign in pairs[:50]:
        assert both.tokenize(foreign) == alone.tokenize(foreign)


def test_a_word_of_every_day_stays_whole_though_a_name_begins_with_it(teacher, bitext_file):
    pairs = list(read_pairs(bitext_file))
    known = set(transplant(teacher, {"xx": pairs}, OPTIONS).added)
    seen = Counter(word for _, foreign in pairs for word in foreign.split() if word in known and len(word) > 2)
    word, count = seen.most_common(1)[0]
    assert count > 20
    named = {"xx": [*pairs, (f"{word}oon falls", "zz")]}
    assert word not in transplant(teacher, named, OPTIONS).added
    assert word in transplant(teacher, named, replace(OPTIONS, worth=20)).added

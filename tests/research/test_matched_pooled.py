import torch
from test_matched_objectives import pooled

from pyterrier_optical.late.encoder import TokenEncoder
from research.matched.pooled import SentenceVectors, repeats, with_sentence_vector


def test_sentence_vectors_are_those_of_the_sentence_encoder(matched_materials):
    teacher = matched_materials.teachers("centred").teacher
    texts = ["water falls near house", "goat"]
    features = teacher.preprocess(texts, task="document")
    torch.testing.assert_close(SentenceVectors(teacher)(features), pooled(teacher, texts), atol=1e-5, rtol=0)


def test_token_vectors_stay_what_they_were(matched_materials):
    teacher = matched_materials.teachers("centred").teacher
    texts = ["water falls near house", "goat"]
    both = TokenEncoder(with_sentence_vector(teacher)).documents(texts)
    torch.testing.assert_close(both.values, TokenEncoder(teacher).documents(texts).values)


def test_a_sentence_is_encoded_once(matched_materials):
    teacher = matched_materials.teachers("centred").teacher
    vectors = SentenceVectors(teacher)
    calls, forward = [], vectors.teacher.forward
    vectors.teacher.forward = lambda batch, **options: (
        calls.append(len(batch["input_ids"])) or forward(batch, **options)
    )
    first = vectors(teacher.preprocess(["goat", "tree"], task="document"))
    again = vectors(teacher.preprocess(["tree", "goat waits near water"], task="document"))
    assert calls == [2, 1]
    assert torch.equal(first[1], again[0])


def test_repeats_look_past_the_padding():
    ids = torch.tensor([[5, 6, 0], [5, 6, 9], [5, 6, 1]])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1], [1, 1, 0]])
    same = repeats({"input_ids": ids, "attention_mask": mask})
    assert same.tolist() == [[False, False, True], [False, False, False], [True, False, False]]

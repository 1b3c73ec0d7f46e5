import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from pyterrier_optical.distill.vocabulary import (
    drop_pieces_that_cut,
    extend_tokenizer,
    learn_pieces,
    multilingual_normalizer,
    piece_counts,
    with_both_positions,
    word_counts,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz'.,!"


@pytest.fixture
def wordpiece():
    """An uncased WordPiece tokenizer as BERT's."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "market", "##s", "town", *LETTERS]
    pieces += ["##" + letter for letter in LETTERS if letter != "s"]
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


@pytest.mark.parametrize(
    "text",
    ["Café Zoë, naïve!", "São Tomé", "tab\tand\nline", "soft\u00adhyphen", "O\u2019Brien \u201cquoted\u201d", "10 €"],
)
def test_normaliser_agrees_with_berts_on_latin_text(text):
    bert = normalizers.BertNormalizer(lowercase=True)
    ours = multilingual_normalizer()
    assert " ".join(ours.normalize_str(text).split()) == " ".join(bert.normalize_str(text).split())


@pytest.mark.parametrize("text", ["किताबें", "มีน้ำ", "কলম", "क\u094d\u200dष"])
def test_normaliser_keeps_the_marks_and_joiners_of_other_scripts(text):
    assert multilingual_normalizer().normalize_str(text) == text


def test_yoruba_loses_its_tones_as_the_teacher_loses_them():
    assert multilingual_normalizer().normalize_str("Ọjà ẹ̀kọ́") == "oja eko"


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("uJohn naseNgwavuma", "u john nase ngwavuma"),
        ("(eKapa)", "(e kapa)"),
        ("weŁódź", "we łodz"),
        ("McDonald YouTube DNA mRNA pH i-Cape", "mcdonald youtube dna mrna ph i-cape"),
        ("abcdefgHijk", "abcdefghijk"),  # seven letters are no prefix
    ],
)
def test_a_name_parts_from_its_prefix(text, normalised):
    assert multilingual_normalizer().normalize_str(text) == normalised


def test_the_shipped_model_has_these_rules(shipped_model):
    tokenizer = Tokenizer.from_file(str(shipped_model / "tokenizer.json"))
    encoded = tokenizer.encode("Ubani uJohn?")
    assert "john" in encoded.tokens
    assert encoded.offsets[encoded.tokens.index("john")] == (7, 11)
    assert tokenizer.encode("กิน ข้าว").tokens == tokenizer.encode("กินข้าว").tokens


def test_extension_keeps_the_teachers_ids(wordpiece):
    extended = extend_tokenizer(wordpiece, ["soko", "##ni", "market"])
    assert extended.get_vocab_size() == wordpiece.get_vocab_size() + 2
    assert extended.encode("Markets, town!").ids[1:-1] == wordpiece.encode("Markets, town!").ids
    assert extended.encode("sokoni").tokens == ["[CLS]", "soko", "##ni", "[SEP]"]


def test_pieces_that_cut_english_words_are_left_out(wordpiece):
    pieces = ["mar", "marke", "##ke", "soko", "tow"]
    kept = drop_pieces_that_cut(wordpiece, pieces, dict.fromkeys(("market", "mark", "town", "tower"), 1))
    extended = extend_tokenizer(wordpiece, kept)
    for word in ("market", "mark", "town", "tower"):
        assert extended.encode(word, add_special_tokens=False).ids == wordpiece.encode(word).ids
    assert "soko" in kept
    assert "mar" not in kept


def test_the_words_kept_whole_may_be_those_of_an_extended_tokenizer(wordpiece):
    hosts = extend_tokenizer(wordpiece, ["soko", "##ni", "so"])
    kept = drop_pieces_that_cut(hosts, ["sokon", "##i", "nyota"], {"sokoni": 1, "town": 1})
    both = extend_tokenizer(wordpiece, ["soko", "##ni", "so", *kept])
    assert both.encode("sokoni", add_special_tokens=False).tokens == ["soko", "##ni"]
    assert "nyota" in kept
    assert "sokon" not in kept


def test_a_piece_may_cut_words_that_are_rarer_than_its_uses(wordpiece):
    words = {"marker": 2, "tower": 5}
    assert drop_pieces_that_cut(wordpiece, ["marke", "tow"], words, uses={"marke": 2, "tow": 4}) == ["marke"]
    assert drop_pieces_that_cut(wordpiece, ["marke", "tow"], words, uses={}) == []


def test_words_and_pieces_are_counted(wordpiece):
    assert word_counts(["Maji safi", "maji, moto"]) == {"maji": 2, "safi": 1, "moto": 1, ",": 1}
    extended = extend_tokenizer(wordpiece, ["soko", "##ni"])
    assert piece_counts(extended, {"sokoni": 3, "soko": 2}) == {"soko": 5, "##ni": 3}


def test_every_letter_learnt_can_begin_and_continue_a_word():
    pieces = learn_pieces(["नदी बड़ी", "नदी लंबी"], 60, min_frequency=1)
    assert {"न", "##न", "नदी"} <= set(pieces)


def test_no_word_of_the_language_is_unknown(wordpiece):
    texts = ["नदी के पास बड़ा बाज़ार है", "किताबें मेज़ पर हैं"]
    extended = extend_tokenizer(wordpiece, learn_pieces(texts, 80, min_frequency=1))
    assert all("[UNK]" not in extended.encode(text).tokens for text in texts)


def test_spaceless_scripts_get_both_positions():
    assert with_both_positions(["ตลาด", "##ni"]) == ["ตลาด", "##ตลาด", "##ni"]


def test_spaces_between_words_of_a_spaceless_script_make_no_difference(wordpiece):
    pieces = with_both_positions(learn_pieces(["ตลาดอยู่ใกล้แม่น้ำ"], 60, min_frequency=1))
    extended = extend_tokenizer(wordpiece, pieces)
    assert extended.encode("ตลาด อยู่ ใกล้ town แม่น้ำ").ids == extended.encode("ตลาดอยู่ใกล้ town แม่น้ำ").ids


def test_a_thai_text_of_a_thousand_letters_is_not_one_unknown_word(wordpiece):
    text = "ตลาดอยู่ใกล้แม่น้ำ" * 60
    extended = extend_tokenizer(wordpiece, with_both_positions(learn_pieces([text[:90]], 60, min_frequency=1)))
    assert "[UNK]" not in extended.encode(text).tokens


def test_two_runs_learn_the_same_pieces():
    # Every word as often as the others: what is merged first is a matter of ties.
    words = ["tshingwa", "nzira", "mbudzo", "mutsi", "nyuba", "uyawa", "umirira", "uyakula", "madi", "phedo"]
    learnt = {tuple(learn_pieces([" ".join(words)] * 3, 60)) for _ in range(8)}
    assert len(learnt) == 1

"""The transplant's vocabulary: the teacher's WordPiece kept whole, with pieces of other languages added.

Added pieces that would change how English is cut are left out, so that English text gives the teacher's token ids, and
with them the teacher's vectors, exactly; `drop_pieces_that_cut` says which may stay where exactness costs too much.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import regex
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from pyterrier_optical.script import SOUTH_EAST_ASIAN, char_class

# Scripts written without spaces: a sentence is one run, which WordPiece would call unknown past its length limit.
_SPACELESS = char_class(SOUTH_EAST_ASIAN)
_OF_SPACELESS = regex.compile(f"[{_SPACELESS}]")
_SPACELESS_RUN = Regex(rf"(?:[[{_SPACELESS}]&&[^\p{{M}}]]\p{{M}}*){{1,24}}")
# Some corpora put spaces between the words of these scripts, people do not: either way a text is cut alike.
_SPACES_IN_SPACELESS = Regex(rf"(?<=[{_SPACELESS}]) +(?=[{_SPACELESS}])")
# Zulu, Xhosa, Swati and others write a prefix and a name as one word (uJohn): the name is to be cut as it is elsewhere.
_LONGEST_PREFIX = 6
_BEFORE_PREFIXED_NAME = Regex(
    "(?<="
    + "|".join(rf"(?:^|[^\p{{L}}\p{{M}}])\p{{Ll}}{{{length}}}" for length in range(1, _LONGEST_PREFIX + 1))
    + r")(?=\p{Lu}\p{Ll})"
)
SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def multilingual_normalizer(lowercase: bool = True) -> normalizers.Normalizer:
    """BERT's uncased normaliser, mended for other scripts.

    BERT drops every combining mark, among them the vowel signs of Devanagari and Thai, and the joiners ZWJ and ZWNJ.
    Here marks are dropped after Latin letters only, the joiners stay, spaces between letters of Thai, Lao, Khmer and
    Burmese go, and a name parts from a prefix in small letters ('uJohn'). On English the two agree, but for names such
    as 'iPhone'.
    """
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\t\n\r]"), " "),
            normalizers.Replace(Regex(r"[[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]&&[^\u200C\u200D]]"), ""),
            normalizers.Replace(Regex(r"\p{Zs}"), " "),
            normalizers.Replace(_SPACES_IN_SPACELESS, ""),
            normalizers.Replace(_BEFORE_PREFIXED_NAME, " "),
            normalizers.BertNormalizer(
                clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=False
            ),
            normalizers.NFD(),
            normalizers.Replace(Regex(r"(?<=\p{Latin}|\p{Latin}\p{Mn}|\p{Latin}\p{Mn}\p{Mn})\p{Mn}+"), ""),
            *([normalizers.Lowercase()] if lowercase else []),
            normalizers.NFC(),
        ]
    )


def multilingual_pre_tokenizer() -> pre_tokenizers.PreTokenizer:
    """BERT's splitting at white space and punctuation, and long runs of spaceless scripts cut into chunks."""
    return pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Split(_SPACELESS_RUN, behavior="isolated")]
    )


def learn_pieces(texts: Iterable[str], size: int, *, min_frequency: int = 3) -> list[str]:
    """Learns WordPieces of one language (byte-pair merges over its words).

    Args:
        texts: Sentences.
        size: The number of pieces to learn, single characters included.
        min_frequency: A piece must be seen this often.

    Returns:
        Pieces, `##` marking those that continue a word, the most useful first.
    """
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = multilingual_normalizer()
    tokenizer.pre_tokenizer = multilingual_pre_tokenizer()
    texts = list(texts)
    found = {letter for text in texts for letter in tokenizer.normalizer.normalize_str(text) if not letter.isspace()}
    # Merges of equal count go by the numbers of their parts, which the trainer gives to continuing letters as it meets
    # them, in no fixed order: numbered beforehand, two runs learn the same.
    trainer = trainers.WordPieceTrainer(
        vocab_size=size,
        min_frequency=min_frequency,
        special_tokens=["[UNK]", *(f"##{letter}" for letter in sorted(found))],
        show_progress=False,
        continuing_subword_prefix="##",
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocab = tokenizer.get_vocab()
    learnt = [piece for piece in sorted(vocab, key=vocab.get) if piece != "[UNK]"]
    # WordPiece calls a whole word unknown for one letter it lacks: every letter can begin and continue a word.
    letters = dict.fromkeys(piece.removeprefix("##") for piece in learnt if len(piece.removeprefix("##")) == 1)
    return list(dict.fromkeys([form for letter in letters for form in (letter, "##" + letter)] + learnt))


def with_both_positions(pieces: Iterable[str]) -> list[str]:
    """Gives every piece of a spaceless script its word-initial and its continuing form.

    Where spaces are optional, a word begins a run or continues one by accident of typing.
    """
    out: dict[str, None] = {}
    for piece in pieces:
        out[piece] = None
        bare = piece.removeprefix("##")
        if _OF_SPACELESS.search(bare):
            out[bare] = None
            out["##" + bare] = None
    return list(out)


def extend_tokenizer(teacher: Tokenizer, pieces: Iterable[str]) -> Tokenizer:
    """Builds the transplant's tokenizer: the teacher's ids unchanged, `pieces` appended.

    Args:
        teacher: The teacher's uncased WordPiece tokenizer.
        pieces: New pieces; those the teacher has already are passed over.

    Returns:
        A tokenizer with the multilingual normaliser and pre-tokeniser, without truncation or padding.
    """
    vocab = teacher.get_vocab()
    for piece in pieces:
        vocab.setdefault(piece, len(vocab))
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    tokenizer.normalizer = multilingual_normalizer()
    tokenizer.pre_tokenizer = multilingual_pre_tokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[(token, vocab[token]) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.decoder = teacher.decoder
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def word_counts(texts: Iterable[str]) -> Counter:
    """How often each word occurs, as the pre-tokeniser sees words.

    Example:
        >>> word_counts(["Maji safi", "maji, moto"]).most_common(1)
        [('maji', 2)]
    """
    normalizer, pre_tokenizer = multilingual_normalizer(), multilingual_pre_tokenizer()
    return Counter(word for text in texts for word, _ in pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text)))


def piece_counts(tokenizer: Tokenizer, words: Mapping[str, int]) -> Counter:
    """How often each piece is used.

    Args:
        tokenizer: Cuts the words.
        words: Occurrences by word.

    Returns:
        Occurrences by piece.
    """
    counts = Counter()
    for encoding, count in zip(
        tokenizer.encode_batch(list(words), add_special_tokens=False), words.values(), strict=True
    ):
        for piece in encoding.tokens:
            counts[piece] += count
    return counts


def drop_pieces_that_cut(
    base: Tokenizer,
    pieces: list[str],
    words: Mapping[str, int],
    *,
    uses: Mapping[str, int] | None = None,
    rounds: int = 20,
) -> list[str]:
    """Leaves out the pieces that would cut some words differently from a tokenizer without them.

    Args:
        base: The tokenizer that is to be extended, the teacher's for one.
        pieces: Candidate pieces.
        words: Words that are to stay as they are, with their occurrences; for English, the more names among them the
            better.
        uses: How much a piece may do: it stays as long as the words that it cuts differently occur no more often than
            this. None: no word is cut differently.
        rounds: Dropping a piece can bring another to light: at most so many passes.

    Returns:
        The pieces that remain, in their order.
    """
    ordered = sorted(words)
    expected = [e.ids for e in base.encode_batch(ordered, add_special_tokens=False)]
    n_base = base.get_vocab_size()
    for _ in range(rounds):
        extended = extend_tokenizer(base, pieces)
        harm = Counter()
        encodings = extended.encode_batch(ordered, add_special_tokens=False)
        for word, got, want in zip(ordered, encodings, expected, strict=True):
            if got.ids != want:
                for piece in {piece for i, piece in zip(got.ids, got.tokens, strict=True) if i >= n_base}:
                    harm[piece] += words[word]
        guilty = {piece for piece, count in harm.items() if uses is None or count > uses.get(piece, 0)}
        if not guilty:
            break
        pieces = [piece for piece in pieces if piece not in guilty]
    return pieces

"""Words of scripts without spaces, learnt from text: what to cut the bitext of a lexicon into."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pyterrier_optical.script import normalise
from pyterrier_optical.script.segment import Segmenter, graphemes
from pyterrier_optical.script.tokenise import is_spaceless, join_runs, runs

# In characters, marks included.
_LONGEST = 20
_CUTTING_ROUNDS = 3


def learn_segmenter(texts: Sequence[str], spaced: Iterable[str], pieces: int, words: Iterable[str] = ()) -> Segmenter:
    """Learns words that make the texts likely as sequences of words.

    The words are those that have spaces around them in some texts, those that are given, and the pieces of a unigram
    language model of all texts (Kudo 2018), which are words, parts of words, and phrases that are said often. Cut by
    them, the texts tell how often each is a word; what is none then is left out.

    Args:
        texts: Texts, of which the runs of scripts without spaces are read, spaces between their letters or not.
        spaced: Texts in such scripts that have spaces between words.
        pieces: How many pieces the unigram model has at most, single characters among them; 0: there is none.
        words: Words of such scripts that are known beforehand.

    Returns:
        A `Segmenter`, which knows no word when none is given and none of the texts has spaces between words.

    Example:
        >>> texts = ["กินข้าว", "กินปลา", "ข้าวปลา", "ปลาหมู", "กินหมู", "หมูข้าว"]
        >>> learn_segmenter(texts, ["กิน ข้าว"], pieces=15)("กินปลาหมู")
        ['กิน', 'ปลา', 'หมู']
    """
    known = Counter(dict.fromkeys(words, 1)) | _between_spaces(spaced)
    if not known:
        return Segmenter({})
    stretches = list(_stretches(texts))
    counts = _pieces(stretches, pieces) | known
    for _ in range(_CUTTING_ROUNDS):
        segmenter = Segmenter(counts)
        cut = Counter(word for stretch in stretches for word in segmenter(stretch))
        counts = Counter({word: cut[word] for word in counts if cut[word]})
    return Segmenter(counts)


def _between_spaces(texts: Iterable[str]) -> Counter:
    spaced = (text for text in texts if join_runs(text) != text)
    return Counter(word for text in spaced for word in normalise(text).split() if is_spaceless(word))


def _stretches(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        text = join_runs(normalise(text))
        yield from (text[start:end] for start, end, spaceless in runs(text) if spaceless)


def _pieces(stretches: Sequence[str], number: int) -> Counter:
    """The pieces of a unigram model with their counts; no single letters."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    if number < 1 or not stretches:
        return Counter()
    unknown = "<unk>"
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.UnigramTrainer(
        vocab_size=max(number, len(set().union(*stretches)) + 2),  # the trainer keeps every character
        max_piece_length=_LONGEST,
        special_tokens=[unknown],
        unk_token=unknown,
        show_progress=False,
    )
    tokenizer.train_from_iterator(stretches, trainer)
    counts = Counter(piece for stretch in stretches for piece in tokenizer.encode(stretch).tokens)
    return Counter({piece: count for piece, count in counts.items() if len(graphemes(piece)) > 1})

"""What a model reads of texts: how finely it cuts words, what it does not know, and what it never sees."""

import logging

import pandas as pd
import pyterrier as pt
import regex

from pyterrier_optical.base.locks import TOKENIZING
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import plain, texts_of
from pyterrier_optical.frames.texts import frame_texts
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import runs

logger = logging.getLogger("pyterrier_optical")

COLUMNS = ("lang", "texts", "tokens_per_word", "characters_per_token", "unknown", "cut_texts", "cut_tokens")
#: More than this is logged: tokens for a word, and shares of tokens and of texts. Set by hand.
THRESHOLDS = {"tokens_per_word": 3.0, "unknown": 0.01, "cut_texts": 0.05}
_MEANINGS = {
    "tokens_per_word": "a word takes {:.1f} tokens on average, so that few words have vectors of their own",
    "unknown": "{:.1%} of the tokens are unknown to the model",
    "cut_texts": "{:.1%} of the texts are longer than the model reads",
}
_CHARACTER = regex.compile(r"[^\s\p{M}]")


def diagnose(
    model,
    frame: pd.DataFrame,
    task: str = "query",
    *,
    max_tokens: int | None = None,
    thresholds: dict[str, float] = THRESHOLDS,
) -> pd.DataFrame:
    """What a model's tokenizer makes of queries or documents, language by language.

    Tokens per word is the tokenizer's fertility (Rust et al. 2021, "How good is your tokenizer?"), markers and prompts
    left out. What is over a threshold is logged as a warning.

    Args:
        model: A reranker or retriever of this package, or what `OpticalReranker` takes as ``model``.
        frame: Column ``query`` for queries, ``text`` (and ``title``) for documents; and ``lang``, without which all
            texts are of one language, named "all". Each distinct text counts once.
        task: "query" or "document".
        max_tokens: As for `TokenEncoder.queries`; None: what ``model`` says.
        thresholds: The largest values without a warning, by column; see `THRESHOLDS`.

    Returns:
        A row for each language: ``lang``; ``texts``, how many; ``tokens_per_word``, NaN where the script has no spaces
        between words; ``characters_per_token``, marks not counted, for every script; ``unknown``, the share of tokens
        that are unknown; ``cut_texts`` and ``cut_tokens``, the shares of texts that are too long and of tokens that are
        never read (with ``truncation="passages"`` they are).

    Raises:
        OpticalError: An unknown task, a column that is not there, or a model that cannot be loaded.

    Example:
        >>> topics = pd.DataFrame({"query": ["बारिश के बाद", "maji safi"], "lang": ["hi", "sw"]})
        >>> diagnose(None, topics)[["lang", "tokens_per_word", "unknown"]]  # doctest: +SKIP
          lang  tokens_per_word  unknown
        0   hi              1.0      0.0
        1   sw              1.5      0.0
    """
    if task not in ("query", "document"):
        raise OpticalError(f"task={shown(task)} is unknown: choose 'query' or 'document'.")
    needed = "query" if task == "query" else "text"
    if needed not in frame:
        raise OpticalError(f"The frame has no column {needed!r}: name the column of the texts so.")
    encoder, own_limit = _encoder(model, task)
    limit = encoder.limit(task, max_tokens or own_limit)
    frame = plain(frame)
    texts = texts_of(frame["query"]) if task == "query" else frame_texts(frame)
    langs = frame["lang"] if "lang" in frame else pd.Series("all", frame.index)
    distinct = pd.DataFrame({"lang": langs.to_numpy(), "text": texts.to_numpy()}).drop_duplicates()
    rows = [(lang, *_row(encoder, list(group), task, limit)) for lang, group in distinct.groupby("lang")["text"]]
    found = pd.DataFrame(rows, columns=COLUMNS)
    for row in found.to_dict("records"):
        for column, most in thresholds.items():
            if row[column] > most:
                logger.warning("%s, %s: %s", task, row["lang"], _MEANINGS[column].format(row[column]))
    return found


def _encoder(model, task: str) -> tuple[TokenEncoder, int | None]:
    """What encodes the texts, and the limit that its owner gives it."""
    from pyterrier_optical.checkpoint.folder import load_encoder

    if isinstance(model, TokenEncoder):
        return model, None
    if isinstance(model, pt.Transformer):
        if not hasattr(model, "encoders"):
            raise OpticalError(f"{type(model).__name__} has no encoder to look into: give a reranker, or its model.")
        return model.encoders[task == "document"], getattr(model, f"max_{task}_tokens")
    return TokenEncoder(load_encoder(model, device="cpu")), None


def _row(encoder: TokenEncoder, texts: list[str], task: str, limit: int) -> tuple[float, ...]:
    tokenizer, texts = encoder.tokenizer(task), list(map(normalise, texts))
    with TOKENIZING:
        pieces = tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
    sizes = [len(ids) + encoder.overhead(task) for ids in pieces]
    tokens = max(sum(map(len, pieces)), 1)
    unknown = sum(ids.count(tokenizer.unk_token_id) for ids in pieces)
    characters = sum(len(_CHARACTER.findall(text)) for text in texts)
    return (
        len(texts),
        tokens / _words(texts),
        characters / tokens,
        unknown / tokens,
        sum(size > limit for size in sizes) / len(texts),
        sum(max(size - limit, 0) for size in sizes) / tokens,
    )


def _words(texts: list[str]) -> float:
    """The number of words; NaN where more than a tenth of the letters are of a script without spaces between them."""
    found = [run for text in texts for run in runs(text)]
    spaceless = sum(run.end - run.start for run in found if run.spaceless)
    letters = sum(run.end - run.start for run in found)
    return float("nan") if spaceless > letters / 10 else max(len(found), 1)

"""The families of translation models, and how each is told which languages to translate between."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from pyterrier_optical.base.languages import differ, named_in, some_of
from pyterrier_optical.errors import OpticalError, shown

_NLLB_CODE = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")


class Direction(NamedTuple):
    """What makes a model translate into the wanted language, beside the state of its tokenizer.

    Attributes:
        prefix: what is put before each text.
        first_token: the token every translation must begin with, or None.
    """

    prefix: str = ""
    first_token: int | None = None


class Family:
    """A family of translation models: its classes in transformers, its vocabulary files, its language codes."""

    model_class: str
    tokenizer_class: str
    vocabulary: tuple[str, ...]
    needs_sentencepiece = True

    def direct(self, tokenizer, model: str, source: str | None, target: str) -> Direction:
        """Sets a tokenizer to the source language.

        Args:
            tokenizer: the model's tokenizer, of `tokenizer_class`.
            model: the model's name, for messages.
            source: a code of the queries' language.
            target: a code of the target language.

        Returns:
            What makes the model translate into the target language.

        Raises:
            OpticalError: the model does not know one of the languages, or must be told the source and is not.
        """
        raise NotImplementedError


class Marian(Family):
    """OPUS-MT: the direction is the model's own; those with several targets read ``>>code<<`` before the text."""

    model_class = "MarianMTModel"
    tokenizer_class = "MarianTokenizer"
    vocabulary = ("source.spm", "target.spm", "vocab.json")

    def direct(self, tokenizer, model: str, source: str | None, target: str) -> Direction:
        """As in `Family.direct`; a source that the model declares otherwise is refused, any other one ignored."""
        if source is not None and differ(source, tokenizer.source_lang):
            raise OpticalError(
                f"The model '{model}' translates from '{tokenizer.source_lang}', not from '{source}': choose a model "
                "for that language."
            )
        targets = {piece[2:-2] for piece in tokenizer.encoder if piece.startswith(">>") and piece.endswith("<<")}
        if name := named_in(target, targets):
            return Direction(prefix=f">>{name}<< ")
        if differ(target, tokenizer.target_lang):
            raise OpticalError(
                f"The model '{model}' translates into '{tokenizer.target_lang}', not into '{target}': choose a model "
                "for that direction."
            )
        declared = tokenizer.target_lang is not None and named_in(target, {tokenizer.target_lang})
        if targets and not declared:
            raise _unknown(model, "target_lang", target, targets)
        return Direction()


class NLLB(Family):
    """NLLB-200: codes of language and script, the source as a token of the text, the target as the first one out."""

    model_class = "M2M100ForConditionalGeneration"
    tokenizer_class = "NllbTokenizer"
    vocabulary = ("tokenizer.json",)
    needs_sentencepiece = False

    def direct(self, tokenizer, model: str, source: str | None, target: str) -> Direction:
        """As in `Family.direct`."""
        known = [token for token in tokenizer.get_vocab() if _NLLB_CODE.fullmatch(token)]
        tokenizer.src_lang = _resolve(model, "source_lang", source, known)
        return Direction(first_token=tokenizer.convert_tokens_to_ids(_resolve(model, "target_lang", target, known)))


class M2M100(Family):
    """M2M-100: ISO 639-1 codes, the source as a token of the text, the target as the first one out."""

    model_class = "M2M100ForConditionalGeneration"
    tokenizer_class = "M2M100Tokenizer"
    vocabulary = ("sentencepiece.bpe.model", "vocab.json")

    def direct(self, tokenizer, model: str, source: str | None, target: str) -> Direction:
        """As in `Family.direct`."""
        known = tokenizer.lang_code_to_id
        tokenizer.src_lang = _resolve(model, "source_lang", source, known)
        return Direction(first_token=tokenizer.get_lang_id(_resolve(model, "target_lang", target, known)))


def family_of(folder: Path) -> Family | None:
    """The family of the checkpoint in a folder, by its configuration; None: no family that this package can direct.

    Raises:
        OpticalError: the configuration is damaged.
    """
    kind = model_type(folder)
    if kind == "marian":
        return Marian()
    if kind != "m2m_100":
        return None
    # The two share an architecture and differ in how languages are written.
    tokenizer = _setting(folder / "tokenizer_config.json", "tokenizer_class") or ""
    named = {"NllbTokenizer": NLLB, "M2M100Tokenizer": M2M100}.get(tokenizer.removesuffix("Fast"))
    return (named or (M2M100 if (folder / "vocab.json").is_file() else NLLB))()


def model_type(folder: Path) -> str | None:
    """What the checkpoint in a folder calls its own architecture.

    Raises:
        OpticalError: the configuration is damaged.
    """
    return _setting(folder / "config.json", "model_type")


def _setting(path: Path, name: str):
    try:
        return json.loads(path.read_text(encoding="utf-8")).get(name) if path.is_file() else None
    except (ValueError, AttributeError) as error:
        raise OpticalError(f"The file '{path}' is damaged: fetch or save the model again.") from error


def _resolve(model: str, argument: str, code: str | None, known) -> str:
    if code is None:
        raise OpticalError(
            f"The model '{model}' translates from many languages: say which one with {argument}, such as "
            f"{some_of(known, like='')}."
        )
    name = named_in(code, known)
    if name is None:
        raise _unknown(model, argument, code, known)
    return name


def _unknown(model: str, argument: str, code: str, known) -> OpticalError:
    return OpticalError(f"The model '{model}' has no {argument} {shown(code)}: it knows {some_of(known, like=code)}.")

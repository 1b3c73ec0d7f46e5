"""Tiny translation checkpoints with random weights, with the files that those on the hub have."""

import json
from pathlib import Path

import torch

TEXT = ["mto mrefu", "paka mdogo", "mkate na maji", "the long river", "a small cat", "bread and water", "नदी", "แม่น้ำ"]
LETTERS = sorted({letter for text in TEXT for letter in text if letter != " "} | set("abcdefghijklmnopqrstuvwxyz?.,"))


def marian(folder: Path, *, targets=(), source_lang=None, target_lang=None, seed: int = 0) -> Path:
    """An OPUS-MT model; ``targets`` are the codes it knows as ``>>code<<``."""
    from transformers import MarianConfig, MarianMTModel

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("source.spm", "target.spm"):
        _sentencepiece(folder / name)
    pieces = ["</s>", "<unk>", "▁", *LETTERS, *(f">>{code}<<" for code in targets), "<pad>"]
    _write(folder / "vocab.json", {piece: number for number, piece in enumerate(pieces)})
    languages = {"source_lang": source_lang, "target_lang": target_lang}
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "MarianTokenizer", **languages})
    pad = len(pieces) - 1
    ids = {"pad_token_id": pad, "decoder_start_token_id": pad, "eos_token_id": 0, "bos_token_id": 0}
    config = MarianConfig(vocab_size=len(pieces), max_position_embeddings=24, **_body(), **ids)
    _save(MarianMTModel, config, folder, seed)
    # As on the hub: limits and searches of the checkpoint's own, in two places.
    generation = {"num_beams": 6, "max_length": 512, "bad_words_ids": [[pad]], "forced_eos_token_id": 0}
    for name in ("config.json", "generation_config.json"):
        _write(folder / name, json.loads((folder / name).read_text(encoding="utf-8")) | generation)
    return folder


def m2m100(folder: Path, *, seed: int = 0) -> Path:
    """An M2M-100 model, whose language tokens come after its vocabulary."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    folder.mkdir(parents=True, exist_ok=True)
    _sentencepiece(folder / "sentencepiece.bpe.model")
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS]
    _write(folder / "vocab.json", {piece: number for number, piece in enumerate(pieces)})
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "M2M100Tokenizer", "num_madeup_words": 8})
    languages = M2M100Tokenizer.from_pretrained(folder).lang_code_to_id
    config = M2M100Config(vocab_size=len(pieces) + len(languages) + 8, max_position_embeddings=24, **_body())
    return _save(M2M100ForConditionalGeneration, config, folder, seed)


def nllb(folder: Path, *, seed: int = 0) -> Path:
    """An NLLB-200 model."""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS]
    tokenizer = NllbTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[])
    tokenizer.save_pretrained(folder)
    config = M2M100Config(vocab_size=len(tokenizer), max_position_embeddings=24, **_body())
    return _save(M2M100ForConditionalGeneration, config, folder, seed)


def _body() -> dict:
    # Wide initial weights and an output layer of its own, so that other inputs have other translations.
    size = {"d_model": 16, "init_std": 1.0, "tie_word_embeddings": False}
    for side in ("encoder", "decoder"):
        size |= {f"{side}_layers": 1, f"{side}_attention_heads": 2, f"{side}_ffn_dim": 32}
    return size


def _sentencepiece(path: Path) -> None:
    import sentencepiece

    # Letters as pieces: training needs no minimum of text.
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*TEXT, " ".join(LETTERS)]),
        model_prefix=str(path.with_suffix("")),
        model_type="char",
        vocab_size=len(LETTERS) + 4,
        minloglevel=2,
    )
    path.with_suffix(".model").rename(path)
    path.with_suffix(".vocab").unlink()


def _save(model_class, config, folder: Path, seed: int) -> Path:
    torch.manual_seed(seed)
    model_class(config).save_pretrained(folder)
    return folder


def _write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")

"""A tiny uncased BERT as teacher, and bitext in an invented language."""

from pathlib import Path

import torch

NOUNS = {"water": "madi", "house": "nyuba", "tree": "mutsi", "goat": "mbudzo", "road": "nzira", "bread": "tshingwa"}
VERBS = {"falls": "uyawa", "grows": "uyakula", "waits": "umirira"}


def sentences() -> list[tuple[str, str]]:
    """Pairs whose word order differs: noun verb noun against noun noun verb."""
    return [
        (f"{a} {verb} near {b}", f"{NOUNS[a]} phedo {NOUNS[b]} {VERBS[verb]}")
        for a in NOUNS
        for verb in VERBS
        for b in NOUNS
        if a != b
    ]


def write_bitext(path: Path) -> Path:
    """`sentences` as a TSV file."""
    path.write_text("".join(f"{e}\t{x}\n" for e, x in sentences()), encoding="utf-8")
    return path


def teacher_checkpoint(folder: Path) -> Path:
    """An uncased BERT checkpoint whose token vectors differ from word to word."""
    from transformers import BertConfig, BertModel, BertTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz.,"
    pieces = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *NOUNS, *VERBS, "near", *letters]
    pieces += ["##" + letter for letter in letters]
    tokenizer = BertTokenizer(vocab={piece: i for i, piece in enumerate(pieces)}, do_lower_case=True)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.3,
        pad_token_id=0,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder

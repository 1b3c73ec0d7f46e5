"""A tiny uncased BERT as teacher, and bitext in an invented language."""

from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def bitext_file(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("bitext") / "xx.tsv"
    path.write_text("".join(f"{e}\t{x}\n" for e, x in sentences()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def teacher_folder(tmp_path_factory) -> Path:
    """An uncased BERT checkpoint whose token vectors differ from word to word."""
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("teacher")
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


@pytest.fixture
def teacher(teacher_folder):
    from pyterrier_optical.distill import load_teacher

    return load_teacher(str(teacher_folder))

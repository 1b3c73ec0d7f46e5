"""Tiny checkpoints with random weights: the architectures the package meets, a few kilobytes each."""

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path

import torch

WORDS = ["a", "the", "cat", "dog", "river", "mountain", "long", "small", "runs", "sleeps", "near", "water", "bread"]
WORDS += ["paka", "mto", "mrefu", "katze", "fluss"]
LETTERS = "abcdefghijklmnopqrstuvwxyz.,?!" + "नदीबिल्लीपहाड़" + "แม่น้ำแมวยาว"


def made_once(make):
    """Makes the files of a checkpoint once in a process, and copies them when it is asked for again."""
    made: dict[str, tuple[Path, Path]] = {}

    @functools.wraps(make)
    def copied(folder: Path, **options) -> Path:
        key = repr(sorted(options.items()))
        if key not in made:
            template = Path(tempfile.mkdtemp(prefix="tiny-"))
            atexit.register(shutil.rmtree, template, ignore_errors=True)
            made[key] = template, make(template, **options).relative_to(template)
        template, inside = made[key]
        shutil.copytree(template, folder, dirs_exist_ok=True)
        return Path(folder) / inside

    return copied


def unigram_tokenizer(words=WORDS):
    """An XLM-R tokenizer over a few words and all letters of `LETTERS`."""
    from transformers import XLMRobertaTokenizer

    special = [(piece, 0.0) for piece in ("<s>", "<pad>", "</s>", "<unk>")]
    whole = [("▁" + word, -3.0) for word in words]
    letters = [(piece, -8.0) for piece in sorted(set("▁" + LETTERS))]
    return XLMRobertaTokenizer(vocab=[*special, *whole, *letters, ("<mask>", 0.0)])


def wordpiece_tokenizer(words=WORDS, extra=()):
    """A cased BERT tokenizer over a few words and all letters of `LETTERS`."""
    from transformers import BertTokenizer

    pieces = ["[PAD]", *extra, "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    letters = sorted(set(LETTERS) - set(words))
    pieces += [*letters, *("##" + letter for letter in sorted(set(LETTERS)))]
    return BertTokenizer(vocab={piece: i for i, piece in enumerate(pieces)}, do_lower_case=False)


@made_once
def xlmr(folder: Path, *, dim: int = 16, positions: int = 64, seed: int = 0) -> Path:
    """A bare XLM-R transformer, as xlm-roberta-base is."""
    from transformers import XLMRobertaConfig, XLMRobertaModel

    tokenizer = unigram_tokenizer()
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=positions + 2, pad_token_id=1, **_body(dim)
    )
    return _save(XLMRobertaModel, config, tokenizer, folder, seed)


@made_once
def bert(folder: Path, *, dim: int = 16, positions: int = 64, seed: int = 0) -> Path:
    """A bare BERT transformer, as bert-base-multilingual-cased is."""
    from transformers import BertConfig, BertModel

    tokenizer = wordpiece_tokenizer()
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=positions, **_body(dim))
    return _save(BertModel, config, tokenizer, folder, seed)


@made_once
def encoder(folder: Path, *, prompts=None, skiplist=(), dim: int = 16, positions: int = 64, seed: int = 0, **lengths):
    """A late-interaction XLM-R as this package saves it; ``lengths`` are the transformer module's task settings."""
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    body = Transformer(str(xlmr(folder / "body", dim=dim, positions=positions, seed=seed)), **lengths)
    mask, normalise = MultiVectorMask(list(skiplist)), Normalize(module_input_name="token_embeddings")
    model = MultiVectorEncoder(modules=[body, mask, normalise], prompts=prompts, device="cpu")
    return _save_modules(model, folder / "encoder")


@made_once
def labse(folder: Path, *, dim: int = 16, seed: int = 0) -> Path:
    """A sentence encoder with LaBSE's modules: BERT, [CLS] pooling, a dense layer with tanh, normalisation."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Dense, Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    body = Transformer(str(bert(folder / "body", dim=dim, seed=seed)))
    torch.manual_seed(seed)
    dense = Dense(dim, dim, activation_function=torch.nn.Tanh())
    model = SentenceTransformer(modules=[body, Pooling(dim, pooling_mode="cls"), dense, Normalize()], device="cpu")
    return _save_modules(model, folder / "labse")


@made_once
def cross_encoder(folder: Path, *, family: str = "bert", labels: int = 1, positions: int = 64, seed: int = 0) -> Path:
    """A cross-encoder of a family, "bert" or "xlmr", as the hub has them."""
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        XLMRobertaConfig,
        XLMRobertaForSequenceClassification,
    )

    options = {"num_labels": labels, **_body(16)}
    if family == "bert":
        tokenizer, kind = wordpiece_tokenizer(), BertForSequenceClassification
        config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=positions, **options)
    else:
        tokenizer, kind = unigram_tokenizer(), XLMRobertaForSequenceClassification
        options |= {"max_position_embeddings": positions + 2, "pad_token_id": 1}
        config = XLMRobertaConfig(vocab_size=len(tokenizer), **options)
    return _save(kind, config, tokenizer, folder, seed)


@made_once
def stanford_colbert(folder: Path, *, dim: int = 16, out: int = 8, seed: int = 0) -> Path:
    """The file layout of Stanford ColBERT checkpoints: a prefixed BERT, ``linear.weight`` and ``artifact.metadata``."""
    from safetensors.torch import load_file, save_file
    from transformers import BertConfig, BertModel

    tokenizer = wordpiece_tokenizer(extra=("[unused0]", "[unused1]"))
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **_body(dim))
    _save(BertModel, config, tokenizer, folder, seed)
    weights = {"bert." + name: value for name, value in load_file(folder / "model.safetensors").items()}
    weights["linear.weight"] = torch.randn(out, dim)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**settings, "architectures": ["HF_ColBERT"]}))
    metadata = {"query_token_id": "[unused0]", "doc_token_id": "[unused1]", "query_maxlen": 12, "doc_maxlen": 30}
    (folder / "artifact.metadata").write_text(json.dumps(metadata))
    return folder


def _body(dim: int) -> dict:
    # Wide initial weights keep the vectors of different words apart.
    return {
        "hidden_size": dim,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 2 * dim,
        "initializer_range": 0.5,
    }


def _save(model_class, config, tokenizer, folder: Path, seed: int) -> Path:
    torch.manual_seed(seed)
    model_class(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _save_modules(model, folder: Path) -> Path:
    model.save_pretrained(str(folder), create_model_card=False)
    return folder

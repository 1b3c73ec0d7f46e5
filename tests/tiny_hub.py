"""Checkpoints in exactly the files of two that live on the model hub, with few dimensions and random weights."""

import json
from pathlib import Path

import tiny
import torch
from safetensors.torch import save_file


def xlm_roberta_base(folder: Path, *, dim: int = 24) -> Path:
    """As ``xlm-roberta-base``: a masked language model's weights, and a tokenizer.json without much beside it."""
    from transformers import XLMRobertaConfig, XLMRobertaForMaskedLM

    tokenizer = tiny.unigram_tokenizer()
    torch.manual_seed(0)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=dim,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * dim,
        max_position_embeddings=514,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        initializer_range=0.5,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )
    model = XLMRobertaForMaskedLM(config)
    folder.mkdir(parents=True)
    weights = {name: value.clone() for name, value in model.state_dict().items() if "decoder" not in name}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    settings = {**config.to_dict(), "architectures": ["XLMRobertaForMaskedLM"], "output_past": True}
    _write(folder / "config.json", {key: value for key, value in settings.items() if key != "transformers_version"})
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    _write(folder / "tokenizer_config.json", {"model_max_length": 512})
    return folder


def colbert_v2(folder: Path, *, dim: int = 16, out: int = 128) -> Path:
    """As ``colbert-ir/colbertv2.0``: Stanford's layout, markers [unused0] and [unused1], a projection without bias."""
    from transformers import BertConfig, BertModel, BertTokenizer

    special = ["[PAD]", "[unused0]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = sorted(set("abcdefghijklmnopqrstuvwxyz.,?!"))
    pieces = [
        *special,
        *(word for word in tiny.WORDS if len(word) > 1),
        *letters,
        *("##" + letter for letter in letters),
    ]
    tokenizer = BertTokenizer(vocab={piece: i for i, piece in enumerate(pieces)}, do_lower_case=True)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=dim,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * dim,
        initializer_range=0.5,
    )
    folder.mkdir(parents=True)
    weights = {"bert." + name: value.clone() for name, value in BertModel(config).state_dict().items()}
    weights["linear.weight"] = torch.randn(out, dim)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write(folder / "config.json", {**config.to_dict(), "architectures": ["HF_ColBERT"], "model_type": "bert"})
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    _write(folder / "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    metadata = {
        "query_token_id": "[unused0]",
        "doc_token_id": "[unused1]",
        "query_token": "[Q]",
        "doc_token": "[D]",
        "query_maxlen": 32,
        "doc_maxlen": 180,
        "dim": out,
        "similarity": "cosine",
        "mask_punctuation": True,
        "attend_to_mask_tokens": False,
    }
    _write(folder / "artifact.metadata", metadata)
    return folder


def _write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2))

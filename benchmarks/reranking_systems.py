"""The systems that `reranking.py` compares: functions of a query and its passages that give the scores."""

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import torch

from pyterrier_optical import OpticalIndex, OpticalReranker
from pyterrier_optical.checkpoint.shared import shared_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.maxsim import maxsim_matrix

Scores = Callable[[str, list[str]], object]


def systems(checkpoint: str | None, passages: list[str], folder: Path, dtypes: list[str]) -> dict[str, Scores]:
    """Whole rerankings; the first one is the reference.

    Args:
        checkpoint: As `OpticalReranker` takes it.
        passages: What the index has.
        folder: Where files go.
        dtypes: Of more rerankers of this package.
    """
    model = shared_encoder(checkpoint, device="cpu")
    found = {"OpticalReranker, float32": reranking(OpticalReranker(model, gloss=0))}
    for dtype in dtypes:
        found[f"OpticalReranker, {dtype}"] = reranking(OpticalReranker(checkpoint, dtype=dtype, device="cpu", gloss=0))
    docnos = {text: f"d{number}" for number, text in enumerate(dict.fromkeys(passages))}
    index = (
        OpticalIndex(folder / "index", model)
        .indexer()
        .index([{"docno": docno, "text": text} for text, docno in docnos.items()])
    )
    found["OpticalIndex, float16"] = reranking(index.reranker(gloss=0), docnos)
    found["sentence-transformers"] = late_interaction(model)
    if find_spec("onnxruntime") and find_spec("onnx"):
        from onnx_body import onnx_models

        for precision, onnx_model in onnx_models(model, folder).items():
            found[f"ONNX Runtime, {precision}"] = late_interaction(onnx_model)
    else:
        print("ONNX Runtime is not installed: pip install 'pyterrier-optical[benchmarks]'")
    found["cross-encoder, 6 layers of 384"] = cross_encoder(TokenEncoder(model).tokenizer("document"))
    return found


def maxsim_systems(checkpoint: str | None, cases: list[tuple[str, list[str]]]) -> dict[str, Scores]:
    """Scores of token vectors that are there."""
    model = shared_encoder(checkpoint, device="cpu")
    encoder = TokenEncoder(model)
    queries = {query: encoder.queries([query]) for query, _ in cases}
    ours: dict = {}
    theirs: dict = {}
    for _, passages in cases:
        vectors = encoder.documents(passages)
        for some in (passages, passages[:2]):
            ours[tuple(some)] = vectors.span(0, len(some))
            theirs[tuple(some)] = [vectors[i] for i in range(len(some))]
    found: dict[str, Scores] = {
        "MaxSim, ours": lambda query, some: maxsim_matrix(queries[query], ours[tuple(some)])[0],
        "MaxSim, sentence-transformers": lambda query, some: model.similarity([queries[query][0]], theirs[tuple(some)])[
            0
        ],
    }
    if find_spec("pylate"):
        rerank = importlib.import_module("pylate.rank").rerank

        def pylate(query: str, some: list[str]) -> list[float]:
            ranked = rerank([list(range(len(some)))], [queries[query][0]], [theirs[tuple(some)]])[0]
            return [result["score"] for result in sorted(ranked, key=lambda result: result["id"])]

        found["MaxSim, PyLate"] = pylate
    else:
        print("PyLate is not installed; it needs another version of sentence-transformers.")
    return found


def reranking(transformer, docnos: dict[str, str] | None = None) -> Scores:
    """A transformer on a frame of texts, or with ``docnos`` on one without."""

    def score(query: str, passages: list[str]):
        names = [str(i) for i in range(len(passages))] if docnos is None else [docnos[text] for text in passages]
        frame = pd.DataFrame({"qid": "1", "query": query, "docno": names})
        return transformer(frame if docnos else frame.assign(text=passages))["score"]

    return score


def late_interaction(model) -> Scores:
    """A ``MultiVectorEncoder`` as its own documentation uses it."""

    def score(query: str, passages: list[str]):
        vectors = model.encode_document(passages, show_progress_bar=False)
        return model.similarity(model.encode_query([query], show_progress_bar=False), vectors)[0]

    return score


def cross_encoder(tokenizer) -> Scores:
    """A classifier of pairs with random weights, in batches of 32 pairs of about one length."""
    from transformers import BertConfig, BertForSequenceClassification

    shape = {"hidden_size": 384, "num_hidden_layers": 6, "num_attention_heads": 12, "intermediate_size": 1536}
    model = BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), num_labels=1, **shape)).eval()

    def score(query: str, passages: list[str]):
        order = sorted(range(len(passages)), key=lambda i: len(passages[i]))
        scores = torch.zeros(len(passages))
        for batch in (order[first : first + 32] for first in range(0, len(order), 32)):
            pairs = [[query] * len(batch), [passages[i] for i in batch]]
            features = tokenizer(*pairs, padding=True, truncation=True, max_length=512, return_tensors="pt")
            with torch.no_grad():
                logits = model(input_ids=features["input_ids"], attention_mask=features["attention_mask"]).logits
            scores[batch] = logits[:, 0]
        return scores

    return score

"""The explanation of one row: MaxSim's sum taken apart, and the transport plan beside it."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from pyterrier_optical.frames.checks import texts_of
from pyterrier_optical.frames.texts import frame_texts, named_fields
from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.explain.explanation import COLUMNS, Explanation
from pyterrier_optical.late.explain.part import Part
from pyterrier_optical.late.explain.plan_of_words import plan_of_words
from pyterrier_optical.late.explain.words import Words, read_words
from pyterrier_optical.late.maxsim import FLOOR, maxsim_matrix
from pyterrier_optical.late.passages import split_passages
from pyterrier_optical.query.encoding import both, encode_with_gloss
from pyterrier_optical.query.gloss import glosses_for
from pyterrier_optical.transport import check_plan


def explain_row(reranker, row: pd.DataFrame, **plan) -> Explanation:
    """Explains the score of the one row of a frame.

    Args:
        reranker: An `OpticalReranker`.
        row: One row, with the columns that the reranker reads.
        **plan: As for `pyterrier_optical.transport.transport_plan`.

    Returns:
        The explanation. Of a document that is split into passages, it is that of the best one.

    Raises:
        OpticalError: As for `OpticalReranker.transform`; the plan is unknown; the tokenizer cannot tell where its
            tokens lie in a text.
    """
    check_plan(**plan)
    score = float(reranker.transform(row)["score"].iloc[0])
    wordings, queries = _queries(reranker, row)
    document, vectors = _best_passage(reranker, queries, frame_texts(row, named_fields(reranker.text_field)).iloc[0])
    weights = torch.ones(len(queries.values)) if queries.weights is None else queries.weights.cpu()
    divisor = float(queries.totals[0]) if reranker.normalize and len(weights) else 1.0
    parts: list[Part] = []
    frames, first = [], 0
    for name, text in wordings.items():
        words = read_words(reranker.encoders[0], text, "query", reranker.max_query_tokens)
        rows = slice(first, first := first + len(words.owner))
        if not len(words.owner) and parts:
            continue  # a gloss without a known token
        values = queries.values[rows].to(vectors.device)
        # The product has the shape that it has in scoring, for the same rounding.
        cosines = (vectors @ values.T).T.cpu().double().numpy()
        mass, _ = plan_of_words(words, values, document, vectors, **plan)
        shares = mass / mass.sum(1, keepdims=True).clip(min=np.finfo(float).tiny)
        parts.append(Part(name, words, _largest(words, document, cosines), shares))
        frames.append(_matches(parts[-1], document, cosines, weights[rows].double().numpy() / divisor))
    ids = {name: row[name].iloc[0] for name in ("qid", "docno")}
    return Explanation(score, pd.concat(frames, ignore_index=True), document, tuple(parts), **ids)


def _queries(reranker, row: pd.DataFrame) -> tuple[dict[str, str], TokenVectors]:
    """The texts that the query is read in, by name, and the vectors of all of them as those of one query."""
    encoder, _ = reranker.encoders
    query = texts_of(row[reranker.query_field]).iloc[0]
    glosses = glosses_for(reranker, row, reranker.query_field)
    gloss = "" if glosses is None else glosses.iloc[0]
    if not gloss:
        return {"query": query}, encoder.queries([query], reranker.max_query_tokens)
    encoded = encode_with_gloss(encoder, [query], [gloss], reranker.gloss, reranker.max_query_tokens)
    wordings = {"query": query, "gloss": gloss, "query and gloss": both(query, gloss)}
    return wordings if len(encoded.values) else {"query": query}, encoded


def _best_passage(reranker, queries: TokenVectors, text: str) -> tuple[Words, Tensor]:
    """The words and vectors of a document, or of its passage with the largest score."""
    encoder, limit = reranker.encoders[1], reranker.max_document_tokens
    texts, sizes = [text], encoder.lengths([text], "document")
    if reranker.truncation == "passages":
        texts, sizes, _ = split_passages(texts, sizes, encoder, limit)
    vectors = encoder.documents(texts, limit, sizes=sizes)
    best = int(maxsim_matrix(queries, vectors)[0].argmax())
    return read_words(encoder, texts[best], "document", limit), vectors[best]


def _largest(words: Words, document: Words, cosines: np.ndarray) -> np.ndarray:
    """The largest cosine between the tokens of each two words."""
    largest = np.full((len(words.labels), len(document.labels)), -np.inf)
    np.maximum.at(largest, np.ix_(words.owner, document.owner), cosines)
    return largest


def _matches(part: Part, document: Words, cosines: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    """What MaxSim sums up, by words."""
    words, labels = part.words, np.array([*document.labels, ""], dtype=object)
    if not len(words.owner):  # MaxSim counts the empty query as one token
        words, weights = Words("", ("",), ((0, 0),), np.zeros(1, dtype=int)), np.ones(1)
    chosen, best = np.full(len(words.owner), -1), np.full(len(words.owner), FLOOR)
    planned, shares = np.full(len(words.labels), -1), np.zeros(len(words.labels))
    if cosines.size:
        chosen, best = document.owner[cosines.argmax(1)], cosines.max(1)
        planned, shares = part.plan.argmax(1), part.plan.max(1)
    tokens = pd.DataFrame({"query": words.owner, "document": chosen, "weight": weights, "contribution": weights * best})
    found = tokens.groupby(["query", "document"], as_index=False).sum()
    return pd.DataFrame(
        {
            "wording": part.name,
            "query_position": found["query"],
            "query_word": np.array(words.labels, dtype=object)[found["query"]],
            "document_position": found["document"],
            "document_word": labels[found["document"]],
            "cosine": found["contribution"] / found["weight"],
            "weight": found["weight"],
            "contribution": found["contribution"],
            "planned_word": labels[planned[found["query"]]],
            "planned_share": shares[found["query"]],
        },
        columns=COLUMNS,
    )

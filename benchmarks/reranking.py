"""Our encoding and scoring beside sentence-transformers' own, on the same texts in the same run.

Run from the checkout: ``python benchmarks/reranking.py [CHECKPOINT] [--queries 50] [--depth 100] [--documents 2000]``.
Theirs: ``encode_query``, ``encode_document`` over distinct texts, and ``similarity`` of each query with its candidates.
"""

import argparse
import random
import time

import torch
from cold_start import texts

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.maxsim import maxsim_matrix, maxsim_pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", help="default: the model inside the package")
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--depth", type=int, default=100, help="candidates of a query")
    parser.add_argument("--documents", type=int, default=2000, help="distinct documents in all")
    parser.add_argument("--words", type=int, default=40, help="longest document")
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()

    model = load_encoder(arguments.checkpoint)
    encoder = TokenEncoder(model)
    draw = random.Random(1)
    long_texts = texts(arguments.queries + arguments.documents, arguments.words)
    cut = [" ".join(text.split()[: draw.randint(3, arguments.words)]) for text in long_texts]
    query_texts, document_texts = cut[: arguments.queries], cut[arguments.queries :]
    candidates = [draw.sample(range(arguments.documents), arguments.depth) for _ in query_texts]
    query_index = torch.arange(arguments.queries).repeat_interleave(arguments.depth)
    document_index = torch.tensor(candidates).flatten()

    ours, documents = best_of(1, lambda: encoder.documents(document_texts))
    theirs, document_list = best_of(1, lambda: model.encode_document(document_texts, show_progress_bar=False))
    report(f"encode {len(documents)} documents", ours, theirs)
    queries = encoder.queries(query_texts)
    query_list = model.encode_query(query_texts, show_progress_bar=False)

    def similarity_by_query():
        pairs = zip(query_list, candidates, strict=True)
        return torch.cat([model.similarity([q], [document_list[i] for i in chosen])[0] for q, chosen in pairs])

    ours, scores = best_of(arguments.repeats, lambda: maxsim_pairs(queries, documents, query_index, document_index))
    theirs, expected = best_of(arguments.repeats, similarity_by_query)
    report(f"score {len(scores)} pairs", ours, theirs, scores - expected)
    ours, scores = best_of(arguments.repeats, lambda: maxsim_matrix(queries, documents))
    theirs, expected = best_of(arguments.repeats, lambda: model.similarity(query_list, document_list))
    report(f"score all {scores.numel()} pairs", ours, theirs, scores - expected)


def best_of(repeats: int, work):
    """The shortest time of some runs, and the last result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times), result


def report(name: str, ours: float, theirs: float, difference=None) -> None:
    largest = "" if difference is None else f", largest difference {difference.abs().max():.1e}"
    print(
        f"{name:28s} ours {ours:8.3f} s, theirs {theirs:8.3f} s, theirs/ours {theirs / ours:5.2f}{largest}", flush=True
    )


if __name__ == "__main__":
    main()

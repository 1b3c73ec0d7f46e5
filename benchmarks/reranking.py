"""Reranking beside what users of late interaction have: one table of paired ratios, in one run.

Run from the checkout: ``python benchmarks/reranking.py [CHECKPOINT] [--queries 3] [--depth 100] [--json FILE]``.
CHECKPOINT is any model `OpticalReranker` takes; without one, the model inside the package. Every system scores the same
passages for the same query, in turn, after two passages to warm up; ratios are system / `OpticalReranker` in float32
without a gloss, and the median over the queries. CPU and wall time of one thread. Each system runs in this process:
``peak MB`` is the largest resident memory until it was done, the systems above it included.

- OpticalIndex: its reranker, from vectors in float16. ``--dtypes int8 bfloat16`` adds `OpticalReranker(dtype=...)`.
- sentence-transformers: ``encode_query``, ``encode_document`` and ``similarity`` with their defaults.
- ONNX Runtime: the same with the transformer in ONNX Runtime, in float32 and in its dynamic int8
  (``pip install 'pyterrier-optical[benchmarks]'``).
- cross-encoder: a BERT of MiniLM-L6's shape with random weights, for its cost, in sorted batches of 32.
- MaxSim: only the scores, of token vectors that are there: ours, sentence-transformers' ``similarity`` and PyLate's
  ``rank.rerank`` where that can be imported.

``tau`` is Kendall's, between a system's scores and the reference's, the mean over the queries.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from cold_start import peak_memory, texts
from reranking_systems import maxsim_systems, systems
from scipy.stats import kendalltau

from pyterrier_optical.experiment.report import markdown_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", help="default: the model inside the package")
    parser.add_argument("--queries", type=int, default=3)
    parser.add_argument("--depth", type=int, default=100, help="passages of a query")
    parser.add_argument("--words", type=int, default=100, help="words of a passage")
    parser.add_argument("--dtypes", nargs="*", default=[], help="int8, bfloat16, where the processor is quick at it")
    parser.add_argument("--json", help="also write the numbers to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    passages = texts((arguments.queries + 1) * arguments.depth, arguments.words)
    queries = texts(arguments.queries + 1, 8)
    cases = [(query, passages[i * arguments.depth :][: arguments.depth]) for i, query in enumerate(queries)]
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(systems(arguments.checkpoint, passages, Path(folder), arguments.dtypes), cases)
        rows += measure(maxsim_systems(arguments.checkpoint, cases), cases)
    table = pd.DataFrame(rows)
    print(markdown_table(table.map(lambda value: f"{value:.3g}" if isinstance(value, float) else value)))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(systems: dict, cases: list[tuple[str, list[str]]]) -> list[dict]:
    """The rows of some systems, of which the first one is the reference; the last case warms up."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in systems}
    agreement: dict[str, list[float]] = {name: [] for name in systems}
    memory = dict.fromkeys(systems, 0.0)
    for name, score in systems.items():
        score(cases[-1][0], cases[-1][1][:2])
        memory[name] = peak_memory()
    for query, passages in cases[:-1]:
        reference = None
        for name, score in systems.items():
            cpu, wall = time.process_time(), time.perf_counter()
            scores = np.asarray(score(query, passages), dtype=float)
            seconds[name].append((time.process_time() - cpu, time.perf_counter() - wall))
            memory[name] = max(memory[name], peak_memory())
            reference = scores if reference is None else reference
            agreement[name].append(float(kendalltau(scores, reference).statistic))
    rows, base = [], np.array(next(iter(seconds.values())))
    for name, times in seconds.items():
        cpu, wall = np.median(np.array(times) / base, axis=0)
        median = np.median(np.array(times), axis=0)
        rows.append(
            {
                "system": name,
                "CPU s": float(median[0]),
                "CPU ratio": float(cpu),
                "wall s": float(median[1]),
                "wall ratio": float(wall),
                "tau": float(np.mean(agreement[name])),
                "peak MB": round(memory[name]),
            }
        )
    return rows


if __name__ == "__main__":
    main()

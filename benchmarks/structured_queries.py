"""How long a structured query takes, beside the same terms as a weighted bag on PISA and Terrier.

    python benchmarks/structured_queries.py

The documents are made up: words drawn by Zipf's law from the shipped lexicon's English terms. Each query has eight
words with up to twenty translations each, as OpticalTranslator makes them. The named peers are the engines' own
rankings of the bag of the same terms, in the same process.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.first_stage import bm25
from pyterrier_optical.first_stage.build import ENGINES
from pyterrier_optical.translate import Lexicon
from pyterrier_optical.translate.weighting import bag

WORDS = 8
LANGUAGE = "sw"


def main() -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=20)
    arguments = parser.parse_args()
    lexicon = Lexicon.load()
    queries = list(_queries(lexicon, arguments.queries))
    print("| engine | bag, ms a query | structured, ms a query | structured / bag |\n|:--|--:|--:|--:|")
    for engine, module in ENGINES.items():
        if reason := module.why_not():
            print(f"{engine} is left out: {reason}.")
            continue
        retriever = bm25(lambda: _documents(lexicon, arguments.documents), engine=engine) % 100
        times = [
            statistics.median(
                _seconds(retriever, pd.DataFrame({"qid": ["1"], "query": [""], column: [query]})) for query in each
            )
            for column, each in (("query_toks", [bag(query) for query in queries]), ("query_psq", queries))
        ]
        print(f"| {engine} | {times[0] * 1000:.1f} | {times[1] * 1000:.1f} | {times[1] / times[0]:.2f} |")


def _documents(lexicon: Lexicon, count: int, length: int = 60) -> Iterator[dict[str, str]]:
    rng = np.random.default_rng(13)
    terms = np.array(lexicon.terms, object)
    shares = np.cumsum(1 / (np.arange(len(terms)) + 10))
    for number in range(count):
        yield {"docno": str(number), "text": " ".join(terms[shares.searchsorted(rng.random(length) * shares[-1])])}


def _queries(lexicon: Lexicon, count: int) -> Iterator[list[dict[str, float]]]:
    rng = random.Random(13)
    words = sorted(lexicon.languages[LANGUAGE].rows)
    for _ in range(count):
        yield [lexicon.translations(word, {LANGUAGE: 1.0}) for word in rng.sample(words, WORDS)]


def _seconds(retriever: pt.Transformer, frame: pd.DataFrame) -> float:
    retriever(frame)  # opens the index, and reads what the file system caches
    start = time.perf_counter()
    retriever(frame)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

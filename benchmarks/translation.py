"""How long OpticalTranslator takes for a query on one CPU core, beside encoding the query with the model.

    python benchmarks/translation.py

The index has as many terms as are ever searched (20,000). Queries of the sample collection are translated one at a
time, as in a search engine, and the median is shown. The named peer is the model's own encoding of the same query,
which a reranker has to do in any case.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import random
import statistics
import time
from collections.abc import Callable

import pyterrier as pt
import torch

from pyterrier_optical import OpticalTranslator
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.translate import Lexicon

TERMS = 20_000
LANGUAGES = ("sw", "ha", "hi", "th", "de")


def main() -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=20, help="queries of each language")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_encoder(device="cpu")
    by_language = {lang: _queries(lang, arguments.queries) for lang in LANGUAGES}
    queries = [query for in_language in by_language.values() for query in in_language]
    encoding = _median(model.encode_query, queries)
    print("| what | ms a query | of encoding |\n|:--|--:|--:|")
    print(f"| encoding by the model | {encoding * 1000:.1f} | 1.00 |")
    for method in ("lexicon", "nearest", "mixture"):
        translator = OpticalTranslator(_terms(), model, method=method)
        whole = _median(lambda query, t=translator: t.translate([query]), queries)
        beside = whole if method == "lexicon" else max(whole - encoding, 0.0)
        print(f"| {method}, beside encoding | {beside * 1000:.1f} | {beside / encoding:.2f} |")
    # Where no word has two likely terms, nothing is encoded.
    translator = OpticalTranslator(_terms(), model)
    gloss = _median(lambda query, t=translator: t.glosses([query]), queries)
    print(f"| gloss, with its own encoding | {gloss * 1000:.1f} | {gloss / encoding:.2f} |")
    # Among letters without spaces any could be a name; a new translator has met none of them.
    translator = OpticalTranslator(_terms(), model, method="lexicon")
    encoding = _median(model.encode_query, by_language["th"])
    thai = _median(lambda query: translator.translate([query]), by_language["th"])
    print(f"| lexicon, beside encoding, Thai alone | {thai * 1000:.1f} | {thai / encoding:.2f} |")


def _queries(lang: str, number: int) -> list[str]:
    return list(pt.get_dataset(f"optical:sample/{lang}").get_topics()["query"].head(number))


def _terms() -> dict[str, int]:
    """English words with made-up document frequencies, of Zipf's shape."""
    lexicon = Lexicon.load()
    words = random.Random(13).sample(sorted({*lexicon.terms, *lexicon.languages["en"].rows}), TERMS)
    return {word: 1 + 1_000_000 // (rank + 10) for rank, word in enumerate(words)}


def _median(run: Callable[[str], object], queries: list[str]) -> float:
    run(queries[0])  # loads what is loaded once
    seconds = []
    for query in queries:
        start = time.perf_counter()
        run(query)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()

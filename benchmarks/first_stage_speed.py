"""`bm25()` beside the engines that it uses: Terrier through PyTerrier, and PISA through pyterrier_pisa.

Run from the checkout: ``python benchmarks/first_stage_speed.py [--documents 100000] [--queries 100] [--json FILE]``.
Documents are random words of a vocabulary with Zipf's frequencies, the same in every run. Queries are searched one at a
time, as a user types them, by ours and by the engine in turn, with an index that is open; and all in one frame. Both
build their index four times in turn; the first time, when Java is cold, does not count. Ratios are ours / the engine's
own: of the sums of CPU time, and the median for wall time. "with weights" are the same words as `OpticalTranslator`
hands them on, in ``query_toks``. CPU time is that of the process and of the processes that it starts.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical import bm25
from pyterrier_optical.experiment.report import markdown_table

DEPTH = 100
BUILDS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=40, help="words of a document")
    parser.add_argument("--vocabulary", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--engines", nargs="+", default=["terrier", "pisa"])
    parser.add_argument("--json", help="also write the numbers to this file")
    arguments = parser.parse_args()
    draw = np.random.default_rng(0)
    frequencies = 1 / np.arange(10, arguments.vocabulary + 10)
    chosen = draw.choice(
        arguments.vocabulary, (arguments.documents, arguments.words), p=frequencies / frequencies.sum()
    )
    # Letters alone, and no word of English, so that no tokeniser or stemmer has an opinion.
    vocabulary = np.array(
        ["q" + "".join("bcdfghjklm"[int(digit)] for digit in str(i)) for i in range(arguments.vocabulary)]
    )
    documents = [{"docno": f"d{i}", "text": " ".join(vocabulary[row])} for i, row in enumerate(chosen)]
    picked = draw.integers(20, arguments.vocabulary // 10, (arguments.queries, 4))
    topics = pd.DataFrame(
        {"qid": [str(i) for i in range(len(picked))], "query": [" ".join(vocabulary[row]) for row in picked]}
    )
    weighted = topics.assign(query_toks=[{vocabulary[i]: 1.0 / n for n, i in enumerate(row, 1)} for row in picked])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for engine in arguments.engines:
            rows += compare(engine, documents, topics, weighted, Path(folder))
    table = pd.DataFrame(rows)
    print(markdown_table(table.map(lambda value: f"{value:.4g}" if isinstance(value, float) else value)))
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def compare(
    engine: str, documents: list[dict], topics: pd.DataFrame, weighted: pd.DataFrame, folder: Path
) -> list[dict]:
    """The rows of one engine: building, one query, one query with weights, all queries."""
    build, search = NATIVE[engine]
    builds = []
    for turn in range(BUILDS):
        ours_built, ours = timed(lambda: bm25(documents, index_path=folder / f"{engine}-{turn}", engine=engine))  # noqa: B023
        theirs_built, index = timed(lambda: build(documents, folder / f"native-{engine}-{turn}"))  # noqa: B023
        builds.append((ours_built, theirs_built))
    ours, theirs = ours % DEPTH, search(index)
    ours, theirs = ours.compile(), theirs.compile()
    for frame in (topics, weighted):
        ours(frame.iloc[:2]), theirs(frame.iloc[:2])
    # In the first turn Java compiles what runs often.
    rows = [row(engine, f"index {len(documents)} documents", *zip(*builds[1:], strict=True))]
    for what, frame in (("one query", topics), ("one query, with weights", weighted)):
        ones = [frame.iloc[i : i + 1] for i in range(len(frame))]
        pairs = [(timed(lambda: ours(one))[0], timed(lambda: theirs(one))[0]) for one in ones]  # noqa: B023
        rows.append(row(engine, what, *zip(*pairs, strict=True)))
    pairs = [(timed(lambda: ours(topics))[0], timed(lambda: theirs(topics))[0]) for _ in range(3)]
    rows.append(row(engine, f"{len(topics)} queries in one frame", *zip(*pairs, strict=True)))
    found = [set(zip(out["qid"], out["docno"], strict=True)) for out in (ours(topics), theirs(topics))]
    print(f"{engine}: {len(found[0] & found[1]) / len(found[1]):.3f} of the engine's own results are ours too")
    return rows


def build_terrier(documents: list[dict], folder: Path):
    indexer = pt.IterDictIndexer(str(folder), meta={"docno": 20}, stemmer="none", stopwords="none")
    return indexer.index(iter(documents))


def build_pisa(documents: list[dict], folder: Path):
    from pyterrier_pisa import PisaIndex

    index = PisaIndex(str(folder), stemmer="none", stops="none")
    index.index(iter(documents))
    return index


NATIVE = {
    "terrier": (build_terrier, lambda index: pt.terrier.Retriever(index, wmodel="BM25") % DEPTH),
    "pisa": (build_pisa, lambda index: index.bm25(num_results=DEPTH)),
}


def timed(work) -> tuple[tuple[float, float], object]:
    """(CPU seconds, wall seconds) of some work, and its result."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = work()
    return (cpu_seconds() - cpu, time.perf_counter() - wall), result


def cpu_seconds() -> float:
    """Of this process, its threads (Java's among them), and the processes that it started."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def row(engine: str, what: str, ours, theirs) -> dict:
    out = {"engine": engine, "what": what}
    for place, kind in enumerate(("CPU", "wall")):
        mine, native = ([pair[place] for pair in pairs] for pairs in (ours, theirs))
        out |= {f"ours, {kind} s": statistics.fmean(mine), f"native, {kind} s": statistics.fmean(native)}
        out[f"{kind} ratio"] = (
            sum(mine) / sum(native)
            if kind == "CPU"
            else statistics.median(a / b for a, b in zip(mine, native, strict=True))
        )
    return out


if __name__ == "__main__":
    main()

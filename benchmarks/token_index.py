"""Reranking from an index beside encoding the documents again, and what the stored precision does to rankings.

Run from the checkout: ``python benchmarks/token_index.py [CHECKPOINT] [--queries 5] [--depth 100] [--json FILE]``.
CHECKPOINT is any model `OpticalReranker` takes; without one, the model inside the package. Times are CPU seconds of one
thread for one query with ``--depth`` passages, cold and from the index in turn, after one query of each; their ratio is
the median over the queries. Quality is nDCG@10 of all documents of ``--datasets`` ranked by MaxSim, as
`OpticalReranker` scores them, and its change by the index.

With ``--candidates mtop/hi/dev/split afriqa/ha/dev``: how many of the ten best documents are among those candidates
whose mean vectors are nearest to the query's, by the share of the collection that they are. With ``--synthetic
1000000``: opening, searching and the memory of an index of so many documents of 12 random vectors, in int8.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt
import torch
from cold_start import texts
from ir_measures import calc_aggregate, nDCG

from pyterrier_optical import OpticalIndex, OpticalReranker
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.docnos import Docnos
from pyterrier_optical.late.index.meta import ShardEntry, next_generation
from pyterrier_optical.late.index.parts import new_part, part_name
from pyterrier_optical.late.index.shard import Block, Shard, write_shard

LANGUAGES = ["de", "en", "es", "fr", "ha", "hi", "hi-Latn", "mr", "so", "sw", "th", "tl", "yo"]
VARIANTS: dict[str, dict] = {
    "float32": {"precision": "float32"},
    "float16": {"precision": "float16"},
    "int8": {"precision": "int8"},
    "int8, pool factor 2": {"precision": "int8", "pool_factor": 2},
    "int8, pool factor 3": {"precision": "int8", "pool_factor": 3},
}
SHARES = [0.01, 0.02, 0.05, 0.1, 0.2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", help="default: the model inside the package")
    parser.add_argument("--queries", type=int, default=5)
    parser.add_argument("--depth", type=int, default=100, help="passages of a query")
    parser.add_argument("--words", type=int, default=100, help="words of a passage")
    parser.add_argument("--datasets", nargs="*", default=[f"sample/{language}" for language in LANGUAGES])
    parser.add_argument("--candidates", nargs="*", default=[], metavar="DATASET", help="measure candidates' recall")
    parser.add_argument("--synthetic", type=int, default=0, help="documents of an index of random vectors")
    parser.add_argument("--json", help="also write the numbers to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    reranker = OpticalReranker(arguments.checkpoint, device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for part in parts(arguments, reranker, Path(folder)):
            rows += part
            if arguments.json:
                Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    table = pd.DataFrame(rows)
    print(markdown_table(table.map(lambda value: f"{value:.5f}" if isinstance(value, float) else value)))


def parts(arguments, reranker: OpticalReranker, folder: Path):
    """The rows of one part of the work after the other."""
    if arguments.queries:
        yield speed(arguments, reranker, folder)
    for name in arguments.datasets:
        yield quality(name, arguments, reranker, folder)
    yield candidates(arguments, folder)
    if arguments.synthetic:
        yield synthetic(arguments, folder)


def speed(arguments, reranker: OpticalReranker, folder: Path) -> list[dict]:
    passages = texts(arguments.queries * arguments.depth, arguments.words)
    documents = pd.DataFrame({"docno": [f"d{i}" for i in range(len(passages))], "text": passages})
    queries = texts(arguments.queries + 1, 8)
    frames = [
        documents.iloc[number * arguments.depth : (number + 1) * arguments.depth].assign(
            qid=str(number), query=queries[number]
        )
        for number in range(arguments.queries)
    ]
    indexes, rows = {}, []
    for name in VARIANTS:
        start = time.process_time()
        indexes[name] = build(folder / f"speed-{name}", arguments, documents, name)
        rows.append(row(name, "documents a second, built", len(documents) / (time.process_time() - start)))
    tokens = indexes["float32"].meta.tokens / len(documents)
    rows.append(row("float32", "tokens a document", tokens))
    systems = {"cold": reranker, **{name: index.reranker() for name, index in indexes.items()}}
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for system in systems.values():
        system(frames[0].iloc[:2].assign(query=queries[-1]))
    for frame in frames:
        scores = {}
        for name, system in systems.items():
            inp = frame if name == "cold" else frame.drop(columns="text")
            start = time.process_time()
            scores[name] = system(inp)["score"].to_numpy()
            seconds[name].append(time.process_time() - start)
    for name in systems:
        rows.append(
            row(name, f"seconds for one query with {arguments.depth} passages", float(np.median(seconds[name])))
        )
    for name, index in indexes.items():
        ratio = float(np.median(np.array(seconds["cold"]) / np.array(seconds[name])))
        rows.append(row(name, "times as fast as cold", ratio))
        rows.append(row(name, "largest difference of a score", float(np.abs(scores[name] - scores["cold"]).max())))
        size = sum(path.stat().st_size for path in index.path.rglob("*") if path.is_file())
        rows.append(row(name, "bytes a token of the text", size / indexes["float32"].meta.tokens))
    return rows


def quality(name: str, arguments, reranker: OpticalReranker, folder: Path) -> list[dict]:
    dataset = pt.get_dataset(f"optical:{name}")
    documents, topics = pd.DataFrame(dataset.get_corpus_iter()), dataset.get_topics()
    qrels = pt.model.to_ir_measures(dataset.get_qrels())
    key = folder / f"quality-{name.split('/')[0]}"
    indexes = {variant: build(key / variant, arguments, documents, variant) for variant in VARIANTS}
    every = topics.merge(documents, how="cross")
    systems = {"cold": reranker, **{variant: index.reranker() for variant, index in indexes.items()}}
    measured = {
        system: calc_aggregate([nDCG @ 10], qrels, pt.model.to_ir_measures(transformer(every)))[nDCG @ 10]
        for system, transformer in systems.items()
    }
    rows = [row("cold", f"nDCG@10 on {name}", measured["cold"])]
    return rows + [row(v, f"change of nDCG@10 on {name}", measured[v] - measured["cold"]) for v in VARIANTS]


def candidates(arguments, folder: Path) -> list[dict]:
    rows = []
    for name in arguments.candidates:
        dataset = pt.get_dataset(f"optical:{name}")
        documents, topics = pd.DataFrame(dataset.get_corpus_iter()), dataset.get_topics()
        index = build(folder / f"candidates-{name.replace('/', '-')}", arguments, documents, "float16")
        best = index.retriever(num_results=10)(topics)
        for share in SHARES:
            count = round(share * len(documents))
            found = index.retriever(num_results=10, exact_limit=0, candidates=count)(topics)
            recall = len(best.merge(found, on=["qid", "docno"])) / len(best)
            rows.append(row(f"{share:.0%} of {len(documents)}", f"recall of the ten best on {name}", recall))
    return rows


def synthetic(arguments, folder: Path) -> list[dict]:
    """An index whose shards are copies of one shard of random vectors; it has a real model, that of the queries."""
    base = build(folder / "base", arguments, pd.DataFrame({"docno": ["d"], "text": ["a river"]}), "int8")
    dim, tokens, each = base.meta.settings.dim, 12, 20_000
    values = torch.nn.functional.normalize(torch.randn(tokens * each, dim), dim=1)
    vectors = TokenVectors(values, torch.arange(0, tokens * each + 1, tokens))
    shard = Shard.of(Block(vectors, torch.ones(each, dtype=torch.int64)), "int8")
    del values, vectors
    start = time.process_time()
    shards = []
    for first in range(0, arguments.synthetic, each):
        with new_part(base.path, part_name(1, first // each)) as part:
            write_shard(part, [shard])
        shards.append(ShardEntry(part_name(1, first // each), each, tokens * each))
    with new_part(base.path, part_name(1, "docnos")) as part:
        Docnos.of([f"d{i}" for i in range(len(shards) * each)]).write(part)
    names = ((part_name(1, "docnos"), len(shards) * each),)
    next_generation(base.meta, shards=tuple(shards), docnos=names).write(base.path)
    what = f"{len(shards) * each} documents"
    rows = [row(what, "seconds to write", time.process_time() - start)]
    code = (
        "import resource, sys, time\n"
        "import pandas as pd\n"
        "import torch\n"
        "from pyterrier_optical import OpticalIndex\n"
        "torch.set_num_threads(1)\n"
        "index = OpticalIndex(sys.argv[1], device='cpu')\n"
        "index.encoders\n"
        "start = time.process_time()\n"
        "index.reload().tokens\n"
        "print(time.process_time() - start)\n"
        "queries = pd.DataFrame({'qid': list('ab'), 'query': ['a tall tree', 'a long river']})\n"
        "docnos = pd.DataFrame({'docno': [f'd{i * 9973 % len(index)}' for i in range(100)]})\n"
        "for system, inp in ((index.retriever(), queries), (index.reranker(), queries.merge(docnos, how='cross'))):\n"
        "    system(inp.iloc[:1])\n"
        "    start = time.process_time()\n"
        "    system(inp[inp['qid'] == 'b'])\n"
        "    print(time.process_time() - start)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, base.path], check=True, capture_output=True, text=True)  # noqa: S603
    measures = ["seconds to open", "seconds to search", "seconds to rerank 100", "GiB resident, mapped pages included"]
    return rows + [row(what, name, float(value)) for name, value in zip(measures, done.stdout.split(), strict=True)]


def build(path: Path, arguments, documents: pd.DataFrame, variant: str) -> OpticalIndex:
    index = OpticalIndex(path, arguments.checkpoint, device="cpu")
    return index if index.built() else index.indexer(**VARIANTS[variant]).index(documents)


def row(system: str, what: str, value: float) -> dict:
    return {"system": system, "measure": what, "value": value}


if __name__ == "__main__":
    main()

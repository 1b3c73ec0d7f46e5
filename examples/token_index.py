"""An index of token vectors: made once, opened by path, reranked from and searched, grown and cut down.

Run: python examples/token_index.py [FOLDER]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from pyterrier_optical import OpticalIndex

DOCUMENTS = [
    {"docno": "mill-1", "text": "The water mill grinds maize and millet for the farms along the river."},
    {"docno": "mill-2", "text": "Opening hours of the mill: Tuesday to Saturday, from eight until the sluice closes."},
    {"docno": "well-1", "text": "The new well gives clean drinking water to two hundred families."},
    {"docno": "road-1", "text": "After heavy rain the road to the market is closed to lorries."},
]
QUERIES = {"sw": "maji safi ya kunywa", "th": "ทำไมถนนไปตลาดปิด", "fr": "heures d'ouverture du moulin"}


def best(transformer, frame: pd.DataFrame) -> None:
    """Prints the best document of each query."""
    for row in transformer(frame).query("rank == 0").itertuples():
        print(f"  {row.qid}  {row.score:6.2f}  {row.docno}")


def main(folder: Path) -> None:
    """Makes an index and uses it."""
    # A generator, a data frame or a PyTerrier data set works as well. Started again, an interrupted run goes on.
    OpticalIndex(folder / "index").indexer(precision="int8").index(DOCUMENTS)

    index = OpticalIndex(folder / "index")
    topics = pd.DataFrame({"qid": list(QUERIES), "query": list(QUERIES.values())})
    print(f"search in {len(index)} documents")
    best(index.retriever(num_results=3), topics)

    print("rerank what another system found, without its texts")
    candidates = topics.merge(pd.DataFrame({"docno": ["mill-1", "mill-2", "well-1", "road-1"]}), how="cross")
    best(index.reranker(), candidates)

    print("with one document more and one less")
    index.append([{"docno": "bees-1", "text": "Beekeepers sell wax candles and jars of acacia honey."}])
    index.delete(["well-1"]).compact()
    best(index.retriever(), topics)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with TemporaryDirectory() as temporary:
            main(Path(temporary))

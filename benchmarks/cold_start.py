"""What reranking 100 documents costs in a fresh Python process, and where time and memory go.

Run from the checkout: ``python benchmarks/cold_start.py [CHECKPOINT] [--documents 100] [--words 20]``. CHECKPOINT is
any model `OpticalReranker` takes; without one, the model inside the package. Each line has the wall time of a step, and
the largest resident memory until then.
"""

import argparse
import random
import sys
import time

STARTED = time.perf_counter()

WORDS = ["river", "mill", "water", "stone", "bridge", "boat", "fisher", "market", "bread", "flour", "wheat", "road"]
WORDS += ["village", "school", "teacher", "child", "winter", "snow", "mountain", "goat", "shepherd", "wool", "coat"]
WORDS += ["tailor", "shop", "window", "glass", "lamp", "oil", "night", "star", "sky", "storm", "roof", "farmer", "corn"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", help="default: the model inside the package")
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--words", type=int, default=20, help="words of a document")
    arguments = parser.parse_args()
    clock = Clock()

    import pyterrier  # noqa: F401

    clock.part("import pyterrier")

    import pyterrier_optical  # noqa: F401

    clock.part("import pyterrier_optical")

    import torch  # noqa: F401

    clock.part("import torch")

    import sentence_transformers  # noqa: F401
    from sentence_transformers import MultiVectorEncoder  # noqa: F401

    clock.part("import sentence_transformers")

    from pyterrier_optical.checkpoint.folder import load_encoder
    from pyterrier_optical.late.encoder import TokenEncoder
    from pyterrier_optical.late.maxsim import maxsim_matrix

    encoder = TokenEncoder(load_encoder(arguments.checkpoint))
    clock.part("load the model")
    weights = [*encoder.model.parameters(), *encoder.model.buffers()]
    print(f"           {sum(tensor.nbytes for tensor in weights) / 2**20:6.0f} MB  of these: weights", flush=True)
    queries = encoder.queries(["which river runs past the old mill"])
    clock.part("encode the query")
    documents = encoder.documents(texts(arguments.documents, arguments.words))
    clock.part(f"encode {len(documents)} documents, {int(documents.lengths.sum())} tokens")
    maxsim_matrix(queries, documents)
    clock.part("score")

    import pandas as pd

    from pyterrier_optical import OpticalReranker

    frame = pd.DataFrame({"qid": "1", "query": "mto unapita wapi", "docno": ["a", "b"], "text": texts(2, 20)})
    OpticalReranker(encoder.model)(frame)
    clock.part("rerank two documents with a gloss, which loads the lexicon")
    clock.total()


def texts(count: int, words: int) -> list[str]:
    """Texts of random common words, the same in every run."""
    draw = random.Random(0)
    return [" ".join(draw.choices(WORDS, k=words)) for _ in range(count)]


class Clock:
    """Prints the time since the last part, and the memory."""

    def __init__(self):
        self.last = STARTED

    def part(self, name: str) -> None:
        now = time.perf_counter()
        print(f"{now - self.last:8.3f} s {peak_memory():6.0f} MB  {name}", flush=True)
        self.last = now

    def total(self) -> None:
        print(f"{self.last - STARTED:8.3f} s {peak_memory():6.0f} MB  in all")


def peak_memory() -> float:
    """The largest resident memory of this process so far, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()

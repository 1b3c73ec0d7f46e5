"""What 8-bit linear layers save and cost: encoding time, loading time, quality of rankings; a Markdown table.

Run from the checkout: ``python benchmarks/int8.py [CHECKPOINT] [--datasets mtop/hi/dev/split afriqa/ha/dev]``.
CHECKPOINT is any model `OpticalReranker` takes; without one, the model inside the package. Every document is ranked for
every query by MaxSim. Times are CPU seconds of one thread, both precisions in the same run, so that other work on
the machine matters little.
"""

import argparse
import time

import pandas as pd
import pyterrier as pt
import sentence_transformers  # noqa: F401
import torch

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.retrieve.exhaustive import exhaustive_run, ranking_measure, ranking_quality

DATASETS = ["mtop/hi/dev/split", "mtop/th/dev/split", "mtop/en/dev/split", "afriqa/ha/dev"]
PRECISIONS = ["float32", "int8"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", nargs="?", help="default: the model inside the package")
    parser.add_argument("--datasets", nargs="*", default=DATASETS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    rows, encoders = [], {}
    for precision in PRECISIONS:
        start = time.process_time()
        model = load_encoder(arguments.checkpoint, device="cpu", dtype=precision)
        rows.append({"": "load", "measure": "seconds", "precision": precision, "value": time.process_time() - start})
        encoders[precision] = Timed(model)
    for name in arguments.datasets:
        dataset = pt.get_dataset(f"optical:{name}")
        documents, topics = pd.DataFrame(dataset.get_corpus_iter(verbose=False)), dataset.get_topics()
        for precision, encoder in encoders.items():
            encoder.seconds = 0.0
            quality = ranking_quality(dataset, exhaustive_run(topics, documents, encoder))
            row = {"": name, "precision": precision}
            rows.append({**row, "measure": "seconds to encode", "value": encoder.seconds})
            rows.append({**row, "measure": str(ranking_measure(dataset)), "value": quality})
    table = pd.DataFrame(rows).pivot(index=["", "measure"], columns="precision", values="value")[PRECISIONS]
    table = table.assign(ratio=table["float32"] / table["int8"], change=table["int8"] - table["float32"])
    print(markdown_table(table.reset_index().map(lambda value: f"{value:.4f}" if isinstance(value, float) else value)))


class Timed(TokenEncoder):
    """Adds up the CPU time of encoding in ``seconds``."""

    seconds = 0.0

    def _encode(self, *arguments):
        start = time.process_time()
        vectors = super()._encode(*arguments)
        self.seconds += time.process_time() - start
        return vectors


if __name__ == "__main__":
    main()

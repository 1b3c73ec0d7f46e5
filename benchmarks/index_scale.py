"""What an index of many passages takes: bytes, hours of encoding, seconds of a query.

Run from the checkout: ``python benchmarks/token_index.py --json FILE``, which measures, then
``python benchmarks/index_scale.py FILE [--passages 1e6 1e8 1e9] [--gpu-flops 2e14]``, which multiplies. Only the search
by mean vectors is measured here, on random ones. No GPU is: its hours are the model's floating point operations,
divided by those that it is assumed to do in a second.
"""

import argparse
import json
import time
from pathlib import Path

import pandas as pd
import torch

from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL
from pyterrier_optical.experiment.report import markdown_table

CPU_VARIANT = "float16"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measured", type=Path, help="what token_index.py --json wrote")
    parser.add_argument("--passages", type=float, nargs="+", default=[1e6, 1e8, 1e9])
    parser.add_argument("--gpu-flops", type=float, default=2e14, help="a fifth of 989e12, an H100's peak in bfloat16")
    parser.add_argument("--means", type=int, default=200_000, help="mean vectors of the search that is measured")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = json.loads(arguments.measured.read_text(encoding="utf-8"))
    measured = {(row["system"], row["measure"]): row["value"] for row in rows}
    config = json.loads((Path(SHIPPED_MODEL) / "config.json").read_text(encoding="utf-8"))
    width, tokens = config["hidden_size"], measured["float32", "tokens a document"]
    flops = tokens * flops_of_a_token(config, tokens)
    of_means = seconds_of_a_mean(arguments.means, width)
    variants = [system for system, measure in measured if measure == "bytes a token of the text"]
    print(
        f"{tokens:.0f} tokens a passage; {flops / 1e9:.1f} GFLOP to encode one; {arguments.gpu_flops / 1e12:.0f} "
        f"TFLOP/s assumed of a GPU; {1e9 * of_means:.0f} ns for a mean vector"
    )
    table = []
    for passages in arguments.passages:
        row: dict = {"passages": f"{passages:,.0f}"}
        for variant in variants:
            row[f"{variant}, GB"] = passages * tokens * measured[variant, "bytes a token of the text"] / 1e9
        row["means, GB"] = passages * width * 2 / 1e9
        row["CPU core-hours"] = passages / measured[CPU_VARIANT, "documents a second, built"] / 3600
        row["GPU-hours"] = passages * flops / arguments.gpu_flops / 3600
        row["search of the means, CPU s"] = passages * of_means
        row["rerank 100, CPU s"] = measured[CPU_VARIANT, "seconds for one query with 100 passages"]
        table.append(row)
    print(markdown_table(pd.DataFrame(table).map(lambda x: f"{x:,.3g}" if isinstance(x, float) else x)))


def flops_of_a_token(config: dict, tokens: float) -> float:
    """Two for each weight of the layers, and four for each number of a vector that attention compares and adds up."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    weights = 4 * width * width + 2 * width * inner
    return config["num_hidden_layers"] * (2 * weights + 4 * tokens * width)


def seconds_of_a_mean(count: int, width: int) -> float:
    """CPU seconds of one thread to compare one stored mean vector with a query's, the copy to float32 included."""
    means = torch.randn(count, width).half()
    query = torch.randn(width, 1)
    seconds = []
    for _ in range(4):
        start = time.process_time()
        torch.cat([block.float() @ query for block in means.split(65_536)])[:, 0].topk(1000)
        seconds.append(time.process_time() - start)
    return min(seconds[1:]) / count


if __name__ == "__main__":
    main()

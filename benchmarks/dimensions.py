"""How many dimensions do token vectors need? The model's own, and the principal components of its English ones.

A projection that a teacher's index could use as well must not be learnt by the student: it is the leading eigenvectors
of the second moments (uncentred, as cosines are) of the token vectors of English sentences. Usage:

    python benchmarks/dimensions.py [--model FOLDER] [--dimensions 256 128 64] [--datasets mtop/hi/dev/split ...]

Reads English sentences from the sample collection in the package and the data sets from OPTICAL_DATA. Prints a markdown
table: AP (MTOP, same intent) or nDCG@10, every document ranked for every query by MaxSim.
"""

import argparse

import pandas as pd
import pyterrier as pt
import torch

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.experiment.evaluation import evaluate
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.late.encoder import TokenEncoder

DATASETS = ["mtop/en/dev/split", "mtop/hi/dev/split", "mtop/th/dev/split", "afriqa/ha/dev", "afriqa/zu/dev"]


def english_sentences() -> list[str]:
    """Documents of the development data, without their queries."""
    names = ("optical:mtop/en/dev/split", "optical:afriqa/ha/dev", "optical:sample/sw")
    return [doc["text"] for name in names for doc in pt.get_dataset(name).get_corpus_iter(verbose=False)]


def principal_components(vectors: torch.Tensor, dimensions: int) -> torch.Tensor:
    """(dimensions, d): the directions in which (n, d) unit vectors have the most of their length."""
    _, directions = torch.linalg.eigh(vectors.double().T @ vectors.double())
    return directions[:, -dimensions:].T.float()


def projected(model, components: torch.Tensor):
    """The encoder with its vectors projected and given unit length again."""
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize
    from sentence_transformers.base.modules.dense import Dense

    dimensions, d = components.shape
    dense = Dense(
        d,
        dimensions,
        bias=False,
        activation_function=torch.nn.Identity(),
        init_weight=components,
        module_input_name="token_embeddings",
    )
    unit = Normalize(module_input_name="token_embeddings")
    return MultiVectorEncoder(modules=[*model, dense, unit], device=str(model.device)).eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", help="checkpoint folder; default: the shipped model")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[256, 128, 64])
    parser.add_argument("--datasets", nargs="+", default=DATASETS)
    arguments = parser.parse_args()
    model = load_encoder(arguments.model)
    vectors = TokenEncoder(model).documents(english_sentences()).values
    encoders = {model.get_embedding_dimension(): model}
    encoders |= {n: projected(model, principal_components(vectors, n)) for n in arguments.dimensions}
    columns = {}
    for dimensions, encoder in encoders.items():
        measured = evaluate(encoder, arguments.datasets, teacher=None)
        columns[str(dimensions)] = measured["model"].map("{:.3f}".format)
    print(markdown_table(pd.concat([measured[["data set", "query", "measure"]], pd.DataFrame(columns)], axis=1)))


if __name__ == "__main__":
    main()

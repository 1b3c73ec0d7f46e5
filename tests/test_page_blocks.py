"""Every Python block of the pages runs as it is pasted: those of a page in order, in one namespace."""

import ast
import doctest
import re
import sys
import textwrap
import warnings
from importlib.util import find_spec
from pathlib import Path

import pyterrier as pt
import pytest
import requests
import tiny
from tiny_bitext import write_bitext

import pyterrier_optical
from pyterrier_optical.checkpoint.shared import shared_encoder
from pyterrier_optical.datasets import sample
from pyterrier_optical.lexicon import SHIPPED_LEXICON
from pyterrier_optical.retrieve.bm25 import terrier

sys.path += [str(Path(__file__).parent / room) for room in ("datasets", "mt")]

import tiny_files
import tiny_mt

ROOT = Path(__file__).resolve().parents[1]
PAGES = Path(pyterrier_optical.__file__).parent / "pt_docs"

ELSEWHERE = {"own_language.md": "tests/test_own_language.py follows this page"}

# Page and a fragment of a block that is not run -> why.
NOT_RUN = {
    ("other_rerankers.md", "import mT5ReRanker"): "pyterrier-t5 is not among the packages of the tests",
}

# What a page names and a machine need not have, and what the test has in its place.
STAND_INS = {
    '"neuclir/1/fa/trec-2022", topics="title+description"': '"sample/sw"',
    '"path-or-hub-id"': '"tiny/encoder"',
    '"lexicon.safetensors"': repr(str(SHIPPED_LEXICON)),
    '"runs/optical-lexicon-v7/lexicon.safetensors"': repr(str(SHIPPED_LEXICON)),
    '"models/me5"': '"tiny/xlmr"',
    "MBERTReranker()": 'MBERTReranker("tiny/bert")',
    "LaBSEReranker()": 'LaBSEReranker("tiny/labse")',
    '"Helsinki-NLP/opus-mt-sw-en", revision="refs/pr/1"': '"tiny/marian"',
    '"Helsinki-NLP/opus-mt-sw-en"': '"tiny/marian"',
    '"dev-22365872"': '"dev-1"',
    "% 100": "% 10",
    'device="cuda"': 'device="cpu"',
    '"http://localhost:6333"': '":memory:"',
    '"training": {"steps": 300}': '"student": "tiny/xlmr", "evaluation": {"heldout_pairs": 4}, '
    '"training": {"steps": 2, "eval_steps": 2, "batch_size": 8}',
}

# Names that a page takes as given.
GIVEN = {
    "README.md": """
        from pyterrier_optical import OpticalReranker, bm25 as make_bm25
        bm25 = make_bm25([{"docno": "well", "text": "clean water"}])
        my_texts = {"d1": "clean water"}
    """,
    "datasets.md": """
        from pyterrier_optical import OpticalRetriever
        system = OpticalRetriever("optical:mtop/hi/dev/split", gloss=0)
    """,
    "transport.md": """
        import torch
        x, y = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
        x_mask, y_mask = torch.ones(2, 3), torch.ones(2, 5)
    """,
    "weights.md": 'from pyterrier_optical import bm25; first_stage = bm25("optical:sample/sw")',
}


def blocks(path: Path) -> list[tuple[str, str | None]]:
    """The Python blocks of a page, each with the output that follows it."""
    page = path.read_text(encoding="utf-8")
    if path.suffix == ".rst":
        found = re.findall(r"(?m)^( *)\.\. code-block:: python\n(?:\1 +:.*\n)*\n((?:\1 +.*\n|\n)+)", page)
        return [(textwrap.dedent(code), None) for _, code in found]
    return re.findall(r"(?ms)^```python\n(.*?)^```$(?:\n\n^```\n(.*?)^```$)?", page)


FILES = {path.name: path for path in [ROOT / "README.md", *sorted(PAGES.glob("*.md")), *sorted(PAGES.glob("*.rst"))]}
WITH_BLOCKS = [name for name, path in FILES.items() if blocks(path)]


@pytest.fixture(scope="module", autouse=True)
def model_stays_loaded(shipped_model):
    """One loaded model for all pages."""
    return shared_encoder()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with tiny models, bitext and collections, and no network."""

    def unreachable(*args, **options):
        raise requests.ConnectionError("no network in tests")

    monkeypatch.setattr(requests, "get", unreachable)
    monkeypatch.setenv("OPTICAL_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    tiny_files.write_parallel_json(tmp_path / "data" / "mtop")
    tiny_files.write_afriqa(tmp_path / "data" / "afriqa")
    write_bitext(tmp_path / "sw.tsv")
    made = tmp_path / "tiny"
    tiny.xlmr(made / "xlmr"), tiny.bert(made / "bert")
    tiny.labse(made), tiny.encoder(made, positions=128)
    if find_spec("sentencepiece"):
        tiny_mt.marian(made / "marian", source_lang="swa", target_lang="eng")
    return tmp_path


@pytest.fixture
def short_sample(monkeypatch, page):
    """Three queries and 30 documents of the sample, but where the page shows what is in the whole."""
    whole = sample._read

    def start(path: Path):
        rows = whole(path)
        return rows.head(3) if path.name.startswith("topics") else rows[rows["docno"] < "d031"]

    if page != "first_stage.md":
        monkeypatch.setattr(sample, "_read", start)


@pytest.fixture
def own_index(request, monkeypatch, folder) -> dict[str, str]:
    """Stand-ins for the index that a user has: one of Terrier, or of PISA where there is no Java."""
    documents = [{"docno": "well", "text": "The new well gives clean water."}]
    try:
        request.getfixturevalue("java")
    except pytest.skip.Exception as reason:
        monkeypatch.setattr(terrier, "_failure", str(reason))
        pisa = pytest.importorskip("pyterrier_pisa", reason="BM25 needs Java or pyterrier_pisa")
        pisa.PisaIndex("own-index").index(documents)
        opened = '__import__("pyterrier_pisa").PisaIndex("own-index")'
        return {
            'pt.terrier.Retriever("/path/to/your/terrier/index")': f"{opened}.bm25()",
            'pt.terrier.TerrierIndex("my-index")': opened,
        }
    path = folder / "own-index"
    pt.terrier.TerrierIndex(str(path)).indexer().index(documents)
    return {"/path/to/your/terrier/index": str(path), 'TerrierIndex("my-index")': f'TerrierIndex("{path}")'}


def run(code: str, shown: str, names: dict) -> None:
    """Runs a block; its last expression is compared with what the page shows."""
    tree = ast.parse(code)
    last = tree.body.pop() if shown else None
    exec(compile(tree, code, "exec"), names)  # noqa: S102 - the project's own pages
    if last:
        value = eval(compile(ast.Expression(last.value), code, "eval"), names)  # noqa: S307
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert doctest.OutputChecker().check_output(shown, f"{value!r}\n", options), f"{value!r}\n"


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_BLOCKS)
def test_the_blocks_of_a_page_run_as_pasted(page, own_index, short_sample, shipped_model):
    if page in ELSEWHERE:
        pytest.skip(ELSEWHERE[page])
    names: dict = {}
    exec(textwrap.dedent(GIVEN.get(page, "")), names)  # noqa: S102
    for code, shown in blocks(FILES[page]):
        reasons = [reason for (where, fragment), reason in NOT_RUN.items() if where == page and fragment in code]
        if reasons:
            warnings.warn(f"{page}: a block is not run: {reasons[0]}", stacklevel=1)
            continue
        for text, stand_in in (STAND_INS | own_index).items():
            code = code.replace(text, stand_in)
        run(code, shown, names)

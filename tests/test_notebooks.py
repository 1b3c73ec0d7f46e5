"""The notebooks run from top to bottom, and say what their committed outputs say, up to decimals.

``python tests/test_notebooks.py [NOTEBOOK ...]`` runs all or some and writes their outputs.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path):
    notebook = nbformat.read(path, as_version=4)
    quiet = "import os, warnings; os.environ['TQDM_DISABLE'] = '1'; warnings.filterwarnings('ignore')"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(quiet))
    # What a notebook leaves behind, two gigabytes of checkpoints in one, goes with the folder.
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=300, kernel_name="python3").execute(env={**os.environ, "TMPDIR": folder})
    del notebook.cells[0]
    for count, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), start=1):
        cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = count
    return notebook


def said(notebook) -> list[list[str]]:
    """The words of each output, decimals left out."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [re.sub(r"\d*\.\d+", "", output["data"]["text/plain"]).split() for output in outputs]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_it_said(path, shipped_model):
    if path.stem in ("2_own_index", "6_large_index"):
        pytest.importorskip("jnius", reason="BM25 by Terrier needs Java, and its scores are in the outputs")
    assert said(executed(path)) == said(nbformat.read(path, as_version=4))


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:] or NOTEBOOKS):
        nbformat.write(executed(path), path)
        print(f"written: {path.name}", file=sys.stderr)

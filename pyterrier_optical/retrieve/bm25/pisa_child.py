"""Run as a script, in a process of its own: the steps of PISA that write to the standard streams of their process.

Arguments: the file of PISA's extension module, "bounds" or "index", k1 and b. The working folder is that of the bounds,
in the index. The script needs no other package, so that it starts in a moment.
"""

import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader


def main(extension: str, step: str, k1: str, b: str) -> None:
    """Makes the score bounds for BM25 with some parameters; in an "index" first the lexicons of terms and documents."""
    loader = ExtensionFileLoader("_pisathon", extension)
    spec = spec_from_loader("_pisathon", loader)
    assert spec is not None  # noqa: S101 - a loader was given
    pisa = module_from_spec(spec)
    loader.exec_module(pisa)
    if step == "index":
        pisa.build_binlex("../fwd.documents", "../fwd.doclex")
        pisa.build_binlex("../fwd.terms", "../fwd.termlex")
    # The second time it opens what the first time wrote, as a search will.
    for _ in range(2):
        context = pisa.RetrievalContext()
        pisa.prepare_index(context, ".", "block_simdbp", "bm25", "", quantize=0, bm25_k1=float(k1), bm25_b=float(b))


if __name__ == "__main__":
    main(*sys.argv[1:])

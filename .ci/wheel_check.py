"""Run by the interpreter that has the wheel: it must rerank with its own files, without a network.

usage: wheel_check.py VENV
"""

import socket
import sys
from pathlib import Path

import pandas as pd
import pyterrier as pt

import pyterrier_optical
from pyterrier_optical import OpticalReranker


def main() -> None:
    """Ends with a message and status 1 at the first thing that is not right."""
    socket.socket.connect = socket.getaddrinfo = refuse
    home = Path(pyterrier_optical.__file__)
    check(home.is_relative_to(sys.argv[1]), f"{home} was imported, not the wheel")

    texts = {
        "bread": "Knead the dough, let it rise, and bake the bread until its crust is brown.",
        "bridge": "The old bridge was closed after the flood.",
        "owl": "Owls hunt at night.",
    }
    frame = pd.DataFrame({"qid": "1", "query": "wie wird Brot gebacken", "docno": list(texts), "text": texts.values()})
    ranked = OpticalReranker()(frame).sort_values("rank")
    check(ranked["docno"].iloc[0] == "bread", f"a wrong ranking:\n{ranked[['docno', 'score']]}")

    dataset = pt.get_dataset("optical:sample/sw")
    check(len(list(dataset.get_corpus_iter(verbose=False))) == 150, "the sample collection is not in the wheel")
    licences = {path.name for path in home.parent.parent.glob("pyterrier_optical-*.dist-info/licenses/*")}
    check({"LICENSE", "NOTICE"} <= licences, f"the wheel has the licence files {licences}")
    print(f"The wheel at {home.parent} reranks offline.")


def refuse(*args, **kwargs):
    """In the place of what opens a connection."""
    raise OSError("the wheel asked for the network")


def check(right: bool, otherwise: str) -> None:
    """Ends the program when something is not right."""
    if not right:
        sys.exit(f"wheel check: {otherwise}")


if __name__ == "__main__":
    main()

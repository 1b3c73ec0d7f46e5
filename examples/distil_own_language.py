"""Distil the model inside the package further, for one language, from a TSV file (english<TAB>translation).

Run: python examples/distil_own_language.py [bitext.tsv LANGUAGE]

Without arguments it learns from two dozen German sentences, to show the steps: nothing worth using comes of so little.
Some thousands of pairs and the settings of research/recipes/ make a model. It needs
`pip install pyterrier-optical[train]`.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from pyterrier_optical import OpticalReranker
from pyterrier_optical.distill import distill

PAIRS = """The ferryman waits for the goat to board.	Der Fährmann wartet, bis die Ziege an Bord ist.
Our lighthouse has been painted with red stripes.	Unser Leuchtturm wurde mit roten Streifen bemalt.
The cheese ripens in a cave below the castle.	Der Käse reift in einer Höhle unter der Burg.
Nobody repaired the clock on the town hall.	Niemand reparierte die Uhr am Rathaus.
A heron stands in the reeds by the sluice.	Ein Reiher steht im Schilf an der Schleuse.
The blacksmith sold his last anvil in autumn.	Der Schmied verkaufte im Herbst seinen letzten Amboss.
Fog covers the vineyards until noon.	Nebel liegt bis mittags über den Weinbergen.
The choir rehearses in the old salt store.	Der Chor probt im alten Salzlager.
Two barges carry gravel up the canal.	Zwei Kähne bringen Kies den Kanal hinauf.
The beekeeper counts hives behind the orchard.	Der Imker zählt Bienenstöcke hinter dem Obstgarten.
Her umbrella is made of waxed linen.	Ihr Regenschirm ist aus gewachstem Leinen.
The bakery burns beech wood in its oven.	Die Bäckerei heizt ihren Ofen mit Buchenholz.
A mason carves the date above the gate.	Ein Steinmetz meißelt das Datum über das Tor.
The tram stops beside the paper mill.	Die Straßenbahn hält neben der Papiermühle.
Swallows nest under the station roof.	Schwalben nisten unter dem Bahnhofsdach.
The potter fires forty bowls each week.	Der Töpfer brennt jede Woche vierzig Schalen.
An elm fell across the footpath.	Eine Ulme stürzte quer über den Fußweg.
The librarian mends torn atlases.	Die Bibliothekarin flickt zerrissene Atlanten.
Grandmother pickles plums with cloves.	Großmutter legt Pflaumen mit Nelken ein.
The drawbridge opens for tall sailing boats.	Die Zugbrücke öffnet sich für hohe Segelboote.
A fiddler plays at the potato harvest.	Ein Geiger spielt bei der Kartoffelernte.
The cellar smells of apples and lamp oil.	Der Keller riecht nach Äpfeln und Lampenöl.
Snow blocked the pass for eleven days.	Schnee versperrte elf Tage lang den Pass.
The weaver dyes wool with walnut shells.	Die Weberin färbt Wolle mit Walnussschalen.
"""


def main() -> None:
    """Writes a configuration, trains, and reranks with the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bitext", nargs="?", help="TSV file; without it, a few German sentences")
    parser.add_argument("language", nargs="?", default="de")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--output", default="runs/own-language")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bitext = options.bitext or Path(folder, "pairs.tsv")
        if not options.bitext:
            bitext.write_text(PAIRS, encoding="utf-8")
        checkpoint = distill(
            {
                "output": options.output,
                "bitext": {"files": [{"lang": options.language, "path": str(bitext)}]},
                "training": {"steps": options.steps, "batch_size": 8, "eval_steps": options.steps, "max_tokens": 32},
            },
            resume=False,
        )
    frame = pd.DataFrame(
        {
            "qid": "1",
            "query": "Wer repariert die Uhr?",
            "docno": ["clock", "goat"],
            "text": ["A clockmaker repairs the tower clock.", "The goat eats the hedge."],
        }
    )
    print(f"\nThe checkpoint: {checkpoint}")
    print(OpticalReranker(checkpoint)(frame)[["query", "docno", "score", "rank"]].to_string(index=False))


if __name__ == "__main__":
    main()

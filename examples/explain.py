"""See why a document is first: which word of the query met which of its words, and what each match adds.

Run: python examples/explain.py [explanation.png]
"""

import sys

import pandas as pd

from pyterrier_optical import OpticalError, OpticalReranker, diagnose

QUERIES = {"sw": "maji safi ya kunywa", "hi": "बारिश के बाद सड़क बंद"}
TEXTS = {
    "well": "The new well gives clean drinking water to two hundred families.",
    "road": "After heavy rain the road to the market is closed to lorries.",
    "bees": "Beekeepers sell wax candles and jars of acacia honey at the market.",
}


def main() -> None:
    """Prints the explanation of each query's first document, and draws the last."""
    rows = [(lang, query, docno, text) for lang, query in QUERIES.items() for docno, text in TEXTS.items()]
    frame = pd.DataFrame(rows, columns=["qid", "query", "docno", "text"])
    reranker = OpticalReranker()
    explanations = reranker.explain_top(reranker(frame))
    for explanation in explanations:
        table = explanation.frame.query("wording != 'query and gloss'")
        columns = ["wording", "query_word", "document_word", "cosine", "contribution", "planned_word"]
        print(f"{explanation.qid}: {explanation.docno}, score {explanation.score:.3f}")
        print(table[columns].to_string(index=False, float_format="{:.2f}".format))
    print(diagnose(reranker, frame.assign(lang=frame["qid"])).to_string(index=False, float_format="{:.2f}".format))
    if len(sys.argv) > 1:
        try:
            explanations[-1].plot(("query", "gloss")).savefig(sys.argv[1])
        except OpticalError as error:  # no installed font has the letters
            print(error)


if __name__ == "__main__":
    main()

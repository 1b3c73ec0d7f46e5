"""Rerank a data frame: queries in three languages, English texts, no index and no network.

Run: python examples/rerank_dataframe.py
"""

import pandas as pd

from pyterrier_optical import OpticalReranker

QUERIES = {"sw": "dawa ya kikohozi cha mtoto", "hi": "बच्चे की खाँसी की दवा", "de": "Hustensaft für Kleinkinder"}
TEXTS = {
    "honey": "A spoonful of honey soothes the cough of a child older than one year.",
    "fence": "Treat the posts of a garden fence with oil before the rainy season.",
    "fever": "Give a feverish toddler plenty of water and watch the temperature.",
    "choir": "The village choir meets on Thursdays above the bakery.",
}


def main() -> None:
    """Prints each query's texts, best first."""
    rows = [(lang, query, docno, text) for lang, query in QUERIES.items() for docno, text in TEXTS.items()]
    frame = pd.DataFrame(rows, columns=["qid", "query", "docno", "text"])
    # normalize=True divides by the number of query tokens, so that scores of different queries can be compared.
    ranked = OpticalReranker(normalize=True)(frame)
    print(ranked.sort_values(["qid", "rank"])[["qid", "rank", "score", "docno", "text"]].to_string(index=False))


if __name__ == "__main__":
    main()

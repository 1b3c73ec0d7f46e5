"""Your own documents from end to end: index them once, search them in any language of the model, rerank.

Run: python examples/own_index.py [INDEX_FOLDER]
"""

import sys

from pyterrier_optical import OpticalReranker, OpticalTranslator, bm25

DOCUMENTS = [
    {"docno": "mill-1", "text": "The water mill grinds maize and millet for the farms along the river."},
    {"docno": "mill-2", "text": "Opening hours of the mill: Tuesday to Saturday, from eight until the sluice closes."},
    {"docno": "well-1", "text": "The new well gives clean drinking water to two hundred families."},
    {"docno": "road-1", "text": "After heavy rain the road to the market is closed to lorries."},
    {"docno": "bees-1", "text": "Beekeepers sell wax candles and jars of acacia honey at the market."},
]
QUERIES = ["maji safi ya kunywa", "ทำไมถนนไปตลาดปิด", "heures d'ouverture du moulin"]


def main(index_path: str | None = None) -> None:
    """Prints what the query became for BM25, and the two best documents."""
    # A list of dicts, a data frame, a generator or a PyTerrier data set; an index of the same documents is used again.
    retriever = bm25(DOCUMENTS, index_path=index_path)
    texts = {document["docno"]: document["text"] for document in DOCUMENTS}
    # By default a word in more than a fifth of the documents translates nothing; of five documents, that is any in two.
    first = OpticalTranslator(retriever, max_df=0.5) >> retriever % 100
    reranker = OpticalReranker()
    for query in QUERIES:
        found = first.search(query)
        found["text"] = found["docno"].map(texts)
        print(f"\n{query}  ->  {found['query_toks'].iloc[0] if len(found) else 'nothing found'}")
        for row in reranker(found).sort_values("rank").head(2).itertuples():
            print(f"  {row.rank + 1}. {row.score:6.2f}  {row.docno}  {row.text}")


if __name__ == "__main__":
    main(*sys.argv[1:2])

"""Your own documents from end to end: index them once, search them in any language of the model, rerank.

The index may be one that PISA or Terrier has made for you before, of stems too.

Run: python examples/own_index.py [FOLDER_FOR_INDEXES]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pyterrier_optical import OpticalError, OpticalReranker, OpticalTranslator, bm25

DOCUMENTS = [
    {"docno": "mill-1", "text": "The water mill grinds maize and millet for the farms along the river."},
    {"docno": "mill-2", "text": "Opening hours of the mill: Tuesday to Saturday, from eight until the sluice closes."},
    {"docno": "well-1", "text": "The new well gives clean drinking water to two hundred families."},
    {"docno": "road-1", "text": "After heavy rain the road to the market is closed to lorries."},
    {"docno": "bees-1", "text": "Beekeepers sell wax candles and jars of acacia honey at the market."},
]
TEXTS = {document["docno"]: document["text"] for document in DOCUMENTS}
QUERIES = ["maji safi ya kunywa", "ทำไมถนนไปตลาดปิด", "heures d'ouverture du moulin"]


def search(terms, retriever, reranker: OpticalReranker, queries: list[str] = QUERIES) -> None:
    """Prints what each query became for BM25, and the two best documents."""
    # By default a word in more than a fifth of the documents translates nothing; of five documents, that is any in two.
    first = OpticalTranslator(terms, max_df=0.5) >> retriever % 100
    for query in queries:
        found = first.search(query)
        found["text"] = found["docno"].map(TEXTS)
        print(f"\n{query}  ->  {found['query_toks'].iloc[0] if len(found) else 'nothing found'}")
        for row in reranker(found).sort_values("rank").head(2).itertuples():
            print(f"  {row.rank + 1}. {row.score:6.2f}  {row.docno}  {row.text}")


def main(folder: Path) -> None:
    """Searches an index of this package, and one of PISA's own where that is installed."""
    reranker = OpticalReranker()
    # A list of dicts, a data frame, a generator or a PyTerrier data set; an index of the same documents is used again.
    bm25(DOCUMENTS, index_path=folder / "index")
    # Later the index alone will do: nothing is read but the index.
    retriever = bm25(index_path=folder / "index")
    search(retriever, retriever, reranker)
    try:
        bm25(DOCUMENTS[:2], index_path=folder / "index")
    except OpticalError as error:
        print(f"\nAn index is not replaced unasked. {error}")
    bm25(DOCUMENTS[:2], index_path=folder / "index", overwrite=True)
    try:
        from pyterrier_pisa import PisaIndex
    except ImportError:
        return
    # As good: pt.terrier.Retriever(...), pt.terrier.TerrierIndex(...), an IndexRef, or (OpticalTranslator() >> any of
    # these retrievers). Their terms may be stems, as these are.
    index = PisaIndex(str(folder / "stems"), stemmer="porter2", overwrite=True)
    index.index({"docno": document["docno"], "text": document["text"]} for document in DOCUMENTS)
    search(index, index.bm25(query_weighted=True), reranker, QUERIES[:1])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with TemporaryDirectory() as temporary:
            main(Path(temporary))

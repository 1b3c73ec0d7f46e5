"""Any corpus is a stream of documents, and an unfit one is refused in one sentence."""

from typing import NamedTuple

import ir_datasets
import pandas as pd
import pyterrier as pt
import pytest
from few_documents import DOCS, found

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import register
from pyterrier_optical.retrieve.bm25 import bm25
from pyterrier_optical.retrieve.bm25.corpus import Corpus


class FewAlive(dict):
    """A document that knows how many of its kind are alive, and how many have been at once."""

    alive = most = 0

    def __init__(self, *args):
        super().__init__(*args)
        FewAlive.alive += 1
        FewAlive.most = max(FewAlive.most, FewAlive.alive)

    def __del__(self):
        FewAlive.alive -= 1


class TestCorpora:
    def test_a_generator_streams(self):
        docs = (FewAlive({"docno": str(i), "text": f"cup{i} of tea"}) for i in range(500))
        retriever = bm25(docs, engine="pisa")
        assert retriever.num_docs == 500 and found(retriever, "cup77") == ["77"]
        assert FewAlive.most < 5

    def test_a_data_frame_with_missing_texts(self):
        frame = pd.DataFrame(
            {"docno": [1, 2, 3], "text": ["green tea", None, float("nan")], "year": [1990, 1991, 1992]}
        )
        retriever = bm25(frame, engine="pisa")
        assert retriever.num_docs == 3 and found(retriever, "tea") == ["1"]

    def test_a_function(self, tmp_path):
        retriever = bm25(lambda: iter(DOCS), engine="pisa")
        assert found(retriever, "cotton") == ["loom"]

    def test_a_pyterrier_dataset_and_its_name(self):
        by_name = bm25("optical:sample/sw", engine="pisa")
        dataset = pt.get_dataset("optical:sample/sw")
        assert by_name.info == bm25(dataset, engine="pisa").info
        assert by_name.info.lang == "en" and by_name.num_docs == len(list(dataset.get_corpus_iter()))

    @pytest.mark.parametrize("wrapped", [False, True])
    def test_an_ir_datasets_dataset_whatever_its_fields_are_called(self, wrapped):
        class Doc(NamedTuple):
            doc_id: str
            title: str
            abstract: str
            date: int

            def default_text(self):
                return f"{self.title} {self.abstract}"

        class Dataset:
            def docs_iter(self):
                return iter([Doc("d1", "Coffee", "roasted slowly", 1990)])

            def docs_count(self):
                return 1

            def docs_lang(self):
                return "en"

        class Wrapper:
            def irds_ref(self):
                return Dataset()

            def get_corpus_iter(self, verbose=True):
                return iter([{"docno": "d1", "title": "Coffee", "abstract": "roasted slowly"}])

            def get_corpus_lang(self):
                return "en"

        source = Wrapper() if wrapped else Dataset()
        retriever = bm25(source, engine="pisa")
        assert found(retriever, "coffee roasted") == ["d1"] and retriever.info.lang == "en"
        assert list(bm25(source, engine="pisa", fields="abstract").terms()) == ["roasted", "slowly"]
        with pytest.raises(OpticalError, match="without body: name the fields"):
            bm25(source, engine="pisa", fields="body")

    def test_the_same_collection_by_either_name_of_it(self):
        register()
        one, other = (bm25(name, engine="pisa") for name in ("optical:sample/sw", "irds:sample/sw"))
        assert one.terms() == other.terms() == bm25(ir_datasets.load("sample/sw"), engine="pisa").terms()

    def test_an_iterable_that_one_reading_uses_up(self, tmp_path):
        for docs in (DOCS, DOCS, DOCS[:2]):
            corpus = pt.utils.GeneratorLen(iter(docs), len(docs))
            retriever = bm25(corpus, index_path=tmp_path / "index", engine="pisa", overwrite=True)
            assert retriever.num_docs == len(docs)

    def test_a_title_counts_where_the_first_document_has_none(self):
        docs = [{"docno": "d1", "text": "Grass."}, {"docno": "d2", "title": "Baobab", "text": "A tree."}]
        assert list(Corpus(docs)) == [("d1", "Grass."), ("d2", "Baobab\nA tree.")]

    def test_titles_are_part_of_the_text(self):
        docs = [{"docno": "d1", "title": "Baobab", "text": "A tree."}, {"docno": "d2", "title": None, "text": "Grass."}]
        assert found(bm25(docs, engine="pisa"), "baobab tree") == ["d1"]
        assert found(bm25(docs, engine="pisa", fields="text"), "baobab") == []
        assert found(bm25(docs, engine="pisa", fields=["title"]), "baobab tree") == ["d1"]

    def test_documents_without_any_word(self, engine):
        retriever = bm25([{"docno": "d1", "text": "..."}, {"docno": "d2", "text": ""}], engine=engine)
        assert retriever.terms() == {} and found(retriever, "tea") == []

    @pytest.mark.parametrize(
        ("docs", "message"),
        [
            ([], "no documents"),
            (iter([]), "no documents"),
            (["tea"], "must be a dict with a docno, not str"),
            ([*DOCS, "tea"], "must be a dict with a docno, not str"),
            ([*DOCS, {"text": "tea"}], "The docno None is empty"),
            ([{"docno": "d1", "body": "tea"}], "fields ['body', 'docno'], without text"),
            ([{"text": "tea"}], "without docno"),
            ([{"docno": "", "text": "tea"}], "is empty or has control characters"),
            ([{"docno": None, "text": "tea"}], "The docno None is empty"),
            ([{"docno": "d\n1", "text": "tea"}], "is empty or has control characters"),
            ([{"docno": "d1 ", "text": "tea"}], "The docno 'd1 ' has spaces around it"),
            ([{"docno": "d1", "title": "tea", "body": "tea"}], "without text: name the fields to index"),
            ([{"docno": "d1", "text": 7}], "The text 7 is a int"),
            ([*DOCS, {"docno": "loom", "text": "tea"}], "More than one document has the docno 'loom'"),
            (7, "Cannot read documents from int"),
            ({"docno": "d1", "text": "tea"}, "Cannot read documents from dict"),
        ],
    )
    def test_unfit_ones_are_refused(self, docs, message, tmp_path):
        with pytest.raises(OpticalError) as error:
            bm25(docs, engine="pisa", index_path=tmp_path / "index")
        assert message in str(error.value)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Millet porridge.", "optical:nowhere", "irds:nowhere"])
def test_a_text_that_names_no_data_set_is_refused(name):
    with pytest.raises(OpticalError, match=r"[Nn]o data set"):
        bm25(name, engine="pisa")

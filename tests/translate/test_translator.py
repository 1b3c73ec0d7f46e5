"""OpticalTranslator: words to terms, its frame contract, its cache."""

import json
import pickle

import pandas as pd
import pyterrier as pt
import pytest
import tiny
import torch
from ir_measures import RR

import pyterrier_optical
from pyterrier_optical import OpticalError
from pyterrier_optical.base import files
from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.word_vectors import WordEncoder
from pyterrier_optical.lexicon.words.index_terms import vocabulary_words
from pyterrier_optical.retrieve.bm25 import bm25
from pyterrier_optical.translate import Lexicon, OpticalTranslator, nearest_terms
from pyterrier_optical.translate.nearest_terms import NearestTerms, model_fingerprint

DOCS = [
    {"docno": "d1", "text": "a cat sleeps near bread"},
    {"docno": "d2", "text": "the long river runs"},
    {"docno": "d3", "text": "a small dog, a small mountain"},
]
PAIRS = {"paka": "cat", "katze": "cat", "mto": "river", "fluss": "river", "mrefu": "long"}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A random encoder, but for the words of `PAIRS`, which it takes to mean the same."""
    encoder = load_encoder(tiny.encoder(tmp_path_factory.mktemp("translator")), device="cpu")
    embeddings = encoder[0].auto_model.embeddings.word_embeddings.weight
    ids = encoder.tokenizer.convert_tokens_to_ids
    with torch.no_grad():
        for word, english in PAIRS.items():
            embeddings[ids("▁" + word)] = embeddings[ids("▁" + english)]
    return encoder


@pytest.fixture(scope="module")
def retriever():
    return bm25(DOCS, engine="pisa")


@pytest.fixture(scope="module")
def translator(retriever, model) -> OpticalTranslator:
    return OpticalTranslator(retriever, model, method="nearest", num_terms=3, threshold=0.1)


@pytest.fixture(autouse=True)
def no_tables(monkeypatch):
    monkeypatch.setattr(nearest_terms, "_tables", {})


def queries(*texts) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(texts))], "query": texts})


class TestContract(pt.testing.transformer_test_class(lambda: OpticalTranslator(["cat", "dog"]))):
    """PyTerrier's own checks; the model is never needed for them."""


def test_a_word_becomes_its_translation(translator):
    ((word, terms),) = translator.translate(["katze"])[0]
    assert word == "katze" and max(terms, key=terms.get) == "cat"
    assert sum(terms.values()) == pytest.approx(1) and len(terms) <= 3


def test_terms_of_the_index_pass_through_with_full_weight(translator):
    plan = dict(translator.translate(["Dog & MOUNTAIN"])[0])
    assert plan == {"Dog": {"dog": 1.0}, "MOUNTAIN": {"mountain": 1.0}}


def test_query_toks_add_up_and_query_stays(translator):
    frame = queries("paka paka dog").assign(query_0="original", query_toks=[{"old": 1.0}])
    out = translator(frame)
    assert out.columns.tolist() == ["qid", "query", "query_0", "query_toks"]
    assert out["query"].tolist() == ["paka paka dog"] and frame["query_toks"][0] == {"old": 1.0}
    toks = out["query_toks"][0]
    assert toks["dog"] >= 1 and sum(toks.values()) == pytest.approx(3)


def test_an_earlier_gloss_is_dropped(translator):
    assert "query_gloss" not in translator(queries("dog").assign(query_gloss="old"))


def test_weights_are_the_softmax_of_cosines_in_context(retriever, model):
    translator = OpticalTranslator(
        retriever, model, method="nearest", num_terms=50, threshold=-1, temperature=0.2, max_df=1.0
    )
    terms = list(retriever.terms())
    vector = model.encode_query("mto mrefu")[1]  # after the marker of the beginning
    alone = torch.stack([model.encode_document(term)[1] for term in terms])
    expected = dict(zip(terms, torch.softmax(alone @ vector / 0.2, 0).tolist(), strict=True))
    assert dict(translator.translate(["mto mrefu"])[0])["mto"] == pytest.approx(expected, abs=1e-4)


def test_sub_words_make_one_word(model):
    words, vectors = WordEncoder(model).words(["the zzz"])
    assert [word.text for word in words[0]] == ["the", "zzz"] and vectors.shape == (2, 16)
    pieces = model.encode_query("the zzz")[3:-1]  # after the mark of the word's beginning
    assert len(pieces) > 1
    assert torch.allclose(vectors[1], torch.nn.functional.normalize(pieces.mean(0), dim=0), atol=1e-5)


def test_scripts_without_spaces_are_cut_by_the_model(translator):
    text = "แมว แม่น้ำ"
    plan = translator.translate([text])[0]
    assert "".join(word for word, _ in plan) == text.replace(" ", "") and len(plan) > 2
    assert set(translator(queries(text))["query_toks"][0]) <= set(translator.terms.terms())


def test_known_ngrams_of_a_script_without_spaces_pass_through(model):
    translator = OpticalTranslator(["แ", "แม", "ม", "cat"], model, method="nearest", threshold=-1)
    # Of แ, แม, ม, มว and ว three are terms of the index: its documents are Thai. แม lies across the model's pieces.
    assert translator.translate(["แมว"])[0] == [("แ", {"แ": 1.0}), ("แม", {"แม": 1.0}), ("ม", {"ม": 1.0})]
    assert translator.translate(["แม แม"])[0] == translator.translate(["แมแม"])[0]
    assert dict(translator.translate(["แมแม"])[0])["แม"] == {"แม": 2.0}


def test_a_few_ngrams_in_the_index_do_not_pass(model):
    translator = OpticalTranslator(["แ", "ม", "cat"], model, method="nearest", threshold=-1)
    plan = translator.translate(["แมว cat"])[0]
    assert [word for word, _ in plan] == ["แ", "ม", "ว", "cat"]
    assert all(sum(terms.values()) == pytest.approx(1) for _, terms in plan)


def test_the_threshold_leaves_weak_words_out(retriever, model):
    strict = OpticalTranslator(retriever, model, method="nearest", threshold=1.1)
    assert strict.translate(["katze dog"]) == [[("katze", {}), ("dog", {"dog": 1.0})]]


def test_the_temperature_sharpens(retriever, model):
    soft, sharp = (
        OpticalTranslator(retriever, model, method="nearest", threshold=-1, temperature=t) for t in (1.0, 0.001)
    )
    largest = [max(dict(translator.translate(["katze"])[0])["katze"].values()) for translator in (soft, sharp)]
    assert largest[0] < 0.5 and largest[1] > 0.99


def test_frequent_terms_are_no_translations_but_pass_through(model):
    frequencies = {"the": 90, "cat": 5, "dog": 3, "a": 100}
    translator = OpticalTranslator(frequencies, model, threshold=-1, num_terms=9)
    plan = dict(translator.translate(["katze the"])[0])
    assert set(plan["katze"]) == {"cat", "dog"} and plan["the"] == {"the": 1.0}
    assert set(dict(OpticalTranslator(frequencies, model, max_terms=1).translate(["paka"])[0])["paka"]) == {"cat"}


def test_empty_missing_and_unknown_queries(translator):
    out = translator(queries("", None, float("nan"), " ?! ", "☃", "字"))
    assert out["query_toks"].tolist() == [{}] * 6


def test_one_text_is_no_list_of_letters(translator):
    for asked in (translator.translate, translator.glosses):
        with pytest.raises(OpticalError, match="texts='paka' is one text: give a list of texts"):
            asked("paka")


def test_any_text_is_a_query(translator):
    out = translator(queries("paka " * 5000 + "dog", 'katze "river" [(:^2 \x00', "e\u0301" * 500))
    assert out["query_toks"][0]["dog"] >= 1 and out["query_toks"][1]["river"] >= 1


def test_frame_without_rows_needs_no_model():
    out = OpticalTranslator(["cat"], model="/no/such/model")(pd.DataFrame(columns=["qid", "query"]))
    assert out.columns.tolist() == ["qid", "query", "query_toks", "query_gloss"] and out.empty


def test_frame_without_query_is_refused():
    with pytest.raises(pt.validate.InputValidationError):
        OpticalTranslator(["cat"])(pd.DataFrame({"qid": ["q"], "query_toks": [{}]}))


def test_verbose_shows_words_and_terms(retriever, model, capsys):
    out = OpticalTranslator(retriever, model, lang="de", threshold=0.1, verbose=True)(queries("katze dog"))
    ((first, terms), last) = out["query_terms"][0]
    assert first == "katze" and "cat" in terms and last == ("dog", {"dog": 1.0})
    assert "Encoding words" in capsys.readouterr().err
    empty = OpticalTranslator(retriever, model, verbose=True)(pd.DataFrame(columns=["qid", "query"]))
    assert empty.columns.tolist() == ["qid", "query", "query_toks", "query_gloss", "query_terms"]


def test_the_first_stage_finds_what_the_raw_query_does_not(retriever, model):
    pipeline = OpticalTranslator(model=model, threshold=0.1, num_terms=1) >> retriever % 2
    topics = queries("katze", "mto mrefu", "dog")
    qrels = pd.DataFrame({"qid": ["q0", "q1", "q2"], "docno": ["d1", "d2", "d3"], "label": 1})
    for plan in ("linear", "tree"):
        table = pt.Experiment([retriever, pipeline, pipeline % 1], topics, qrels, [RR], plan=plan, validate="error")
        assert table["RR"].tolist() == pytest.approx([1 / 3, 1.0, 1.0])


def test_composed_without_terms_it_takes_those_of_the_retriever(retriever):
    pipeline = OpticalTranslator() >> (retriever % 10 >> pt.apply.score(lambda row: 1.0))
    assert pipeline[0] == OpticalTranslator(retriever)
    own = OpticalTranslator(["cat"])
    assert (own >> retriever)[0] is own
    assert (OpticalTranslator() >> pt.apply.query(lambda row: row["query"]))[0] == OpticalTranslator()


def test_without_terms_the_words_of_the_vocabulary(model):
    assert vocabulary_words(tiny.unigram_tokenizer(["cat", "Dog", "a", "kâtze"])) == ["cat", "dog"]
    assert vocabulary_words(tiny.wordpiece_tokenizer(["cat", "the"])) == ["cat", "the"]
    plan = dict(OpticalTranslator(model=model).translate(["river"])[0])
    assert plan == {"river": {"river": 1.0}}


def test_identity(retriever, model):
    def make(**options):
        return OpticalTranslator(retriever, model, **options)

    assert make() == make() and hash(make()) == hash(make())
    assert make() != make(num_terms=3) and make() != "translator"
    assert isinstance(make(), ByArguments) and repr(retriever) in repr(make())
    assert OpticalTranslator({"a": 1}) == OpticalTranslator({"a": 1}) != OpticalTranslator({"a": 2})
    assert hash(OpticalTranslator(["a"])) == hash(OpticalTranslator(iter(["a"])))
    assert (
        repr(OpticalTranslator(model="some/path", num_terms=3)) == "OpticalTranslator(model='some/path', num_terms=3)"
    )
    assert "MultiVectorEncoder" in repr(make()) and len(repr(make())) < 300
    assert pt.inspect.transformer_inputs(make()) == [["query"]]


def test_a_pickled_translator_loads_again(retriever, tmp_path):
    folder = tiny.encoder(tmp_path)
    translator = OpticalTranslator(retriever, str(folder), threshold=-1, device="cpu")
    expected = translator.translate(["mto"])
    copy = pickle.loads(pickle.dumps(translator))  # noqa: S301
    assert copy == translator and copy.translate(["mto"]) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_terms": 0}, "at least 1"),
        ({"temperature": 0}, "temperature=0"),
        ({"max_df": 0}, "max_df=0"),
        ({"lexicon_share": 1.5}, "lexicon_share=1.5"),
        ({"method": "dictionary"}, "'dictionary': choose mixture, nearest, lexicon"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(OpticalError, match=message):
        OpticalTranslator(**options)


def test_nothing_to_translate_to(model):
    with pytest.raises(OpticalError, match="no terms to translate to"):
        OpticalTranslator([], model).translate(["mto"])


def test_a_model_without_places_of_tokens_is_refused(model, monkeypatch):
    monkeypatch.setattr(type(model.tokenizer), "is_fast", False)
    with pytest.raises(OpticalError, match="does not tell where its tokens are"):
        OpticalTranslator(["cat"], model).translate(["mto"])


def test_prompts_and_expansion_belong_to_no_word(tmp_path):
    prompts = {"query": "the dog: ", "document": "a cat "}
    prompted = load_encoder(tiny.encoder(tmp_path, prompts=prompts), device="cpu")
    words, vectors = WordEncoder(prompted).words(["mto mrefu"])
    assert [word.text for word in words[0]] == ["mto", "mrefu"]
    tokens = prompted.encode_query("mto mrefu")
    assert torch.allclose(vectors, tokens[-3:-1], atol=1e-5)
    assert torch.allclose(WordEncoder(prompted).alone(["mto"])[0], prompted.encode_document("mto")[-2], atol=1e-5)


class TestTermVectors:
    @pytest.fixture
    def encoded(self, monkeypatch) -> list:
        """One entry for each time that terms are encoded."""
        counted = []
        original = WordEncoder.alone
        monkeypatch.setattr(WordEncoder, "alone", lambda *args: (counted.append(1), original(*args))[1])
        return counted

    @pytest.mark.slow
    def test_are_computed_once_and_kept_beside_the_index(self, model, encoded, tmp_path, monkeypatch):
        retriever = bm25(DOCS, engine="pisa", index_path=tmp_path / "index")
        expected = OpticalTranslator(retriever, model, threshold=-1).translate(["mto"])
        OpticalTranslator(retriever, model, num_terms=2).translate(["mto"])
        assert len(encoded) == 1 and len(list((tmp_path / "index").glob("*.safetensors"))) == 1
        monkeypatch.setattr(nearest_terms, "_tables", {})
        (again,) = OpticalTranslator(retriever, model, threshold=-1).translate(["mto"])
        assert len(encoded) == 1
        assert again == expected[0], "stored vectors are those that were computed"
        OpticalTranslator(retriever, model, max_terms=3).translate(["mto"])
        assert len(encoded) == 2

    @pytest.mark.slow
    def test_of_another_model_are_not_used(self, model, encoded, tmp_path):
        other = load_encoder(tiny.encoder(tmp_path, seed=5), device="cpu")
        retriever = bm25(DOCS, engine="pisa", index_path=tmp_path / "index")
        for each in (model, other):
            OpticalTranslator(retriever, each).translate(["mto"])
        assert len(encoded) == 2
        assert model_fingerprint(model) != model_fingerprint(other)

    @pytest.mark.slow
    @pytest.mark.parametrize("damage", ["truncated", "foreign", "one byte", "one number less", "header"])
    def test_that_are_damaged_are_computed_again(self, model, encoded, tmp_path, monkeypatch, damage):
        retriever = bm25(DOCS, engine="pisa", index_path=tmp_path)
        OpticalTranslator(retriever, model).translate(["mto"])
        (file,) = tmp_path.glob("*.safetensors")
        content = file.read_bytes()
        damaged = {
            "truncated": content[:-7],
            "foreign": b"{}",
            "one byte": content[:-1] + bytes([content[-1] ^ 1]),
            "one number less": content[:-2],
            "header": content.replace(b'"F16"', b'"I16"'),
        }
        file.write_bytes(damaged[damage])
        monkeypatch.setattr(nearest_terms, "_tables", {})
        expected = OpticalTranslator(retriever, model).translate(["mto"])
        assert len(encoded) == 2
        monkeypatch.setattr(nearest_terms, "_tables", {})
        assert OpticalTranslator(retriever, model).translate(["mto"]) == expected
        assert len(encoded) == 2, "they were written anew"

    def test_that_cannot_be_written_are_no_obstacle(self, model, tmp_path, monkeypatch):
        def full(*_):
            raise OSError("no space left")

        retriever = bm25(DOCS, engine="pisa", index_path=tmp_path)
        monkeypatch.setattr(files.os, "replace", full)
        assert OpticalTranslator(retriever, model, threshold=-1).translate(["mto"])[0][0][1]
        assert not list(tmp_path.glob("*safetensors*")) and not list(tmp_path.glob(".*safetensors*"))

    def test_few_tables_stay_in_memory(self, model):
        for count in range(1, 8):
            nearest_terms.nearest_terms(WordEncoder(model), ["cat", "dog", "river"] * count)
        assert len(nearest_terms._tables) == nearest_terms._MOST_TABLES

    def test_search_is_the_same_in_blocks(self, monkeypatch):
        torch.manual_seed(0)
        table = NearestTerms([str(i) for i in range(20)], torch.randn(20, 4))
        vectors = torch.randn(7, 4)
        whole = table.search(vectors, 3)
        monkeypatch.setattr(nearest_terms, "_BLOCK", 2)
        for row, expected in zip(table.search(vectors, 3), whole, strict=True):
            assert dict(row) == pytest.approx(dict(expected))
        assert [len(row) for row in table.search(vectors, 99)] == [20] * 7


def test_the_package_hands_it_out():
    assert pyterrier_optical.OpticalTranslator is OpticalTranslator


def test_the_shipped_model_translates(shipped_model):
    docs = [
        {"docno": "food", "text": "Prices of maize and beans at the market in Kisumu"},
        {"docno": "river", "text": "The bridge over the river was washed away by the flood"},
        {"docno": "school", "text": "Pupils walk two hours to reach their school"},
    ]
    retriever = bm25(docs, engine="pisa")
    out = (OpticalTranslator() >> retriever)(queries("bei ya mahindi sokoni", "नदी पर बना पुल", "Kisumu"))
    assert out[out["rank"] == 0]["docno"].tolist() == ["food", "river", "food"]


def test_hindi_and_thai_commands_find_english_ones(optical_data, shipped_model):
    """BM25 on the raw query finds one in a hundred of the relevant documents."""
    import gzip

    with gzip.open(optical_data / "mtop" / "dev.json.gz", "rt", encoding="utf-8") as file:
        rows = json.load(file)[:300]
    retriever = bm25([{"docno": row["id"], "text": row["question"]["en"]} for row in rows], engine="pisa")
    intents = {row["id"]: row["mr"]["slot_intent"]["en"].split()[0] for row in rows}
    for lang in ("hi", "th"):
        topics = pd.DataFrame({"qid": list(intents), "query": [row["question"][lang] for row in rows]})
        results = (OpticalTranslator() >> retriever % 10)(topics)
        results = results[results["qid"] != results["docno"]]
        same = results["qid"].map(intents) == results["docno"].map(intents)
        assert same.sum() > 0.3 * 10 * len(rows)


def test_a_lexicon_that_changed_is_read_again(tmp_path):
    path = tmp_path / "lexicon.safetensors"
    for term in ("cat", "kitten"):
        Lexicon.from_entries({"sw": {"paka": (3, {term: 1.0})}}).save(path)
        translator = OpticalTranslator({"cat": 1, "kitten": 1}, method="lexicon", lexicon=path)
        assert translator.translate(["paka"]) == [[("paka", {term: 1.0})]]


def test_a_language_that_the_lexicon_has_not():
    lexicon = Lexicon.from_entries({"sw": {"paka": (3, {"cat": 1.0})}})
    with pytest.raises(OpticalError, match="no language 'swh': choose one of sw"):
        OpticalTranslator(["cat"], method="lexicon", lexicon=lexicon, lang="swh").translate(["paka"])


def test_without_an_index_a_warning_says_so(model, caplog):
    OpticalTranslator(model=model, method="nearest")(queries("paka"))
    assert "has no index" in caplog.text


def test_a_text_is_no_list_of_terms():
    with pytest.raises(OpticalError, match="model='org/model'"):
        OpticalTranslator("org/model")


def test_a_broken_character_is_passed_over(translator):
    assert translator.translate(["dog \ud800"])[0][0] == ("dog", {"dog": 1.0})


def test_arguments_that_are_set_later_count(retriever, model):
    translator = OpticalTranslator(retriever, model, method="nearest", num_terms=3, threshold=0.1)
    before = translator.translate(["paka"])
    translator.set_parameter("num_terms", 1)
    (((_, terms),),) = translator.translate(["paka"])
    assert len(terms) == 1 < len(before[0][0][1])
    assert translator == OpticalTranslator(retriever, model, method="nearest", num_terms=1, threshold=0.1)


def test_a_missing_text_is_translated_to_nothing(translator):
    assert translator.translate([None, float("nan"), "paka"])[:2] == [[], []]

"""Collections of the field with a few texts of our own, laid out and formatted as they are published."""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path

HOME = Path(os.environ["IR_DATASETS_HOME"])

# docno, title, text.
DOCUMENTS = [
    ("d1", "Otters", "Otters sleep at the river's edge.\nThey hold each other."),
    ("d2", "Bees", "Bees dance to tell where the flowers are."),
    ("d3", "", "An owl hunts at night."),
]
# qid, title, description; the second is judged.
TOPICS = [("7", "sleeping otters", "How do otters\nsleep?"), ("8", "dancing bees", "Why do bees dance?")]
QRELS = [("7", "d1", 3), ("7", "d3", 0), ("8", "d2", 1)]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_lines(path: Path, entries: Iterable[dict]) -> Path:
    return write(path, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))


def write_tsv(path: Path, rows: Iterable[tuple]) -> Path:
    return write(path, "".join("\t".join(row) + "\n" for row in rows))


def write_tar(path: Path, members: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def qrels(iteration: str = "0", rows=QRELS) -> str:
    return "".join(f"{qid} {iteration} {docno} {label}\n" for qid, docno, label in rows)


def one_line(text: str) -> str:
    return text.replace("\n", " ")


def hc4_topics(narratives: bool, first: int = 0) -> list[dict]:
    """Topics of HC4 (narratives for each language) or of NeuCLIR (a narrative in each translation)."""
    entries = []
    for qid, title, description in TOPICS:
        versions = [("eng", "original", "")]
        versions += [
            (lang, how, f"{lang} {how[0]} ")
            for lang in ("fas", "rus", "zho")
            for how in ("human translation", "Google")
        ]
        topics = []
        for lang, source, mark in versions:
            topic = {
                "lang": lang,
                "source": source,
                "topic_title": mark + title,
                "topic_description": mark + description,
            }
            topics.append(topic if narratives else topic | {"topic_narrative": f"{mark}narrative"})
        entry = {"topic_id": str(int(qid) + first), "languages_with_qrels": ["fas"], "topics": topics}
        if narratives:
            entry["narratives"] = {lang: {"very_valuable": "otters"} for lang in ("fas", "rus", "zho")}
            entry["report"] = {"url": "https://example.org", "date": "2020-01-01", "text": "A report."}
        entries.append(entry)
    return entries


def news(docno: str, title: str, text: str) -> dict:
    return {"id": docno, "title": title, "text": text, "url": "u", "time": "t", "cc_file": "c"}


def hc4() -> None:
    folder = HOME / "hc4"
    write_lines(folder / "fas/hc4_docs.jsonl", (news(*document) for document in DOCUMENTS))
    write_lines(folder / "dev.topics.v1-0.jsonl", hc4_topics(True))
    write_lines(folder / "test.topics.v1-0.jsonl", [])
    write(folder / "fas/dev.qrels.v1-0.txt", qrels())
    write(folder / "fas/test.qrels.v1-0.txt", "")
    write_lines(folder / "fas/ids.jsonl.gz", [{"id": docno} for docno, *_ in DOCUMENTS[:2]])


def neuclir() -> None:
    hc4()
    folder = HOME / "neuclir"
    for lang in ("fas", "rus", "zho"):
        write_lines(folder / f"1/{lang}/docs.jsonl.gz", (news(*document) for document in DOCUMENTS if lang == "fas"))
    write_lines(folder / "trec-2022/topics.jsonl", hc4_topics(False))
    write(folder / "trec-2022/qrels", qrels("fas") + "9 rus d9 3\n")
    # The topics of 2023 have other numbers than those of 2022, and 207 has no judgments in Persian.
    write_lines(folder / "trec-2023/topics.jsonl", hc4_topics(False, first=200))
    persian = qrels(rows=[("208", "d2", 3)])
    write_tar(
        folder / "trec-2023/qrels.tar.gz",
        {"qrels.final.gains.fas": persian, "qrels.final.gains": persian + "207 0 d1 1\n"},
    )


def csl() -> None:
    folder = HOME / "csl"
    rest = {"keywords": ["k"], "category": "c", "category_eng": "c", "discipline": "d", "discipline_eng": "d"}
    entries = ({"doc_id": d, "title": title, "abstract": text, **rest} for d, title, text in DOCUMENTS)
    write_lines(folder / "docs.jsonl.gz", entries)
    write_lines(folder / "trec-2023/topics.jsonl", hc4_topics(False))
    write_tar(folder / "trec-2023/qrels.tar.gz", {"tech_final_qrels.txt": qrels()})


def wikiclir() -> None:
    folder = HOME / "wikiclir/source/wiki-clir"
    write_tsv(folder / "english/wiki_en.queries", [(*map(one_line, topic),) for topic in TOPICS])
    write_tsv(folder / "swahili/wiki_sw.documents", [(*map(one_line, document),) for document in DOCUMENTS])
    write_tsv(folder / "swahili/en2sw.rel", [(qid, docno, str(label)) for qid, docno, label in QRELS])


def clirmatrix() -> None:
    import lz4.frame

    folder = HOME / "clirmatrix"
    url = {"url": "https://example.org/nowhere"}
    downloads = {
        "clirmatrix_docs": {"docs/en": {**url, "cache_path": "en.tsv.gz"}},
        "clirmatrix_bi139_base": {"queries/sw_en/dev": {**url, "cache_path": "sw_en.dev.jl.gz"}},
    }
    write(folder / "clirmatrix_downloads.json.gz", json.dumps(downloads))
    (folder / "clirmatrix-metadata.json.lz4").write_bytes(lz4.frame.compress(b"{}"))
    write_tsv(folder / "en.tsv.gz", [(docno, one_line(text)) for docno, _, text in DOCUMENTS])
    results = {qid: [[docno, label] for q, docno, label in QRELS if q == qid] for qid, *_ in TOPICS}
    entries = ({"src_id": qid, "src_query": title, "tgt_results": results[qid]} for qid, title, _ in TOPICS)
    write_lines(folder / "sw_en.dev.jl.gz", entries)


def mmarco() -> None:
    """Hindi and German of the second release, and the English that both were translated from."""
    for lang in ("hindi", "german"):
        write_tsv(
            HOME / f"mmarco/v2/{lang}_collection.tsv", [(d, f"{lang} {one_line(text)}") for d, _, text in DOCUMENTS]
        )
        write_tsv(HOME / f"mmarco/v2/{lang}.queries.dev.tsv", [(qid, f"{lang} {title}") for qid, title, _ in TOPICS])
    write(HOME / "mmarco/qrels.dev.small.tsv", qrels(rows=QRELS[:1]))
    english = HOME / "msmarco-passage"
    write(english / "irds_version.txt", "v2")
    write_tsv(english / "collection.tsv", [(docno, one_line(text)) for docno, _, text in DOCUMENTS])
    write_tsv(english / "dev/small/queries.tsv", [(qid, title) for qid, title, _ in TOPICS])
    write(english / "dev/small/qrels", qrels(rows=QRELS[:1]))


def neumarco() -> None:
    mmarco()
    write_tsv(HOME / "neumarco/fa.tsv", [(docno, one_line(text)) for docno, _, text in DOCUMENTS])


def mr_tydi() -> None:
    folder = HOME / "mr-tydi/sw.data/mrtydi-v1.0-swahili"
    write_lines(folder / "collection/docs.jsonl.gz", ({"id": d, "contents": text} for d, _, text in DOCUMENTS))
    write_tsv(folder / "topic.dev.tsv", [(qid, title) for qid, title, _ in TOPICS])
    write(folder / "qrels.dev.txt", qrels())


def miracl() -> None:
    folder = HOME / "miracl/v1.0/yo"
    entries = ({"docid": docno, "title": title, "text": text} for docno, title, text in DOCUMENTS)
    write_lines(folder / "docs/docs-1.jsonl.gz", entries)
    write_tsv(folder / "dev/topics.tsv", [(qid, title) for qid, title, _ in TOPICS])
    write(folder / "dev/qrels.tsv", qrels())


def trec_corpus(name: str, member: str, encoding: str) -> None:
    """A folder of files with ``<DOC>`` where users link the one from the Linguistic Data Consortium."""
    docs = (f"<DOC>\n<DOCNO>{d}</DOCNO>\n<TEXT>\n{text}\n</TEXT>\n</DOC>\n" for d, _, text in DOCUMENTS)
    write(HOME / name / "corpus.tgz" / member, "".join(docs), encoding)


def trec_spanish() -> None:
    folder = HOME / "trec-spanish"
    trec_corpus("trec-spanish", "disk/afp_text/af01", "ISO-8859-1")
    tops = (
        f"<top>\n<num> Number: SP{qid}\n<title> Topic: {one_line(title)} en español\n\n** {title}\n"
        f"<desc> Description:\n{one_line(description)} en español\n\n** {one_line(description)}\n"
        f"<narr> Narrative:\n¿Qué?\n\n** What?\n</top>\n\n"
        for qid, title, description in TOPICS
    )
    write(folder / "trec3/queries.gz", "".join(tops), "ISO-8859-1")
    write(folder / "trec3/qrels.gz", qrels())
    # The second of TREC-4's has no English.
    tops = (
        f"<top>\n<num> Number: SP{q}\n<desc> Description:\n{d}\n</top>\n\n"
        for q, d in [("7", "nutrias\n\n** otters"), ("8", "abejas")]
    )
    write(folder / "trec4/querie.gz", "".join(tops), "ISO-8859-1")
    write(folder / "trec4/qrels.gz", qrels())


def trec_mandarin() -> None:
    folder = HOME / "trec-mandarin"
    trec_corpus("trec-mandarin", "disk/xinhua/x01", "GB18030")
    tops = (
        f"<top>\n<num> Number: CH{qid}\n<E-title> Topic: {title}\n<C-title> Topic: 水獭\n<E-desc> Description:\n"
        f"{description}\n<C-desc> Description:\n水獭\n<E-narr> Narrative:\nWhat?\n<C-narr> Narrative:\n水\n</top>\n\n"
        for qid, title, description in TOPICS
    )
    write(folder / "trec5/queries.gz", "".join(tops), "GBK")
    write(folder / "trec5/qrels.gz", qrels())


def trec_arabic() -> None:
    folder = HOME / "trec-arabic"
    trec_corpus("trec-arabic", "arabic_newswire_a/transcripts/1994/a.sgm.gz", "utf-8")
    tops = (
        f"<top>\n<num> Number: AR{qid}\n<title> نوم {qid}\n<desc> Description:\nكيف\n<narr> Narrative:\nماء\n</top>\n\n"
        for qid, *_ in TOPICS
    )
    write(folder / "ar2001/queries", "".join(tops), "ISO-8859-6")
    write(folder / "ar2001/qrels", qrels())


def write_ciral(data: Path) -> None:
    for kind in ("test-a", "test-b"):
        topics = [(qid, title) for qid, title, _ in TOPICS]
        write_tsv(data / f"ciral/ciral-hausa/topics/topics.ciral-v1.0-ha-{kind}.tsv", topics)
    folder = data / "ciral/ciral-hausa/qrels"
    write(folder / "qrels.ciral-v1.0-ha-test-b.tsv", qrels("Q0", [("7", "d1", 1), ("8", "d2", 1)]))
    write(folder / "qrels.ciral-v1.0-ha-test-a.tsv", qrels("Q0", [("7", "d1", 1)]))
    write(folder / "qrels.ciral-v1.0-ha-test-a-pools.tsv", qrels("Q0", [("7", "d1", 1), ("7", "d2", 1)]))
    passages = ({"docid": d, "title": title, "text": text, "url": "u"} for d, title, text in DOCUMENTS)
    write_lines(data / "ciral-corpus/passages-v1.0/hausa_passages.jsonl", passages)


def write_africlirmatrix(data: Path) -> None:
    topics = [(qid, title) for qid, title, _ in TOPICS]
    write_tsv(data / "africlirmatrix/test/queries/topics.africlirmatrix-v1.0.en.amh.tsv", topics)
    write(data / "africlirmatrix/test/qrels/qrels.africlirmatrix-v1.0.en.amh.txt", qrels("Q0", [("7", "d1", 5)]))
    corpus = ({"id": docno, "contents": text} for docno, _, text in DOCUMENTS)
    write_lines(data / "africlirmatrix-corpus/africlirmatrix-v1.0-amharic/corpus.jsonl", corpus)


def write_belebele(data: Path, folder: str = "Belebele") -> None:
    """Three questions about two passages that share a web address."""
    for code in ("eng_Latn", "hin_Deva", "swh_Latn"):
        rows = [
            (1, "Otters sleep.", "Who sleeps?"),
            (2, "Otters sleep.", "Do they?"),
            (1, "Bees dance.", "Who dances?"),
        ]
        entries = (
            {
                "link": "https://en.wikinews.org/wiki/Zoo",
                "question_number": number,
                "flores_passage": f"{code} {passage}",
                "question": f"{code} {question}",
                **{f"mc_answer{i}": str(i) for i in range(1, 5)},
                "correct_answer_num": "1",
                "dialect": code,
                "ds": "2023-05-03",
            }
            for number, passage, question in rows
        )
        write_lines(data / folder / f"{code}.jsonl", entries)

"""English relevance pairs: questions with the passages that answer them, and batches in which passages are alike."""

import gzip
import json
import random
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyterrier_optical.errors import OpticalError


@dataclass(frozen=True)
class Passage:
    """A passage and the queries that it is relevant to.

    Attributes:
        text: The passage.
        queries: At least one.
        topic: What passages of one article share; "" where nothing is known.
    """

    text: str
    queries: tuple[str, ...]
    topic: str = ""


def read_relevance(path: str | Path) -> list[Passage]:
    """Reads relevance pairs.

    Args:
        path: SQuAD's JSON (`.json`, `.json.gz`), whose articles become topics and whose unanswerable questions are left
            out; or tab-separated `query<TAB>passage` lines (any other name, `.gz` too).

    Returns:
        The passages that have a query, in the order of the file.

    Raises:
        OpticalError: There is no such file, it is in neither form, or it has no pair.

    Example:
        >>> read_relevance("train-v2.0.json")[0].topic  # doctest: +SKIP
        'Normans'
    """
    path = Path(path)
    if not path.is_file():
        raise OpticalError(f"No file of relevance pairs {str(path)!r}: correct 'relevance' under 'start'.")
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig") as file:
            passages = _squad(json.load(file)) if ".json" in path.suffixes else _tsv(file)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise OpticalError(
            f"The file '{path}' is neither SQuAD's JSON nor query<TAB>passage lines ({type(error).__name__})."
        ) from error
    if not passages:
        raise OpticalError(f"The file '{path}' has no query with a passage.")
    return passages


def relevance_rows(passages: Sequence[Passage], steps: int, batch_size: int, seed: int) -> list[dict[str, str]]:
    """The rows of a run in their order; in each batch half of the passages share a topic, where topics are known.

    Passages of one article are the hard negatives of each other's questions.

    Args:
        passages: At least two.
        steps: Batches to draw.
        batch_size: Passages of one batch; fewer where there are not so many.
        seed: Seed of the draw.

    Returns:
        Dicts with `query` and `document`; no passage twice in a batch.

    Raises:
        OpticalError: There are fewer passages than a batch has rows.

    Example:
        >>> some = [Passage("Rivers flow.", ("what flows?",)), Passage("Goats climb.", ("what climbs?",))]
        >>> sorted(row["query"] for row in relevance_rows(some, 1, 2, seed=1))
        ['what climbs?', 'what flows?']
    """
    if len(passages) < batch_size:
        raise OpticalError(f"{len(passages)} passages with queries are too few for batches of {batch_size}.")
    rng = random.Random(seed)
    topics = defaultdict(list)
    for i, passage in enumerate(passages):
        topics[passage.topic].append(i)
    rows = []
    for _ in range(steps):
        alike = topics[rng.choice(passages).topic]
        chosen = set(rng.sample(alike, min(len(alike), batch_size // 2)))
        others = [i for i in rng.sample(range(len(passages)), min(len(passages), 2 * batch_size)) if i not in chosen]
        for i in [*sorted(chosen), *others][:batch_size]:
            rows.append({"query": rng.choice(passages[i].queries), "document": passages[i].text})
    return rows


def _squad(data: dict) -> list[Passage]:
    return [
        Passage(paragraph["context"], queries, article.get("title", ""))
        for article in data["data"]
        for paragraph in article["paragraphs"]
        if (queries := tuple(qa["question"] for qa in paragraph["qas"] if not qa.get("is_impossible")))
    ]


def _tsv(lines) -> list[Passage]:
    queries = defaultdict(list)
    for line in lines:
        if line.strip():
            query, passage = line.rstrip("\n").split("\t")
            queries[passage].append(query)
    return [Passage(passage, tuple(asked)) for passage, asked in queries.items()]

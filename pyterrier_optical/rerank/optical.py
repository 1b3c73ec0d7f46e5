"""OpticalReranker: late interaction over languages, as a PyTerrier transformer."""

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyterrier as pt

from pyterrier_optical.frames.checks import checked_queries
from pyterrier_optical.frames.texts import named_fields, text_fields
from pyterrier_optical.query.gloss import GLOSS, GLOSS_SHARE, GlossReader, check_gloss
from pyterrier_optical.rerank.text_reranker import EncodingReranker

if TYPE_CHECKING:
    from pyterrier_optical.late.explain import Explanation


@dataclass(eq=False, repr=False)
class OpticalReranker(GlossReader, EncodingReranker):
    """Reranks documents by MaxSim between the query's and the document's token vectors.

    Each query token adds the largest of its cosines to the document's tokens (Khattab and Zaharia 2020).

    A share of the score is that of the query's gloss, what a lexicon says its words mean in English: with m, g and c
    what tokens of the query, of the gloss, and of both in one text add on average, the score is that of a query with
    average (1 - ``gloss``) m + ``gloss`` (g + c) / 2.

    With a student distilled by optimal transport (Huang, Yu and Allan 2023, OPTICAL) the query may be in any of the
    student's languages. A query or a document that is empty, missing, or has no known token gets the floor of -1 per
    query token, or per weight where tokens have weights, below every real score.

    Args:
        model: None for the model inside the package, a local checkpoint folder, a hub id, or a loaded
            ``MultiVectorEncoder`` (kept on its device and in its precision). Folders and ids are loaded once, when the
            first row arrives.
        text_field: the column with the document text, or several that are joined in this order; None: ``title`` (where
            there is one) and ``text``, as `bm25` and `OpticalRetriever` read documents.
        query_field: the column with the query text.
        batch_size: texts per forward pass, at most; None: as many as are fast on the device.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; "int8" for linear layers in 8-bit integers on a CPU, faster
            where it has VNNI or AMX; None is float32 on the CPU, the stored precision elsewhere.
        max_query_tokens: a query's tokens, markers included, at most what the model takes; None for its own limit.
        max_document_tokens: a document's tokens, likewise.
        truncation: what to do with a text over its limit: "warn" cuts it and logs how many were cut, "error" raises and
            names the ``qid`` or ``docno``, "passages" splits a document into overlapping passages and takes the best
            one (queries are cut, with the warning).
        normalize: divide each score by the number of query tokens (with a gloss, by the sum of all tokens' weights), so
            that scores of long and short queries can be compared; -1 is then the score of an empty text.
        verbose: show progress bars at once; otherwise one appears for work that takes over two seconds.
        document_model: a second model for the documents, given as ``model`` is; its vectors must live in the same
            space, as those of a student's teacher do. None: one model for both sides.
        gloss: the share of the query's gloss in the score, from 0 to below 1; 0: none, as for documents in the query's
            own language. Half of it is that of the gloss alone and half that of query and gloss in one text. What is
            over the limit of a query is cut of these, whatever ``truncation`` says. A column ``query_gloss`` is read
            instead of the lexicon where there is one.
        lexicon: where glosses come from, a `Lexicon` or the path of one; None: the lexicon inside the package for the
            model inside the package, none for another.

    Raises:
        OpticalError: an argument is out of its range; when loading, see
            `pyterrier_optical.checkpoint.folder.load_encoder`; the two models' vectors differ in width.

    Example:
        >>> import pandas as pd
        >>> from pyterrier_optical import OpticalReranker
        >>> frame = pd.DataFrame({
        ...     "qid": "1", "query": "mto mrefu", "docno": ["a", "b"],
        ...     "text": ["A goat ate my hat.", "The river runs a long way."],
        ... })
        >>> OpticalReranker()(frame)[["docno", "rank"]]   # doctest: +SKIP
          docno  rank
        0     a     1
        1     b     0
    """

    model: Any = None
    _: KW_ONLY
    max_query_tokens: int | None = None
    max_document_tokens: int | None = None
    truncation: str = "warn"
    normalize: bool = False
    document_model: Any = None
    gloss: float = GLOSS_SHARE
    lexicon: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_gloss(self.gloss)

    def cached(self, path) -> pt.Transformer:
        """The same reranker with its scores kept on disk, by pyterrier-caching.

        Args:
            path: The folder of the cache, which may not exist yet.

        Returns:
            A `CachedReranker`.
        """
        from pyterrier_optical.rerank.cached import CachedReranker

        return CachedReranker(self, path)

    def _load_encoders(self):
        from pyterrier_optical.late.encoder import load_encoders

        return load_encoders(self, verbose=self.verbose)

    def explain(self, query: str, text: str, *, gloss: str | None = None, **plan) -> "Explanation":
        """Shows which word of the query met which word of a document, and what each match adds to the score.

        Args:
            query: A query.
            text: A document; its title, if any, on a line before its text.
            gloss: The gloss of the query, as the column ``query_gloss`` has it; None: what the lexicon says. It has a
                part in the score as in `transform`.
            **plan: How the transport plan that is shown beside MaxSim's choice is made, as for
                `pyterrier_optical.transport.transport_plan`.

        Returns:
            The explanation: a ``frame`` whose contributions sum to ``score``, a ``plot()``, and a view for notebooks.
            Of a document that ``truncation="passages"`` splits, it is that of the best passage.

        Raises:
            OpticalError: As for `transform`; the plan is unknown; the tokenizer cannot tell where its tokens lie.

        Example:
            >>> explanation = OpticalReranker().explain("mto mrefu", "The river is long.")   # doctest: +SKIP
            >>> explanation.frame[["query_word", "document_word", "contribution"]]           # doctest: +SKIP
        """
        from dataclasses import replace

        from pyterrier_optical.rerank.explaining import explain_row

        fields = text_fields((), named_fields(self.text_field))
        row = {"qid": "query", self.query_field: query, "docno": "text", **dict.fromkeys(fields, ""), fields[0]: text}
        glossed = row if gloss is None else {**row, GLOSS: gloss}
        return replace(explain_row(self, pd.DataFrame([glossed], dtype=object), **plan), qid=None, docno=None)

    def explain_top(self, results: pd.DataFrame, num_results: int = 1, **plan) -> "list[Explanation]":
        """Explains the first documents of each query of a result frame.

        Args:
            results: As for `transform`; without a column ``rank`` it is reranked first.
            num_results: How many documents of each query.
            **plan: As for `explain`.

        Returns:
            One explanation for each of them, with its ``qid`` and ``docno``: queries in the order of the frame, and the
            best document first.

        Raises:
            OpticalError: As for `explain`.

        Example:
            >>> reranker = OpticalReranker()                                    # doctest: +SKIP
            >>> reranker.explain_top(reranker(frame))[0].plot().savefig("top.png")  # doctest: +SKIP
        """
        from pyterrier_optical.rerank.explaining import explain_row

        results = checked_queries(results, self.query_field)
        if "rank" not in results:
            results = self.transform(results)
        by_query = results.sort_values("rank", kind="stable").groupby("qid", sort=False)
        top = {qid: rows.head(num_results) for qid, rows in by_query}
        rows = pd.concat([top[qid] for qid in results["qid"].unique()]) if top else results.head(0)
        return [explain_row(self, rows.iloc[[row]], **plan) for row in range(len(rows))]

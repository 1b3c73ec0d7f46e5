"""What each command of the report measures: data sets, measures, languages."""

from collections.abc import Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import AP, RR, nDCG

from pyterrier_optical.datasets import mtop
from pyterrier_optical.errors import OpticalError, shown


@dataclass(frozen=True)
class Suite:
    """One collection in many languages, measured twice: all documents ranked, and the first stage reranked.

    Patterns of names have places for ``{lang}`` and ``{split}``.

    Attributes:
        name: What the command is called.
        ranked: Patterns of the data sets whose documents are all ranked.
        reranked: Patterns of the data sets whose first stage is reranked.
        languages: Those of the questions (or of the documents, see ``remark``) unless others are asked for.
        ranked_measures: For rankings of all documents.
        reranked_measures: For what is reranked.
        headlines: The measures of the summaries, the first of them in figures and tests too; in both lists of measures.
        remark: What a reader of the numbers should know.
        splits: Those there are, the default first; none where there is no such thing.
        reference: The data set with English queries and documents that the teacher is measured on; None: the data set
            itself, with its translated queries.
    """

    name: str
    ranked: tuple[str, ...]
    reranked: tuple[str, ...]
    languages: tuple[str, ...]
    ranked_measures: tuple[ir_measures.Measure, ...]
    reranked_measures: tuple[ir_measures.Measure, ...]
    headlines: tuple[str, ...]
    remark: str
    splits: tuple[str, ...] = ()
    reference: str | None = None

    def label(self, split: str | None) -> str:
        """The name of a report, such as ``mtop-test``."""
        return f"{self.name}-{split}" if split else self.name

    def split(self, split: str | None) -> str | None:
        """The split to take where this one was asked for.

        Raises:
            OpticalError: There is none of that name.
        """
        if split is None:
            return self.splits[0] if self.splits else None
        if split not in self.splits:
            raise OpticalError(f"{self.name} has no split {shown(split)}: choose {' or '.join(self.splits) or 'none'}.")
        return split

    def names(
        self, patterns: Sequence[str], languages: Sequence[str] | None = None, split: str | None = None
    ) -> dict[str, str]:
        """The data sets of languages, by what tells them apart: ``hi``, or ``en-hi`` for Hindi documents.

        Args:
            patterns: ``ranked`` or ``reranked``.
            languages: None for the usual ones.
            split: As `split` returned it.
        """
        codes = dict.fromkeys(languages or self.languages)
        names = [pattern.format(lang=lang, split=split) for pattern in patterns for lang in codes]
        # English questions over English documents come from both directions.
        once = dict.fromkeys(name.replace("/en-en", "/en") for name in names)
        return {name.split("/")[1]: name for name in once}


_XQUAD_R = ("xquad-r/{lang}", "xquad-r/en-{lang}")
_AFRIQA = ("afriqa/{lang}/{split}",)

SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            "mtop",
            ranked=("mtop/{lang}/{split}/split",),
            reranked=("mtop/{lang}/{split}",),
            languages=("en", "de", "es", "fr", "hi", "th"),
            ranked_measures=(nDCG @ 10, AP, RR),
            reranked_measures=tuple(mtop.MEASURES),
            headlines=("AP",),
            remark=(
                "MTOP: utterances over English utterances. Where all documents are ranked, these are the English "
                "utterances of the same split, and others of the same intent are relevant, a query's own translation "
                "left out. What is reranked comes from the utterances of dev and test, with graded relevance: 3 the "
                "own translation, 2 the same intent and slots, 1 the same intent."
            ),
            splits=("test", "dev"),
        ),
        Suite(
            "xquad-r",
            ranked=_XQUAD_R,
            reranked=_XQUAD_R,
            languages=("hi", "th", "de", "es"),
            ranked_measures=(nDCG @ 10, AP, RR @ 10),
            reranked_measures=(nDCG @ 10, AP, RR @ 10),
            headlines=("RR@10", "nDCG@10"),
            remark=(
                "XQuAD-R: 1,190 questions, each about one of 240 paragraphs. 'hi': Hindi questions over English "
                "paragraphs; 'en-hi': English questions over Hindi paragraphs, and so on."
            ),
            reference="xquad-r/en",
        ),
        Suite(
            "afriqa",
            ranked=_AFRIQA,
            reranked=_AFRIQA,
            languages=("ha", "ig", "zu", "rw"),
            ranked_measures=(nDCG @ 10, AP, RR),
            reranked_measures=(nDCG @ 10, AP, RR),
            headlines=("nDCG@10",),
            remark=(
                "AfriQA: questions over the pooled English gold passages of the split. All systems read the passages "
                "without their titles."
            ),
            splits=("dev", "train", "test"),
        ),
    )
}

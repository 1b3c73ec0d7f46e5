"""A full report as Markdown."""

from collections.abc import Mapping, Sequence

from pyterrier_optical.experiment.comparison import Comparison
from pyterrier_optical.experiment.ranked_systems import GLOSS, OPTICAL, TEACHER
from pyterrier_optical.experiment.report import dataset_table, legend, summary_table


def report_text(
    remark: str,
    ranked: Comparison,
    reranked: Comparison | None,
    missing: Mapping[str, str],
    headlines: Sequence[str],
    read: str = "",
) -> str:
    """The tables of a report, summaries first.

    Args:
        remark: What a reader should know before all else.
        ranked: Systems that rank all documents.
        reranked: Systems that rerank the first stage; None: without them.
        missing: Why a system is absent, by its name.
        headlines: The measures of the summaries.
        read: What the encoders read, as `reading_text` says it.
    """
    parts = [remark]
    parts += [f"Without {name}: {reason}." for name, reason in missing.items()]
    parts.append("### All documents ranked")
    parts += [_summary(ranked, measure) + _shares(ranked, measure) for measure in headlines]
    parts += _tables(ranked, headlines[0])
    if reranked is not None:
        parts.append("### The first stage reranked\n\nThe first 100 documents of OpticalTranslator >> BM25.")
        parts += [_summary(reranked, measure) for measure in headlines]
        parts += _tables(reranked, headlines[0])
    if read:
        parts.append(f"### What each encoder read\n\n{read}")
    return "\n\n".join(parts) + "\n"


def _summary(comparison: Comparison, measure: str) -> str:
    return f"#### {measure} by language\n\n{summary_table(comparison, measure)}"


def _tables(comparison: Comparison, measure: str) -> list[str]:
    tables = [f"#### {label}\n\n{dataset_table(comparison, label, measure)}" for label in comparison.tables]
    return [*tables, legend(comparison)]


def _shares(comparison: Comparison, measure: str) -> str:
    """How much of the teacher's quality the model reaches without and with a gloss, where the teacher takes part."""
    values = comparison.summary(measure)
    if TEACHER not in values.index:
        return ""
    lines = ""
    for system in (OPTICAL, GLOSS):
        # Of nothing there is no share.
        shares = values.reindex([system]).loc[system] / values.loc[TEACHER][values.loc[TEACHER] > 0]
        reached = ", ".join(f"{label} {share:.1%}" for label, share in shares.dropna().items())
        lines += f"\n\n{system} as a share of '{TEACHER}': {reached}." if reached else ""
    return lines

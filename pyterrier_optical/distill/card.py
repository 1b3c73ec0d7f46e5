"""What a finished checkpoint says of itself: a model card, and the curve of its training."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from pyterrier_optical.base.files import whole
from pyterrier_optical.distill.config import OWN_START
from pyterrier_optical.distill.progress import RunLog

TEMPLATE = """---
{header}---

# {name}

A late-interaction encoder for cross-lingual retrieval: queries in {languages} find English documents. It is a
multilingual student of {teacher}, distilled from bitext by optimal transport (OPTICAL: Huang, Yu and Allan,
WSDM 2023; {loss}). {dim}-dimensional token vectors, scored by MaxSim.

```python
from pyterrier_optical import OpticalReranker

reranker = OpticalReranker("path/to/this/folder")
```

or, without PyTerrier, `sentence_transformers.MultiVectorEncoder("path/to/this/folder")`.

## Training data

| language | pairs | sources |
|---|---|---|
{data}

Dropped in cleaning: {dropped} pairs. {notes}

## Measured during training

| metric | value |
|---|---|
{measured}

By MaxSim. `bitext_<lang>`: accuracy at 1 of finding the English translation of a held-out sentence. Data sets are
ranked exhaustively: AP for the same intent on MTOP (a query's own translation left out), nDCG@10 elsewhere.

## How it was made

`pyterrier-optical distill CONFIG` with this configuration (seed {seed}):

```yaml
{config}```
"""


def write_card(folder: Path, config, bitext, measured: Mapping[str, float], dimension: int) -> None:
    """Writes `README.md` beside the weights.

    Args:
        folder: The checkpoint.
        config: The run's `DistillConfig`.
        bitext: The `Bitext` it learnt from.
        measured: Metric names to values.
        dimension: Of the token vectors.
    """
    card = dict(config.card)
    header = {
        "library_name": "sentence-transformers",
        "license": card.get("licence", "other"),
        "language": sorted({"en", *(lang.split("-")[0] for lang in bitext.training)}),
        "pipeline_tag": "feature-extraction",
        "tags": ["multi-vector", "late-interaction", "cross-lingual", "pyterrier"],
    }
    kept = bitext.report.kept
    rows = [
        f"| {lang} | {sum(map(len, sources))} | {', '.join(bitext.origins[lang])} |"
        for lang, sources in sorted(bitext.training.items())
    ]
    text = TEMPLATE.format(
        header=yaml.safe_dump(header, sort_keys=False),
        name=card.get("name", Path(config.output).name),
        languages=", ".join(sorted(kept)),
        teacher="its own English before training" if config.teacher == OWN_START else f"`{config.teacher}`",
        loss=", ".join(f"{name}: {value}" for name, value in config.loss.items()) or "the paper's loss",
        dim=dimension,
        data="\n".join(rows),
        dropped=sum(sum(why.values()) for why in bitext.report.dropped.values()),
        notes=card.get("notes", ""),
        measured="\n".join(f"| {name} | {value:.4f} |" for name, value in measured.items()),
        seed=config.training.seed,
        config=yaml.safe_dump(config.to_dict(), sort_keys=False, allow_unicode=True),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def write_curve(log: Path, path: Path) -> None:
    """Draws loss and evaluation over steps from a run's `log.jsonl`.

    Args:
        log: The log.
        path: A `.png` file.
    """
    from matplotlib.figure import Figure

    events = RunLog(log).read()
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    losses = {e["step"]: e["loss"] for e in events if {"step", "loss"} <= e.keys()}
    left.plot(list(losses), list(losses.values()))
    left.set(xlabel="step", title="loss")
    series: dict[str, dict[int, float]] = {}
    for event in events:
        for name, value in event.items():
            if name.startswith("eval_") and ("/" in name or name.endswith("_mean")):
                series.setdefault(name.removeprefix("eval_"), {})[event.get("step", 0)] = value
    for name, points in sorted(series.items()):
        right.plot(list(points), list(points.values()), marker=".", label=name)
    right.set(xlabel="step", title="evaluation")
    if series:
        right.legend(fontsize="x-small")
    with whole(path) as partial:
        figure.savefig(partial, dpi=120, format="png")

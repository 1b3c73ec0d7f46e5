"""The configuration of a distillation run: a YAML file, or the same as Python objects."""

import dataclasses
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from pyterrier_optical.distill.loss_options import check_loss
from pyterrier_optical.distill.mix import Mix
from pyterrier_optical.distill.options import from_mapping
from pyterrier_optical.errors import OpticalError, shown

PRECISIONS = ("auto", "float32", "bfloat16")
MEANS = ("bitext_mean", "ranking_mean")
OWN_START = "start"
CARD_FACTS = ("name", "licence", "notes")


@dataclass(frozen=True)
class BitextConfig:
    """Where the bitext is.

    Attributes:
        folder: A folder of `<source>/<lang>.tsv.gz` files; `${OPTICAL_DATA}` and other environment variables expand.
        languages: The languages to learn, by the names of their files.
        sources: The sources to read; all when empty.
        max_pairs: At most so many pairs of one source and language (a seeded sample).
        files: Bitext elsewhere: dicts with `lang` and either `path` (TSV, TMX or one of OPUS's zip files), or `english`
            and `translation` (two parallel text files), or `dataset` (a Hugging Face data set; `name` and `split` as
            usual). `columns: [2, 4]` names a TSV file's columns of English and the translation, `swap: true` says that
            the translation comes first, and `check: false` takes sides that do not look like their languages.
        segmented: Sources that put spaces between Thai or Khmer words; half of their pairs lose them again.
    """

    folder: str | None = None
    languages: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    max_pairs: int = 40_000
    files: list[dict] = field(default_factory=list)
    segmented: list[str] = field(default_factory=lambda: ["massive"])

    def __post_init__(self):
        for entry in self.files:
            if not isinstance(entry, dict) or not isinstance(entry.get("lang"), str):
                raise OpticalError(
                    f"A bitext file entry {shown(entry)} lacks 'lang': add the translation's language code, as text."
                )


@dataclass(frozen=True)
class StartOptions:
    """What is made of a multilingual checkpoint before it is distilled (see `pyterrier_optical.distill.start`).

    Attributes:
        directions: Principal directions of English token vectors to take off besides their mean; null: no centring.
        dimensions: Numbers of a token vector of a start that is centred here; null: as many as the body's.
        sentences: English sentences of the bitext that the centring is computed from.
        relevance: English relevance pairs to tune the start on, SQuAD's JSON or query<TAB>passage lines; null: none.
        steps: Steps of that tuning.
        batch_size: Passages a step; half of them are of one article.
        learning_rate: Of the body; word embeddings do not move.
        temperature: Divides the scores, whose range is that of a cosine.
        query_tokens: Queries are cut to so many tokens.
        document_tokens: Passages are cut to so many tokens.
    """

    directions: int | None = 1
    dimensions: int | None = None
    sentences: int = 3000
    relevance: str | None = None
    steps: int = 350
    batch_size: int = 16
    learning_rate: float = 3e-5
    temperature: float = 0.05
    query_tokens: int = 40
    document_tokens: int = 220

    def __post_init__(self):
        if not self.temperature > 0:
            raise OpticalError(f"'temperature' under 'start' must be above 0, not {self.temperature}.")
        _check_least(self, "start", 1, "sentences", "steps", "batch_size")
        if self.dimensions is not None and self.directions is None:
            raise OpticalError("'dimensions' under 'start' is of a centred start: give 'directions' as well.")


@dataclass(frozen=True)
class TrainingConfig:
    """How long and how fast the student learns.

    Attributes:
        steps: Optimiser steps, on each of which all devices together see `batch_size` rows.
        batch_size: Pairs a step, on one device.
        learning_rate: Of the body (attention, feed-forward, positions).
        embedding_learning_rate: Of the word embeddings; 0 freezes them.
        trainable: Regular expressions of the parameters that move, word embeddings apart; all of them when empty.
        warmup_steps: Linear warm-up; the rate then falls linearly to zero.
        max_tokens: Both sides are cut to so many tokens.
        eval_steps: Evaluate and save a checkpoint every so many steps.
        patience: Stop when so many evaluations brought no improvement; 0 never stops early.
        precision: "auto" (bfloat16 on a GPU that has it, float32 elsewhere), "float32" or "bfloat16".
        keep_start: Share of the start's body mixed into the finished one, parameter by parameter (WiSE-FT, Wortsman
            et al. 2022): what the body forgot comes back.
        seed: Seed of sampling, initialisation and training.
    """

    steps: int = 2000
    batch_size: int = 64
    learning_rate: float = 5e-5
    embedding_learning_rate: float = 5e-5
    trainable: list[str] = field(default_factory=list)
    warmup_steps: int = 50
    max_tokens: int = 96
    eval_steps: int = 500
    patience: int = 0
    precision: str = "auto"
    keep_start: float = 0.0
    seed: int = 13

    def __post_init__(self):
        if self.precision not in PRECISIONS:
            known = " or ".join(map(repr, PRECISIONS))
            raise OpticalError(f"'precision' under 'training' must be {known}, not {shown(self.precision)}.")
        _check_least(self, "training", 1, "steps", "batch_size", "max_tokens", "eval_steps")
        _check_least(self, "training", 0, "warmup_steps", "patience")
        for pattern in self.trainable:
            try:
                re.compile(pattern)
            except (re.error, TypeError) as error:
                raise OpticalError(
                    f"{shown(pattern)} is no regular expression ({error}): correct 'trainable' under 'training'."
                ) from error
        if not 0 <= self.keep_start <= 1:
            raise OpticalError(f"'keep_start' under 'training' must lie between 0 and 1, not {self.keep_start}.")


@dataclass(frozen=True)
class EvaluationConfig:
    """What is measured during training.

    Attributes:
        heldout_pairs: Pairs per language held out of training for bitext retrieval; at most a twentieth of a language.
        datasets: PyTerrier data sets ranked exhaustively, when their data is there.
        best: The metric by which checkpoints are compared: "bitext_mean" or "ranking_mean".
    """

    heldout_pairs: int = 100
    datasets: list[str] = field(default_factory=list)
    best: str = "bitext_mean"

    def __post_init__(self):
        _check_least(self, "evaluation", 0, "heldout_pairs")
        if self.best not in MEANS:
            known = " or ".join(map(repr, MEANS))
            raise OpticalError(f"'best' under 'evaluation' must be {known}, not {shown(self.best)}.")


@dataclass(frozen=True)
class LexiconOptions:
    """How a lexicon is made.

    Attributes:
        rounds: Rounds of expectation maximisation of IBM model 1 (Brown et al. 1993).
        agreement: Align in both directions and believe what both do (Liang, Taskar, Klein 2006).
        max_terms: At most so many terms for one word.
        min_probability: Terms less likely than this are left out.
        max_cells: Co-occurrences of words to learn from, for each language: memory and time grow with them.
        english_words: How many English words to keep with their counts, by which English queries are recognised.
        spaceless_words: For each language whose script has no spaces between words, how many words to learn from text
            at most, besides those that some text has spaces around.
        dictionaries: Words and what they are in English, to learn from besides the bitext: dicts with `lang` and `path`
            (TSV, `english<TAB>word`). `without` names a text file, a text a line: entries with a side that is one of
            these texts, as those that the lexicon is to be evaluated with, are left out.
        word_lists: Words to cut texts into whose script has no spaces, besides those that are learnt: dicts with `lang`
            and `path` (a text file, a word a line).
    """

    rounds: int = 5
    agreement: bool = True
    max_terms: int = 20
    min_probability: float = 0.005
    max_cells: int = 30_000_000
    english_words: int = 20_000
    spaceless_words: int = 12_000
    dictionaries: list[dict] = field(default_factory=list)
    word_lists: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class DistillConfig:
    """A whole run.

    Attributes:
        output: Folder of the run: `start/`, `checkpoints/`, `model/` (the result) and `log.jsonl`.
        teacher: "start": the student as it is before training, whose English is then the target (Huang et al. distil
            ColBERT); or a checkpoint folder, a hub id, or an installed package that carries a model.
        student: A multilingual checkpoint (folder or hub id) with its own tokenizer; null: that inside the package.
        bitext: See `BitextConfig`.
        start: See `StartOptions`; centring is for the teacher "start", since another teacher has a space of its own.
        mix: See `Mix`.
        loss: Options of `OpticalLoss`: `plan`, `epsilon`, ...
        training: See `TrainingConfig`.
        evaluation: See `EvaluationConfig`.
        card: Facts for the model card: `name`, `licence`, `notes`.
        lexicon: See `LexiconOptions`; `pyterrier-optical lexicon` reads it.

    Example:
        >>> files = [{"lang": "sw", "path": "sw.tsv"}]
        >>> config = DistillConfig.from_dict({"output": "runs/sw", "bitext": {"files": files}})
        >>> config.training.batch_size
        64
    """

    output: str
    teacher: str = OWN_START
    student: str | None = None
    bitext: BitextConfig = field(default_factory=BitextConfig)
    start: StartOptions = field(default_factory=StartOptions)
    mix: Mix = field(default_factory=Mix)
    loss: dict = field(default_factory=lambda: {"plan": "sinkhorn", "epsilon": 0.01})
    training: TrainingConfig = field(default_factory=TrainingConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    card: dict = field(default_factory=dict)
    lexicon: LexiconOptions = field(default_factory=LexiconOptions)

    def __post_init__(self):
        for name in self.card:
            if name not in CARD_FACTS:
                raise OpticalError(f"'card' has no option {shown(name)}: it knows {', '.join(CARD_FACTS)}.")
        check_loss(**{str(name): value for name, value in self.loss.items()})
        if self.loss.get("score_weight") and self.training.batch_size < 2:
            raise OpticalError("score_weight compares the documents of a batch: give batch_size=2 or more.")

    @classmethod
    def from_dict(cls, values: dict) -> "DistillConfig":
        """Checks names and types, and fills in the defaults.

        Raises:
            OpticalError: If an option is unknown, missing, or of the wrong kind.
        """
        return from_mapping(cls, values, "the configuration")

    @classmethod
    def from_yaml(cls, path: str | Path) -> "DistillConfig":
        """Reads a YAML file.

        Raises:
            OpticalError: If there is no such file, it is not YAML, or `from_dict` refuses it.
        """
        path = Path(path)
        if not path.is_file():
            raise OpticalError(f"No configuration file {shown(str(path))}: give the path of a YAML file.")
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise OpticalError(f"{shown(str(path))} cannot be read ({error}): save it as text in UTF-8.") from error
        except yaml.YAMLError as error:
            where = getattr(error, "problem_mark", None)
            line = f" (line {where.line + 1})" if where else ""
            raise OpticalError(f"{shown(str(path))} is not YAML{line}: fix it and run again.") from error
        if not isinstance(values, dict):
            raise OpticalError(f"{shown(str(path))} holds no options: write at least 'output:' and 'bitext:'.")
        return cls.from_dict(values)

    def to_dict(self) -> dict:
        """The configuration as plain data, defaults filled in."""
        return dataclasses.asdict(self)


def expand(text: str | None) -> str:
    """A path or name with `~` and environment variables filled in; configurations are recorded without.

    Raises:
        OpticalError: It is no text, as of an option that nothing follows.

    Example:
        >>> expand("runs/sw")
        'runs/sw'
    """
    if not isinstance(text, str):
        raise OpticalError(f"The configuration has {shown(text)} where a path or name belongs: write one there.")
    return os.path.expandvars(os.path.expanduser(text))


def student_checkpoint(config: DistillConfig) -> str | None:
    """Where a run's student is; None: inside the package."""
    return None if config.student is None else expand(config.student)


def _check_least(options, section: str, least: int, *names: str) -> None:
    for name in names:
        if getattr(options, name) < least:
            raise OpticalError(
                f"{shown(name)} under {shown(section)} must be at least {least}, not {getattr(options, name)}."
            )

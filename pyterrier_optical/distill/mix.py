"""The proportions of a training run: languages, sources, lengths."""

from dataclasses import dataclass, field

from pyterrier_optical.errors import OpticalError, shown


@dataclass(frozen=True)
class Mix:
    """What a training run sees.

    Attributes:
        temperature: A language with n pairs is drawn in proportion to n ** (1 / temperature): 1 by size, larger more
            evenly.
        english_share: Share of English-English pairs, which keep the teacher's English where the student's body moves.
        passage_share: Share of rows made of several neighbouring pairs of one source, joined: bitext is short and
            documents are not.
        passage_pairs: At most so many pairs are joined.
        language_weights: Factors on the draw of a language: 2 doubles it, 0 leaves it out.
        source_weights: Factors on the pairs of a source within its language: 0.5 passes over every other one.
        bucket_batches: Batches are cut from a bucket of so many, sorted by length, so that little is padding.
    """

    temperature: float = 3.0
    english_share: float = 0.15
    passage_share: float = 0.05
    passage_pairs: int = 4
    language_weights: dict = field(default_factory=dict)
    source_weights: dict = field(default_factory=dict)
    bucket_batches: int = 32

    def __post_init__(self):
        if not self.temperature > 0:
            raise OpticalError(f"'temperature' under 'mix' must be above 0, not {self.temperature}.")
        for option in ("language_weights", "source_weights"):
            for name, weight in getattr(self, option).items():
                if not isinstance(weight, (int, float)) or not weight >= 0:
                    raise OpticalError(f"{shown(option)} of {shown(name)} must be at least 0, not {shown(weight)}.")

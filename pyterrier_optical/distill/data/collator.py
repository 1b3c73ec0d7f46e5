"""Batches of bitext: each side through the tokenizer of the model that reads it."""

from typing import Any

from pyterrier_optical.distill.loss import FOR_TEACHER


class BitextCollator:
    """Tokenises `english` for the teacher and `translation` for the student.

    Args:
        student: A `MultiVectorEncoder`.
        teacher: A `MultiVectorEncoder`.
        max_tokens: Both sides are cut to so many tokens; None for the models' own limits, which hold in any case.
        student_english: Tokenise `english` for the student too, as the last columns, for losses that put both sides
            through it.

    Example:
        >>> batch = BitextCollator(student, teacher)([{"english": "Water", "translation": "Maji"}])  # doctest: +SKIP
        >>> sorted(batch)                                                                     # doctest: +SKIP
        ['english_attention_mask', 'english_input_ids', 'english_task', 'translation_attention_mask', ...]
    """

    # The trainer looks for these on a collator, whether it uses them or not.
    valid_label_columns: tuple = ()
    router_mapping = None
    prompts = None

    def __init__(self, student, teacher, max_tokens: int | None = None, *, student_english: bool = False):
        self.student = student
        self.teacher = teacher
        self.max_tokens = max_tokens
        self.student_english = student_english

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Turns rows into the flat dict of features that the trainer takes apart again."""
        teacher_prompt = (self.teacher.prompts or {}).get("document") or None
        sides = {
            "english": ("english", self.teacher, teacher_prompt),
            "translation": ("translation", self.student, None),
        }
        if self.student_english:
            sides["student_english"] = ("english", self.student, None)
        batch, task = {}, "document"
        for side, (column, model, prompt) in sides.items():
            limit = min(self.max_tokens or model.max_seq_length, model.max_seq_length)
            features = model.preprocess([row[column] for row in rows], prompt=prompt, task=task, max_length=limit)
            batch.update({f"{side}_{key}": value for key, value in features.items()})
            batch[f"{side}_task"] = task
        batch["english_task"] = FOR_TEACHER
        return batch

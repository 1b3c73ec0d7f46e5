"""A loaded translation model: texts in, translations out, batch by batch."""

import logging
from collections.abc import Iterator, Sequence

from pyterrier_optical.base.progress import progress
from pyterrier_optical.mt.families import Direction

logger = logging.getLogger("pyterrier_optical")


class TranslationModel:
    """Translates texts by beam search.

    Args:
        model: an encoder-decoder of transformers, on its device and in evaluation mode.
        tokenizer: its tokenizer, set to the source language.
        direction: what makes the model translate into the target language.
    """

    def __init__(self, model, tokenizer, direction: Direction):
        self.model = model
        self.tokenizer = tokenizer
        self.direction = direction
        # The checkpoint's own limit would contend with the one given at each call.
        self.model.generation_config.max_length = None

    def translate(
        self, texts: Sequence[str], *, batch_size: int, num_beams: int, max_length: int, verbose: bool = False
    ) -> Iterator[dict[str, str]]:
        """Translates texts, the longest first.

        Args:
            texts: texts with words in them.
            batch_size: texts in a batch.
            num_beams: beams of the search; 1 is greedy search.
            max_length: most tokens of a text, and of a translation, as far as the model has room for them.
            verbose: as for `pyterrier_optical.base.progress`.

        Yields:
            The translation of each text of a batch.
        """
        max_length = min(max_length, self.model.config.max_position_embeddings)
        inputs = [self.direction.prefix + text for text in texts]
        sizes = [len(ids) for ids in self.tokenizer(inputs, verbose=False)["input_ids"]] if inputs else []
        if cut := sum(size > max_length for size in sizes):
            queries = "1 query" if cut == 1 else f"{cut} queries"
            logger.warning("%s cut to %d tokens for translation (see max_length)", queries, max_length)
        order = sorted(range(len(texts)), key=lambda row: (-sizes[row], texts[row]))
        with progress(total=len(texts), desc="Translating", unit="query", verbose=verbose) as bar:
            for start in range(0, len(order), batch_size):
                rows = order[start : start + batch_size]
                translations = self._generate([inputs[row] for row in rows], num_beams, max_length)
                yield dict(zip((texts[row] for row in rows), translations, strict=True))
                bar.update(len(rows))

    def _generate(self, inputs: list[str], num_beams: int, max_length: int) -> list[str]:
        import torch

        batch = self.tokenizer(inputs, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        first, pad = self.direction.first_token, self.tokenizer.pad_token_id
        with torch.inference_mode():
            output = self.model.generate(
                input_ids=batch["input_ids"].to(self.model.device),
                attention_mask=batch["attention_mask"].to(self.model.device),
                forced_bos_token_id=first,
                # Marian's decoder starts from padding and would go on with it.
                bad_words_ids=[[pad]],
                do_sample=False,
                num_beams=num_beams,
                max_new_tokens=max_length,
            )
        # The start token and the language; not every tokenizer knows its languages to be special tokens.
        output = output[:, 1 if first is None else 2 :]
        return [text.strip() for text in self.tokenizer.batch_decode(output, skip_special_tokens=True)]

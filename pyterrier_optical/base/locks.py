"""Locks that keep threads out of each other's way, for libraries that keep state where none would be expected."""

from threading import RLock

#: Held while texts are tokenized: a Hugging Face tokenizer keeps how to cut and pad from one call for the next, and
#: transformers that share a model share its tokenizer.
TOKENIZING = RLock()

#: Held while a transformer loads what it needs, once: the libraries patch themselves while they load a model, and a
#: second thread would load all of it a second time.
LOADING = RLock()

"""One hash for the documents of a corpus."""

import hashlib


class CorpusHash:
    """A running hash of docnos and texts, in order, so that any change to a corpus shows.

    Example:
        >>> a, b = CorpusHash(), CorpusHash()
        >>> a.add("d1", "x"), b.add("d", "1x")
        (None, None)
        >>> a.hexdigest() == b.hexdigest()
        False
    """

    def __init__(self):
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, docno: str, text: str) -> None:
        """Takes in one document."""
        # The lengths keep ("d1", "x") apart from ("d", "1x").
        self._hash.update(f"{len(docno)},{len(text)}:{docno}{text}".encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        """The hash of everything added so far, 32 hexadecimal digits."""
        return self._hash.hexdigest()

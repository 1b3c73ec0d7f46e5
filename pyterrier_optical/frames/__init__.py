"""What this package's transformers share about PyTerrier's frames: checks, texts, mixing of scores."""

#: Where schematics link to.
DOCUMENTATION = "https://pyterrier.readthedocs.io/en/latest/ext/pyterrier-optical/index.html"

"""The wordings of a query: its own, and its gloss."""

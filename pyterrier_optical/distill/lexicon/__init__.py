"""Making a lexicon from bitext and dictionaries."""

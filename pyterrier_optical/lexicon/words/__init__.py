"""From the words of a query to terms, by the lexicon and by their spelling."""

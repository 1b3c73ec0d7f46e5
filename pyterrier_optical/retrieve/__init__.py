"""First stages: BM25 by Terrier or PISA, late interaction, and fusion of rankings."""

"""First stages side by side, by Recall@100 and nDCG@10."""

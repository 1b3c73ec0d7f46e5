"""Late interaction: token vectors, their index, and what is computed from them."""

"""Late interaction: token vectors, MaxSim, passages, explanations."""

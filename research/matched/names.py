"""What objectives and starts are called; no model is needed to know it."""

START = "start"
CENTRED, RAW = "centred", "raw"
STARTS = (CENTRED, RAW)

OBJECTIVES = {
    "ot": "optimal transport between the teacher's and the student's tokens (OPTICAL)",
    "optical": "that, mass by the length of vectors, the sentence vector, and by `options` the scores",
    "mse": "mean squared error of pooled vectors (multilingual knowledge distillation)",
    "ranking": "translation ranking of pooled vectors with an additive margin, both ways (LaBSE)",
    "contrastive": "in-batch contrastive learning over MaxSim",
    START: "no training",
}

POOLED = {"mse", "ranking"}
"""Objectives that train a pooled vector: they are also ranked by it."""

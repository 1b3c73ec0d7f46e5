"""The start of a distillation: a multilingual encoder in a centred space, tuned for late interaction in English."""

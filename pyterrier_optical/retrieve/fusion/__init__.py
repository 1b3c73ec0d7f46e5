"""Fusion of rankings by ranks and by scores."""

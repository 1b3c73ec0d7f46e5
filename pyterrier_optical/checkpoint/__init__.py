"""Checkpoints: finding, checking, loading and saving them, and their compact form."""

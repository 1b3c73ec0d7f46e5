"""Bitext: reading its files, checking them, and drawing pairs."""

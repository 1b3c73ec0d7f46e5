"""How far low- and high-resource languages are apart in a report."""

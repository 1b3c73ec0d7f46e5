"""What every part may use: atomic files, manifests, identity by arguments, locks, codes of languages."""

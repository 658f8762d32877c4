"""Releases of the rules: their life under four eyes, their history, and which one decides when."""

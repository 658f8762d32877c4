"""The page at /docs and its script."""

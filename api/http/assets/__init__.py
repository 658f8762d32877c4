"""The page at /docs and its script: files that are served as they are."""

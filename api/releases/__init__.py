"""Releases of the rules: their life under four eyes, history, which one decides when. Writes by `ledger` alone."""

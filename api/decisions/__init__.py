"""Decisions: made, stored, searched, explained, replayed, and shown to whom. Writes by `ledger` alone."""

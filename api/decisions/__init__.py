"""Decisions about applications: made, stored, searched, explained, replayed, and shown to whom."""

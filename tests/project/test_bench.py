"""What measures the log measures the store as it is."""

from __future__ import annotations

from pathlib import Path

from bench.proof import audited, line


def test_the_log_can_be_measured(tmp_path: Path) -> None:
    """A line of the table, and the audit of a store that verifies."""
    shown = line("SQLite", f"sqlite:///{tmp_path}/bench.db", 2, tmp_path, 1, 0.01)
    assert shown[:2] == ["SQLite", "2"]
    assert audited(tmp_path, 500).endswith("for each decision (500 in SQLite).")

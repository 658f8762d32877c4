"""Rule files on disk: the one place that reads them from a directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SUFFIXES = frozenset({".yaml", ".csv"})
CASES = "cases"
"""The folder whose JSON files are worked cases."""


def read_files(directory: Path) -> Mapping[str, bytes]:
    """Every rule file under `directory` as read, by its path from there (`reference/lpr.csv`), in order of path.

    Hidden files and directories are passed over. Raises `OSError` when the directory or a file cannot be read.
    """
    if not directory.is_dir():
        raise NotADirectoryError(f"no directory of rule files at {directory}")
    found = (p for p in directory.rglob("*") if _is_rule_file(p) and p.is_file())
    relative = {p.relative_to(directory): p for p in found}
    shown = {n.as_posix(): p for n, p in relative.items() if not any(part.startswith(".") for part in n.parts)}
    return {name: shown[name].read_bytes() for name in sorted(shown)}


def _is_rule_file(path: Path) -> bool:
    return path.suffix in SUFFIXES or (path.suffix == ".json" and path.parent.name == CASES)

"""Rule files are read as they are on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.rule_files import read_files


def test_rule_files_by_path(tmp_path: Path) -> None:
    """YAML and CSV of all levels and cases in JSON, in order of path; other and hidden files are passed over."""
    for folder in ("reference", "cases", ".git"):
        (tmp_path / folder).mkdir()
    content = {"b.yaml": b"b", "a.yaml": b"\xef\xbb\xbfa\r\n", "reference/lpr.csv": b"1", "cases/a.json": b"{}"}
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
    for other in ("README.md", ".hidden.yaml", ".git/c.yaml", "a.yaml~", "a.json"):
        (tmp_path / other).write_bytes(b"x")
    assert list(read_files(tmp_path).items()) == sorted(content.items())


def test_no_directory(tmp_path: Path) -> None:
    """A wrong path is an error, not an empty ruleset."""
    with pytest.raises(NotADirectoryError):
        read_files(tmp_path / "nothing")

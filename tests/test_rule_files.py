"""Rule files are read as they are on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.rule_files import read_files


def test_rule_files_by_path(tmp_path: Path) -> None:
    """YAML and CSV of all levels, in order of path; other and hidden files are passed over."""
    (tmp_path / "reference").mkdir()
    (tmp_path / ".git").mkdir()
    content = {"b.yaml": b"b", "a.yaml": b"\xef\xbb\xbfa\r\n", "reference/lpr.csv": b"1"}
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
    for other in ("README.md", ".hidden.yaml", ".git/c.yaml", "a.yaml~"):
        (tmp_path / other).write_bytes(b"x")
    assert list(read_files(tmp_path).items()) == sorted(content.items())


def test_no_directory(tmp_path: Path) -> None:
    """A wrong path is an error, not an empty ruleset."""
    with pytest.raises(NotADirectoryError):
        read_files(tmp_path / "nothing")

"""The command line with the shipped rules, or with a copy that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenlane.api.cli import main

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples" / "applications"

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty directory, with the shipped rules unless told otherwise."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREENLANE_RULES", str(ROOT / "rules"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/greenlane.db")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lambda *words, **more: CliRunner().invoke(main, [str(w) for w in words], **more)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules, in `rules` of the directory that commands run in."""
    place = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", place)
    return place


def spoil(file: Path, before: str, after: str) -> None:
    """Changes one place of a file."""
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, before
    file.write_text(text.replace(before, after), encoding="utf-8")

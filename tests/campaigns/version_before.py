"""The service as it was before the newest migration, taken from the history of the project."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.campaigns.serving import ROOT

MIGRATIONS = "api/ledger/migrations/versions"


def version_before(directory: Path) -> Path:
    """A directory that holds that version as it is installed, and its `rules`; without a history the test is skipped.

    A migration that is not committed yet comes after whatever is.
    """
    newest = sorted((ROOT / MIGRATIONS).glob("r*.py"))[-1].relative_to(ROOT)
    try:
        added = _git("log", "--diff-filter=A", "--format=%H", "HEAD", "--", str(newest)).decode().split()
        archive = _git("archive", f"{added[-1]}^" if added else "HEAD", "greenlane", "engine", "api", "rules")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the history of the project is not here")
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        members.extractall(directory, filter="data")
    for room in ("engine", "api"):
        (directory / room).rename(directory / "greenlane" / room)
    return directory


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout

"""What one request runs through is written down, and stays within bounds."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

from tests.project.sources import ROOT

FILES = 45
TABLE = re.compile(r"^\| `((?:engine|api|greenlane)/[\w/]+\.py)` \| (.*?) \|", re.MULTILINE)


def script() -> ModuleType:
    """scripts/walk.py, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("walk", ROOT / "scripts" / "walk.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_walk_of_one_request() -> None:
    """The table of docs/architecture.md has the files that a request runs through, and there are few of them."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    written = {file: set(re.findall(r"`([\w.]+)`", functions)) for file, functions in TABLE.findall(page)}
    walked: dict[str, set[str]] = {}
    for file, function in script().walk("fired"):
        walked.setdefault(file, set()).add(function)
    assert set(written) == set(walked)
    assert {file: named - walked[file] for file, named in written.items() if named - walked[file]} == {}
    assert len(walked) <= FILES

"""Golden messages: each model cannot be rule files, or loses something on the way, and says so beside it.

`GREENLANE_REWRITE=1` writes the messages anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import has_errors, render
from greenlane.engine.interop.dmn import check as check_model
from greenlane.engine.interop.dmn import read
from greenlane.engine.interop.dmn.importer import import_model
from tests.engine.interop.dmn.importer.deciding import TODAY

FOLDER = Path(__file__).parent / "bad"
MODELS = sorted(FOLDER.glob("*.dmn"))
ONLY_WARNED = {"bounds_lost"}


@pytest.mark.parametrize("file", MODELS, ids=[file.stem for file in MODELS])
def test_each_mistake_is_told_in_the_model(file: Path) -> None:
    """All of them at once, each at its place with what to do; with an error there are no files."""
    files = {file.name: file.read_bytes()}
    reading = read(files, file.name)
    assert reading.models is not None
    assert not has_errors(check_model(reading.models))
    made = import_model(reading.models, TODAY, check)
    shown = render(made.diagnostics, files)
    expected = file.with_suffix(".txt")
    if os.environ.get("GREENLANE_REWRITE"):
        expected.write_text(shown, encoding="utf-8")
    assert shown == expected.read_text(encoding="utf-8")
    assert has_errors(made.diagnostics) == (made.files == {}) == (file.stem not in ONLY_WARNED)

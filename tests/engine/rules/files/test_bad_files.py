"""Golden messages: each bad file, put into the small ruleset, gives exactly the text beside it.

The folder says which file of the ruleset it stands for. `GREENLANE_REWRITE=1` writes the messages anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from greenlane.engine.diagnostics import render
from greenlane.engine.rules.files import read
from tests.engine.rules.files.surroundings import with_file

FOLDER = Path(__file__).parent / "bad"
NAMES = {
    "decision": "decision.yaml",
    "ruleset": "ruleset.yaml",
    "vocabulary": "vocabulary.yaml",
    "reference": "reference/reference.yaml",
    "rates": "reference/rates.csv",
}
BAD = sorted(path for path in FOLDER.rglob("*") if path.suffix in (".yaml", ".csv"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gives_the_message_beside_it(path: Path) -> None:
    """Message, place, underlined text and help are all as expected, and nothing else is said."""
    name = NAMES[path.parent.name]
    files = with_file(name, path.read_bytes())
    found = [d for d in read(files).diagnostics if d.place.path == name]
    shown = render(found, files)
    expected = path.with_suffix(".txt")
    if os.environ.get("GREENLANE_REWRITE"):
        expected.write_text(shown, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == shown


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_gives_no_ruleset(path: Path) -> None:
    """With an error in it, a ruleset cannot decide."""
    reading = read(with_file(NAMES[path.parent.name], path.read_bytes()))
    assert reading.ruleset is None

"""docs/rule-files.md: every example reads without a fault, and every key and hit policy is on the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from greenlane.engine.diagnostics import render
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.file_schemas import COLUMN, DECISION, FACT, RULESET, SECTION, TABLE
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.table import Hit
from tests.engine.rules.files.surroundings import with_file

PAGE = (Path(__file__).parents[2] / "docs" / "rule-files.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:yaml ?|csv ?|json )(\S*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name or text.split("\n")[0] for name, text in BLOCKS])
def test_an_example_reads_without_a_fault(name: str, text: str) -> None:
    """In the small ruleset, as the file it stands for or as one more decision."""
    files = with_file(name or "decision.yaml", text)
    reading = read(files)
    assert render(reading.diagnostics, files) == ""
    assert reading.ruleset is not None


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name or text.split("\n")[0] for name, text in BLOCKS])
def test_an_example_is_canonical(name: str, text: str) -> None:
    """It looks as `greenlane fmt` leaves it."""
    assert format_text(name or "decision.yaml", text) == text


@pytest.mark.parametrize(
    "key", sorted({name for shape in (DECISION, SECTION, COLUMN, TABLE, RULESET, FACT) for name in shape.names})
)
def test_every_key_is_on_the_page(key: str) -> None:
    """In an example or in the text."""
    assert re.search(rf"(`|\b){key}(`|:|\b)", PAGE)


@pytest.mark.parametrize("hit", list(Hit), ids=lambda hit: hit.value)
def test_every_hit_policy_is_on_the_page(hit: Hit) -> None:
    """By the words that a rule file uses."""
    assert f"`{hit.value}`" in PAGE

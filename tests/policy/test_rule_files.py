"""The shipped rule files are in good order."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenlane.engine import check as verify
from greenlane.engine.diagnostics import Severity
from greenlane.engine.rules.layout.formatting import format_text
from tests.policy import shipped

FILES = tuple(path for path in sorted(shipped.RULES.rglob("*")) if path.suffix in (".yaml", ".csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_in_canonical_form(path: Path) -> None:
    """`greenlane fmt` would change nothing."""
    text = path.read_text(encoding="utf-8")
    assert format_text(path.relative_to(shipped.RULES).as_posix(), text) == text


def test_the_checks_find_only_facts_kept_for_the_record() -> None:
    """No errors; the company's name and region decide nothing and are kept for the record."""
    found = verify.check(shipped.ruleset())
    assert [d for d in found if d.severity is Severity.ERROR] == []
    assert [d.message for d in found] == ["no rule reads the fact `name`", "no rule reads the fact `region_code`"]

"""The specifications leave no outcome code untried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table

FEATURES = Path(__file__).parents[2] / "features"
_CODE = re.compile(r"\b(?:CAL|[RETPGW])\d{3}\b")


def expected_codes(text: str) -> set[str]:
    """Codes that a feature file expects to fire: in an `include` step or in a column that feeds one."""
    found: set[str] = set()
    columns: list[str] = []
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.strip().startswith("|") else []
        if not cells:
            columns = []
            if re.search(r"(include|包含|拒绝代码为|first reason|mentions)", line) and "not include" not in line:
                found.update(_CODE.findall(line))
        elif not columns:
            columns = cells
        else:
            wanted = [c for name, c in zip(columns, cells, strict=True) if name in ("codes", "包含")]
            found.update(code for cell in wanted for code in _CODE.findall(cell))
    return found


def implied_codes(text: str) -> set[str]:
    """Codes whose scenarios have a step of their own: the quota rule and the unrated tier."""
    return {"P471"} if "product discount is <dropped>" in text else set()


@pytest.fixture(scope="module")
def specified() -> set[str]:
    texts = [p.read_text(encoding="utf-8") for p in sorted(FEATURES.glob("*.feature"))]
    return {code for text in texts for code in expected_codes(text) | implied_codes(text)}


def test_every_outcome_code_fires_in_some_scenario(specified: set[str], ruleset: Ruleset) -> None:
    """Each code of the families R E T P G W that a rule file gives is expected by some scenario."""
    rows = [r for d in ruleset.decisions.values() if isinstance(d.logic, Table) for r in d.logic.rows]
    given = {r.code for r in rows if r.code and re.fullmatch(r"[RETPGW]\d{3}", r.code)}
    assert len(given) == 132
    assert given - specified == set()


def test_no_scenario_expects_a_code_that_no_rule_gives(specified: set[str], ruleset: Ruleset) -> None:
    """A code that was renamed in the rules cannot live on in the specifications."""
    rows = [r for d in ruleset.decisions.values() if isinstance(d.logic, Table) for r in d.logic.rows]
    assert specified - {r.code for r in rows} == set()

"""Every row of the policy's packs stands in the rule files, under the same id, code and texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from greenlane.engine.rules.table import Row, Table
from tests.policy import shipped

POLICY = shipped.ROOT.parent / "shared" / "policy"
PACKS = sorted((POLICY / "packs").glob("*.yaml"))

pytestmark = pytest.mark.skipif(not PACKS, reason="the policy's packs are not beside this repository")


def pack_rows(value: Any) -> Iterator[dict[str, Any]]:
    """Everything in a pack that has an id and a code."""
    if isinstance(value, dict):
        if "id" in value and "code" in value:
            yield value
        for item in value.values():
            yield from pack_rows(item)
    elif isinstance(value, list):
        for item in value:
            yield from pack_rows(item)


def all_pack_rows() -> list[dict[str, Any]]:
    """The rows of all packs."""
    return [row for path in PACKS for row in pack_rows(yaml.safe_load(path.read_text(encoding="utf-8")))]


def rule_rows() -> dict[str, Row]:
    """The rows of the rule files by id."""
    tables = (d.logic for d in shipped.ruleset().decisions.values() if isinstance(d.logic, Table))
    return {row.id: row for table in tables for row in table.rows}


def test_the_packs_hold_166_rows() -> None:
    """The comparison below is not empty."""
    assert len(all_pack_rows()) == 166


def test_every_row_of_the_packs_is_in_the_rule_files() -> None:
    """Same id, same code, same Chinese, same English."""
    rules = rule_rows()
    found = {i: (r.code, r.text.zh, r.text.en) for i, r in rules.items() if r.text is not None}
    assert {r["id"]: (r["code"], r["zh"], r["en"]) for r in all_pack_rows()}.items() <= found.items()


def test_every_line_of_the_scorecard_is_in_the_rule_files() -> None:
    """Each of the thirteen lines has a section with its texts, and its bands reach its maximum."""
    pack = yaml.safe_load((POLICY / "packs" / "tiering.yaml").read_text(encoding="utf-8"))
    scorecard = shipped.ruleset().decisions["scorecard"].logic
    assert isinstance(scorecard, Table)
    names = [output.name for output in scorecard.outputs]
    lines: dict[str, tuple[str, str, int]] = {}
    for row in scorecard.rows:
        cells = dict(zip(names, row.outputs, strict=True))
        title = scorecard.sections[row.section].title
        line, points = cells["line"], cells["points"]
        assert title is not None and line is not None and points is not None
        _, _, best = lines.get(line.text, ("", "", 0))
        lines[line.text] = (title.zh, title.en, max(best, int(points.text)))
    assert {line["id"]: (line["zh"], line["en"], line["max"]) for line in pack["scorecard"]} == lines


def test_the_reference_data_is_the_policys() -> None:
    """LPR, calendar and city tiers have as many rows as the policy's data."""
    references = shipped.ruleset().references
    sizes = {
        "lpr.csv": len(references["lpr"].rows) // 2,
        "cn_calendar_exceptions.csv": len(references["calendar"].rows),
        "sme_size.csv": len(references["sme_industries"].rows),
        "project_capital_ratio.csv": len(references["project_capital"].rows),
        "city_tier.csv": len(references["city_tiers"].rows),
        "gbt4754_sections.csv": len(references["industry_sections"].rows),
        "gbt2260_provinces.csv": len(references["provinces"].rows),
    }
    counted = {name: len((POLICY / "data" / name).read_text(encoding="utf-8").splitlines()) - 1 for name in sizes}
    assert counted == sizes

"""A description holds everything about a ruleset but where it stands in its files."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from greenlane.engine.check.compare import Added, Changed, Moved, Removed, apply, compare
from greenlane.engine.check.describe import Description, describe
from greenlane.engine.diagnostics import Origin, Place
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset
from tests.engine.rules.files import surroundings
from tests.engine.rules.files.generated import decision_files
from tests.examples import examples

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = {
    path.relative_to(ROOT / "rules").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "rules").rglob("*"))
    if path.suffix in {".yaml", ".csv"} or path.parent.name == "cases"
}


def ruleset_of(files: Mapping[str, str]) -> Ruleset:
    """A ruleset in files that read without errors."""
    reading = read({path: text.encode() for path, text in files.items()})
    assert reading.ruleset is not None, [d.message for d in reading.diagnostics]
    return reading.ruleset


@functools.cache
def shipped() -> Description:
    """The shipped rules."""
    return describe(ruleset_of(SHIPPED))


def meaning(value: Any) -> Any:
    """A model without its places and its files."""
    if isinstance(value, Place | Origin):
        return None
    if is_dataclass(value):
        named = ((f.name, getattr(value, f.name)) for f in fields(value) if f.name != "files")
        return type(value).__name__, tuple((name, meaning(inner)) for name, inner in named)
    if isinstance(value, Mapping):
        return tuple((key, meaning(inner)) for key, inner in value.items())
    if isinstance(value, tuple | list):
        return tuple(map(meaning, value))
    return value


def changed(path: str, before: str, after: str) -> list[str]:
    """What a change of one place of the shipped rules is described as."""
    assert SHIPPED[path].count(before) == 1, before
    new = ruleset_of({**SHIPPED, path: SHIPPED[path].replace(before, after)})
    old = shipped()
    changes = compare(old, describe(new))
    assert apply(old, changes) == describe(new)
    return [line(change) for change in changes]


def line(change: Added | Removed | Moved | Changed) -> str:
    """A change as the tests below write it."""
    name = f"{change.item.key.kind} {change.item.key.name}"
    match change:
        case Added():
            return f"+ {name}"
        case Removed():
            return f"- {name}"
        case Moved():
            return f"> {name}: {change.old_parent} to {change.item.parent}"
        case Changed():
            return f"{name}, {change.cell}: {change.old} to {change.new}"


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (
            "pricing.yaml",
            "PRC-T1 | strategic         | -30 |",
            "PRC-T1 | strategic         | -35 |",
            ["row PRC-T1, bp: -30 to -35"],
        ),
        (
            "pricing.yaml",
            "| <= 60             | 1Y",
            "| <= 72             | 1Y",
            ["row LPR-1, tenor_months: <= 60 to <= 72"],
        ),
        (
            "pricing.yaml",
            "value: relationship_years >= 5 and settlement_share_pct >= 50",
            "value: relationship_years >= 6 and settlement_share_pct >= 50",
            [
                "decision deep_relationship, value: relationship_years >= 5 and settlement_share_pct >= 50 to "
                "relationship_years >= 6 and settlement_share_pct >= 50"
            ],
        ),
        (
            "ruleset.yaml",
            "version: 1.0.0",
            "version: 1.0.1",
            ["heading greenlane-corporate-lending, version: 1.0.0 to 1.0.1"],
        ),
        (
            "reference/lpr.csv",
            "2019-09-20,1Y,4.20,A",
            "2019-09-20,1Y,4.25,A",
            ["reference row 2019-09-20, 1Y, rate: 4.20 to 4.25"],
        ),
        ("reference/lpr.csv", "2019-09-20,1Y,4.20,A\n", "", ["- reference row 2019-09-20, 1Y"]),
        (
            "reference/lpr.csv",
            "2019-09-20,1Y,4.20,A\n",
            "2019-09-20,1Y,4.20,A\n2019-09-21,1Y,4.20,B\n",
            ["+ reference row 2019-09-21, 1Y"],
        ),
        (
            "pricing.yaml",
            "basis: POLICY.md B5, PRC-L1",
            "basis: POLICY.md B5",
            ["decision deep_relationship, basis: POLICY.md B5, PRC-L1 to POLICY.md B5"],
        ),
        ("pricing.yaml", "# 利率优惠 / Pricing", "# Pricing", []),
    ],
)
def test_one_change_of_the_shipped_rules_is_one_line(path: str, before: str, after: str, expected: list[str]) -> None:
    """As an analyst would say it; a comment is no change."""
    assert changed(path, before, after) == expected


def test_hit_policy_and_undetermined() -> None:
    """What a table does with its rows is told like any cell."""
    new = SHIPPED["pricing.yaml"].replace("hit: unique\nundetermined: refer", "hit: first\nundetermined: ignore", 1)
    old = shipped()
    changes = compare(old, describe(ruleset_of({**SHIPPED, "pricing.yaml": new})))
    assert [line(change) for change in changes] == [
        "decision lpr_tenor, hit: unique to first",
        "decision lpr_tenor, undetermined: refer to ignore",
    ]


def test_a_row_in_another_order() -> None:
    """Two rows that change places are one move."""
    rows = re.findall(r"^ +PRC-P[12] .*\n", SHIPPED["pricing.yaml"], re.MULTILINE)
    assert changed("pricing.yaml", "".join(rows), "".join(reversed(rows))) == [
        "> row PRC-P2: price_adjustments to price_adjustments"
    ]


def test_the_vocabulary() -> None:
    """A fact that is bounded otherwise, one that is new."""
    old = surroundings.VOCABULARY
    new = old.replace("min: 0, whole: true", "min: 1, whole: true") + "  staff: {type: boolean, zh: 员, en: Staff}\n"
    before, after = (describe(ruleset_of(_small(vocabulary))) for vocabulary in (old, new))
    assert [line(c) for c in compare(before, after)] == ["fact employees, minimum: 0 to 1", "+ fact staff"]


def test_sources_say_where_a_row_stands() -> None:
    """File and line, as traces do."""
    found = {item.key.name: item.source for item in shipped() if item.key.kind == "row"}
    path, _, number = found["PRC-T1"].partition(":")
    assert SHIPPED[path].splitlines()[int(number) - 1].strip().startswith("PRC-T1 ")


def _small(vocabulary: str = surroundings.VOCABULARY, **more: str) -> dict[str, str]:
    return {
        "ruleset.yaml": surroundings.RULESET,
        "vocabulary.yaml": vocabulary,
        "decisions.yaml": surroundings.DECISIONS,
        "reference/reference.yaml": surroundings.REFERENCE,
        "reference/rates.csv": surroundings.RATES,
        **{f"{name}.yaml": text for name, text in more.items()},
    }


@settings(max_examples=examples(20), deadline=None)
@given(decision_files(), decision_files())
def test_the_same_description_means_the_same(one: str, other: str) -> None:
    """Generated files have the same description exactly when they read as the same model, and changes lead over."""
    first, second = (ruleset_of(_small(extra=text)) for text in (one, other))
    old, new = describe(first), describe(second)
    assert (old == new) == (meaning(first) == meaning(second))
    assert apply(old, compare(old, new)) == new

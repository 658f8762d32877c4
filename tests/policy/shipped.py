"""The shipped rule files and worked cases, as the tests of this directory read them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from greenlane.engine.decide import Decider, Result, TraceLevel, compile_ruleset
from greenlane.engine.decide.application import facts_of
from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"
EXAMPLES = ROOT / "examples"
CASES = tuple(sorted(path.stem for path in (EXAMPLES / "applications").glob("*.json")))


@cache
def ruleset() -> Ruleset:
    """The shipped ruleset; fails with its diagnostics when it cannot be read."""
    files = {
        path.relative_to(RULES).as_posix(): path.read_bytes()
        for path in sorted(RULES.rglob("*"))
        if path.suffix in (".yaml", ".csv")
    }
    reading = read(files)
    assert reading.ruleset is not None, "\n".join(f"{d.place}: {d.code} {d.message}" for d in reading.diagnostics)
    return reading.ruleset


@cache
def decider(matcher: str = "bitmap", most: int | None = None) -> Decider:
    """The shipped ruleset, compiled for a matcher and a budget of so many steps."""
    return compile_ruleset(ruleset(), matcher=matcher, most=most)  # type: ignore[arg-type]


def plain(value: Any) -> Any:
    """Numbers as whole numbers where they are, tuples as lists: what JSON would carry."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def result(application: dict[str, Any], matcher: str = "bitmap", most: int | None = None) -> Result:
    """What the rule files say about an application, on its own date."""
    exact = json.loads(json.dumps(application), parse_float=Decimal, parse_int=Decimal)
    on = date.fromisoformat(application["application_date"])
    return decider(matcher, most).decide(facts_of(exact, ruleset().vocabulary), on, TraceLevel.NONE)


def outcome(application: dict[str, Any], matcher: str = "bitmap") -> dict[str, Any]:
    """What they decide."""
    decided: dict[str, Any] = plain(result(application, matcher).outcome)
    return decided


def application(case: str) -> dict[str, Any]:
    """The body of a worked case."""
    loaded: dict[str, Any] = json.loads((EXAMPLES / "applications" / f"{case}.json").read_text(encoding="utf-8"))
    return loaded


def expected(case: str) -> dict[str, Any]:
    """The pinned part of its outcome."""
    loaded: dict[str, Any] = json.loads((RULES / "cases" / f"{case}.json").read_text(encoding="utf-8"))
    return dict(loaded["expected"])

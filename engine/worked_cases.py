"""Worked cases: applications decided again, compared with what is expected, and the rows they reach or miss. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenlane.engine.feel.ast import ContextLiteral, Node
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.feel.visitor import names_read
from greenlane.engine.json_text import canonical, decode, differences, encode, pointer
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset, WorkedCase
from greenlane.engine.rules.table import Hit, OnUndetermined, Table
from greenlane.engine.text import Text

SHOWN = 60
"""Characters that are told of a value."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case: the status, the whole outcome, what differs, and the ids of the rows that it reaches:
    those that held and, of a `first` table, that were taken.

    A difference has the `pointer` of a member of the outcome, what was expected (`stored`) and what was decided
    (`replayed`), one of them left out where it is not there; of a list also the items that are `missing` and those that
    are `unexpected`; and `rows`, which the member stands on.
    """

    name: str
    status: str | None
    outcome: Mapping[str, Any]
    differences: tuple[Mapping[str, Any], ...]
    held: frozenset[str]


def decide_case(policy: Policy, case: WorkedCase, as_of: date) -> CaseResult:
    """Decides a case by a policy in which its application is valid.

    Members of the outcome that nothing is expected of are passed over. Lists are the same in any order.
    """
    result = policy.decide_valid(case.application, as_of, "fired")
    outcome = decode(encode(json_of(result.outcome)))
    held = _held(result.trace, policy.ruleset)
    given = {key: value for key, value in outcome.items() if key in case.expected}
    found = tuple(_with_rows(each, policy.ruleset, held) for each in _differences(case.expected, given, ()))
    return CaseResult(case.name, result.status, outcome, found, frozenset().union(*held.values()))


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The case that comes nearest to reaching a row, and what speaks against the row there."""

    case: str
    against: tuple[Text, ...]


def near_misses(
    policy: Policy, cases: Iterable[tuple[WorkedCase, date]], rows: Collection[str]
) -> Mapping[str, NearMiss]:
    """For each of the rows the case, of those on their days, in which least speaks against it; the first of several.

    A row is left out whose table is decided in none of them.
    """
    found: dict[str, NearMiss] = {}
    for case, as_of in cases:
        trace = policy.decide_valid(case.application, as_of, "full").trace
        for decision in trace["decisions"] if trace else ():
            for row, against in _against(decision, as_of):
                if row in rows and (row not in found or len(against) < len(found[row].against)):
                    found[row] = NearMiss(case.name, tuple(against))
    return found


def _against(decision: Mapping[str, Any], as_of: date) -> Iterator[tuple[str, Sequence[Text]]]:
    """The rows of a table that were not taken, and why not."""
    for row in decision.get("failed", ()):
        yield row["row"], [_unmet(condition) for condition in row["conditions"]]
    for row in decision.get("undetermined", ()):
        yield row["row"], [_open(cause) for cause in row["because"]]
    for row in decision.get("not_in_force", ()):
        yield row["row"], [Text(f"在 {as_of} 未生效", f"it is not in force on {as_of}")]
    for row in decision.get("held", ()):
        yield row["row"], [Text("它之前的行已成立", "a row before it holds")]


def _open(cause: Mapping[str, Any]) -> Text:
    zh, en, subject = cause["zh"], cause["en"], cause["subject"]
    return Text(f"`{subject}`：{zh}", f"`{subject}`: {en}") if subject else Text(zh, en)


def _unmet(condition: Mapping[str, Any]) -> Text:
    text = condition["text"]
    if "fact" not in condition:
        return Text(f"`{text}` 不成立", f"`{text}` does not hold")
    fact, value = condition["fact"], encode(condition["value"]).decode()
    given = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    return Text(f"`{fact}` 为 {given}，不满足 `{text}`", f"`{fact}` is {given}, not `{text}`")


_At = tuple[str | int, ...]
_Found = tuple[_At, Mapping[str, Any]]


def _differences(expected: Any, given: Any, at: _At) -> Iterator[_Found]:
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        for key in [*expected, *(name for name in given if name not in expected)]:
            inner = (*at, key)
            if key not in given:
                yield inner, {"stored": expected[key]}
            elif key not in expected:
                yield inner, {"replayed": given[key]}
            else:
                yield from _differences(expected[key], given[key], inner)
    elif isinstance(expected, list) and isinstance(given, list):
        missing, unexpected = _without(expected, given), _without(given, expected)
        if missing or unexpected:
            yield at, {"stored": expected, "replayed": given, "missing": missing, "unexpected": unexpected}
    elif next(differences(expected, given), None) is not None:
        yield at, {"stored": expected, "replayed": given}


def _without(items: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """The items that the others lack, each as often as it is lacking."""
    left = Counter(map(_same, others))
    found = []
    for item in items:
        if left[_same(item)]:
            left[_same(item)] -= 1
        else:
            found.append(item)
    return found


def _same(value: Any) -> bytes:
    """The same bytes for values that are equal: numbers by their value, lists by their items in any order."""
    return canonical(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_plain(item) for item in value), key=canonical)
    return value if isinstance(value, str | bool) or value is None else value.normalize() + 0


def _with_rows(found: _Found, ruleset: Ruleset, held: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    at, told = found
    return {"pointer": pointer(*at), **told, "rows": list(_rows_behind(at, ruleset, held))}


def _held(trace: Mapping[str, Any] | None, ruleset: Ruleset) -> Mapping[str, Sequence[str]]:
    """The rows that held and were not passed over, by decision."""
    found: dict[str, dict[str, None]] = {}
    for decision in trace["decisions"] if trace else ():
        name = decision["decision"]
        table = ruleset.decisions.get(name)
        rows = found.setdefault(name, {})
        rows.update(dict.fromkeys(_taken(decision, table.logic if table is not None else None)))
    return {name: tuple(rows) for name, rows in found.items()}


def _taken(decision: Mapping[str, Any], logic: object) -> Sequence[str]:
    """The rows that held; of a table with `first` the one that says the result, none after one that cannot be told."""
    held, open_ = ([row["row"] for row in decision.get(of, ())] for of in ("held", "undetermined"))
    if not isinstance(logic, Table) or logic.hit is not Hit.FIRST:
        return held
    passed = () if logic.undetermined is OnUndetermined.IGNORE else open_
    first = next((row.id for row in logic.rows if row.id in held or row.id in passed), None)
    return [first] if first is not None and first in held else []


def _rows_behind(at: _At, ruleset: Ruleset, held: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The rows that held in the tables nearest to a member of the outcome: those its value was taken from."""
    decision = ruleset.decisions.get(ruleset.answer.outcome)
    if decision is None:
        return
    asserting = {
        name: each.name
        for each in ruleset.decisions.values()
        if isinstance(each.logic, Table)
        for name in each.logic.asserted
    }
    if isinstance(decision.logic, Table):
        waiting = [decision.name]
    else:
        member = _member(decision.logic.node, at)
        waiting = [*names_read(member)] if member is not None else []
    seen: set[str] = set()
    while waiting:
        name = asserting.get(waiting[0], waiting[0])
        waiting = waiting[1:]
        behind = ruleset.decisions.get(name)
        if behind is None or name in seen:
            continue
        seen.add(name)
        if isinstance(behind.logic, Table):
            yield from held.get(name, ())
        else:
            waiting.extend(names_read(behind.logic.node))


def _member(node: Node, at: _At) -> Node | None:
    """The expression of a member, as far as it is written within contexts; None where these have no such member."""
    for key in at:
        if not isinstance(node, ContextLiteral):
            break
        inner = dict(node.entries).get(str(key))
        if inner is None:
            return None
        node = inner
    return node

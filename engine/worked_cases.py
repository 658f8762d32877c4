"""Worked cases: applications decided again, compared with what is expected of their outcome. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from greenlane.engine.feel.ast import ContextLiteral, Node
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.feel.visitor import names_read
from greenlane.engine.json_text import canonical, decode, differences, encode, pointer
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset, WorkedCase
from greenlane.engine.rules.table import Table


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case: the status, the whole outcome, what differs, and the ids of the rows that held.

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
    held = _held(result.trace)
    given = {key: value for key, value in outcome.items() if key in case.expected}
    found = tuple(_with_rows(each, policy.ruleset, held) for each in _differences(case.expected, given, ()))
    return CaseResult(case.name, result.status, outcome, found, frozenset().union(*held.values()))


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


def _held(trace: Mapping[str, Any] | None) -> Mapping[str, Sequence[str]]:
    """The rows that held, by decision."""
    found: dict[str, dict[str, None]] = {}
    for decision in trace["decisions"] if trace else ():
        rows = found.setdefault(decision["decision"], {})
        rows.update(dict.fromkeys(row["row"] for row in decision.get("held", ())))
    return {name: tuple(rows) for name, rows in found.items()}


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

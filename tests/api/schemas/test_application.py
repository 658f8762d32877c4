"""The declared schema and the engine's validation, made from one vocabulary, find every fault, at its place."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.problems import FieldProblem, ProblemError, placed
from greenlane.api.schemas.application import application_schema
from greenlane.api.schemas.field_problems import body_problems
from greenlane.engine.decide.application import Validator
from greenlane.engine.rules.vocabulary import Vocabulary
from tests.api.fake_rules import FACTS, GROUPS

VOCABULARY = Vocabulary({f.name: f for f in FACTS}, GROUPS)
SCHEMA, VALIDATOR = application_schema(VOCABULARY), Validator(VOCABULARY)
GOOD: dict[str, Any] = {
    "application_id": "APP-1",
    "application_date": "2026-03-02",
    "applicant": {"uscc": "91320500XXXX00019A", "name": "企业", "employees": Decimal("280.0"), "founded": None},
    "request": {"product": "INNOV", "amount_wan": Decimal("0.00"), "documents_complete": False},
    "financials": {"current_ratio": Decimal("-1.5")},
}


def faults(body: Any) -> tuple[FieldProblem, ...]:
    """What the engine finds, which is what the schema finds."""
    found = placed(VALIDATOR.violations(body))
    by_schema = ProblemError("invalid", body_problems(SCHEMA.validate(body), SCHEMA))
    assert found == by_schema.errors
    assert VALIDATOR.count(body) == len(found) + by_schema.untold
    return found


def changed(pointer: str, value: Any) -> dict[str, Any]:
    """The good body with one field given, or left out when `value` is Ellipsis."""
    body = copy.deepcopy(GOOD)
    *path, name = pointer[1:].split("/")
    place = body
    for part in path:
        place = place[part]
    if value is ...:
        del place[name]
    else:
        place[name] = value
    return body


def test_a_good_application() -> None:
    """Optional facts may be null or missing; a whole number may be written with decimals that are zero."""
    assert faults(GOOD) == ()
    assert faults(changed("/financials", ...)) == ()
    assert faults(changed("/applicant/name", None)) == ()


CASES = """
/application_id                  | ...                  | required
/application_id                  | None                 | null
/application_id                  | 7                    | wrong_type
/application_id                  | 'a b'                | pattern
/application_id                  | 'APP-1\\n'           | control_character
/application_date                | '2026-02-30'         | no_such_date
/application_date                | '20260302'           | wrong_type
/application_date                | '2026-W10-1'         | wrong_type
/application_date                | '２026-03-02'        | wrong_type
/applicant                       | ...                  | required
/applicant                       | None                 | wrong_type
/applicant                       | []                   | wrong_type
/applicant/uscc                  | '91320500XXXX000190' | check_digit
/applicant/uscc                  | ''                   | length
/applicant/name                  | ''                   | length
/applicant/name                  | 'x' * 257            | length
/applicant/name                  | 'a\\x00b'            | control_character
/applicant/employees             | -1                   | too_small
/applicant/employees             | 1.5                  | not_whole
/applicant/employees             | '280'                | wrong_type
/applicant/employees             | True                 | wrong_type
/request/product                 | 'INOV'               | not_allowed
/request/amount_wan              | -0.01                | too_small
/request/amount_wan              | 1e18 + 1000          | too_large
/request/documents_complete      | 'true'               | wrong_type
/request/documents_complete      | 1                    | wrong_type
/financials/current_ratio        | {}                   | wrong_type
"""


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_one_fault(line: str) -> None:
    """A single mistake is found once, at its pointer, with its code."""
    pointer, value, code = (part.strip() for part in line.split("|"))
    given = eval(value)
    if isinstance(given, int | float) and not isinstance(given, bool):
        given = Decimal(str(given))
    (found,) = faults(changed(pointer, given))
    assert (found.pointer, found.violation.code) == (pointer, code)


def test_too_many_digits() -> None:
    """A number that the rules could not compute with exactly is refused, not rounded."""
    (found,) = faults(changed("/financials/current_ratio", Decimal("1." + "3" * 34)))
    assert found.violation.code == "too_precise"


def test_a_value_not_allowed_comes_with_those_that_are() -> None:
    """And with the nearest of them."""
    (found,) = faults(changed("/request/product", "INOV"))
    assert found.violation.allowed == ("INNOV", "CARBON", "MFG_UPG")
    assert found.violation.nearest == "INNOV"


@pytest.mark.parametrize(
    ("pointer", "nearest"),
    [
        ("/request/amont_wan", "amount_wan"),
        ("/aplicant", "applicant"),
        ("/current_ratio", "/financials/current_ratio"),
        ("/request/curent_ratio", "/financials/current_ratio"),
        ("/zzz", None),
        ("/_schema", None),
        ("/request/_schema", None),
    ],
)
def test_an_unknown_field_comes_with_the_nearest_known(pointer: str, nearest: str | None) -> None:
    """The nearest in the same object, else the pointer of the nearest anywhere."""
    (found,) = faults(changed(pointer, 1))
    assert (found.pointer, found.violation.code, found.violation.nearest) == (pointer, "unknown_field", nearest)


def test_a_flood_of_unknown_fields_is_answered_at_once() -> None:
    """Of a body full of unknown fields the first are told, and a name is looked for to few of them."""
    found = faults({f"amount_wan{n}": 1 for n in range(60_000)} | {"x" * 900_000: 1})
    assert len(found) == 1000
    assert sum(each.violation.nearest is not None for each in found) == 10
    assert faults({**GOOD, "x" * 900_000: 1})[0].violation.nearest is None
    assert faults(changed("/request/product", "INNOV" * 100_000))[0].violation.nearest is None


def test_pointers_are_escaped() -> None:
    """RFC 6901: `~` and `/` in names."""
    (found,) = faults({**GOOD, "a/b~c": 1})
    assert found.pointer == "/a~1b~0c"


def test_all_faults_at_once_in_order() -> None:
    """Fields in the order of the vocabulary, then unknown ones by name: the same order every time."""
    body = {"z": 1, "a": 1, "request": {"product": "X"}, "applicant": {"uscc": 1}, "application_date": None}
    assert [(f.pointer, f.violation.code) for f in faults(body)] == [
        ("/application_id", "required"),
        ("/application_date", "null"),
        ("/applicant/uscc", "wrong_type"),
        ("/request/product", "not_allowed"),
        ("/request/amount_wan", "required"),
        ("/a", "unknown_field"),
        ("/z", "unknown_field"),
    ]


@pytest.mark.parametrize("body", [None, [], "x", Decimal(1), True])
def test_a_body_that_is_no_object(body: Any) -> None:
    """The fault is at the whole body."""
    (found,) = faults(body)
    assert (found.pointer, found.violation.code) == ("", "wrong_type")


POINTERS = [line.split("|")[0].strip() for line in CASES.strip().splitlines()]
NAMES = st.sampled_from(["uscc", "amont_wan", "_schema", "applicant", "a/b~c", ""]) | st.text(max_size=4)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "INNOV", "INOV", "2026-03-02", "2026-13-02", "91320500XXXX00019A", "a\x00"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from([*POINTERS, "/new", "/request/new"]), VALUES | st.just(...)), max_size=6))
def test_both_refuse_the_same_bodies(changes: list[tuple[str, Any]]) -> None:
    """Whatever is wrong, and however much at once: the same faults, at the same pointers, in the same order."""
    body: Any = copy.deepcopy(GOOD)
    for at, value in changes:
        *path, name = at[1:].split("/")
        place = body
        for part in path:
            place = place.get(part) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[name] = value
            if value is ...:
                del place[name]
    faults(body)


@given(VALUES)
def test_both_refuse_any_other_json(body: Any) -> None:
    """A body that has nothing to do with an application is told of in the same words."""
    faults(body)

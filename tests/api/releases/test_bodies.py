"""What the document says of the bodies about releases is exactly what is accepted: no more and no less."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from marshmallow import Schema, ValidationError

from greenlane.api.days import Days, timestamp
from greenlane.api.http.exchange import json_body
from greenlane.api.releases import bodies
from greenlane.api.schemas.parameters import moment
from tests.api.small_rules import FILES

DAY = st.from_regex(r"(000[01]|2026|9999)-[01][0-9]-[0-3][0-9]", fullmatch=True)
MOMENT = st.from_regex(
    r"(000[01]|2026|9999)-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9](:[0-6][0-9]){1,2}(\.[0-9]{0,7})?"
    r"([Zz]|[+-][0-2][0-9]:?[0-6][0-9])?",
    fullmatch=True,
)
ODD: st.SearchStrategy[Any] = st.sampled_from([None, 0, True, "", [], {}, "x", ["x"]])
TEXTS = st.sampled_from(["x", "\n", "利率", "x" * 2000, "x" * 2001, "x\0", "𝔾" * 2000]) | ODD
MOMENTS = DAY | MOMENT | st.sampled_from(["0001-01-01", "9999-12-31", "9999-12-31T00:00:00-01:00"]) | ODD
PATHS = st.from_regex(
    r"[./\\a字\x1f-]{0,3}(/[.a]{0,3}){0,6}(/cases/[.a]{1,2})?\.(yaml|csv|json|txt|YAML)", fullmatch=True
)
FILE_SETS = st.dictionaries(PATHS, st.text(max_size=3) | ODD, max_size=3) | ODD

BODIES: dict[type[Schema], dict[str, st.SearchStrategy[Any]]] = {
    bodies.DraftBody: {"files": FILE_SETS, "comment": TEXTS},
    bodies.SubmitBody: {"impact": TEXTS, "comment": TEXTS},
    bodies.CommentBody: {"comment": TEXTS},
    bodies.RejectBody: {"comment": TEXTS},
    bodies.ActivateBody: {"effective_from": MOMENTS, "effective_until": MOMENTS, "dry_run": st.booleans() | ODD},
    bodies.RollbackBody: {"to": TEXTS, "effective_from": MOMENTS, "comment": TEXTS},
    bodies.SwitchBody: {"on": st.booleans() | ODD, "reason": TEXTS},
}


def _described(schema: type[Schema]) -> Draft202012Validator:
    told = json_body(schema)["content"]["application/json"]["schema"]
    return Draft202012Validator(told, format_checker=FormatChecker())


def _accepted(schema: type[Schema], body: Any) -> bool:
    try:
        schema().load(body)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("schema", BODIES, ids=lambda schema: schema.__name__)
@given(data=st.data())
def test_what_is_described_is_what_is_accepted(schema: type[Schema], data: st.DataObject) -> None:
    """Bodies near the edges of what is described, with members left out, misspelt or of another type."""
    fields = BODIES[schema] | {"coment": st.just("x")}
    body = data.draw(st.fixed_dictionaries({}, optional=fields))
    assert _accepted(schema, body) == _described(schema).is_valid(body)


OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DAYS = st.sampled_from([date.min, date(1, 1, 2), date(9999, 12, 30), date.max]) | st.dates()
REAL = DAYS.map(date.isoformat) | st.builds(
    lambda day, time, zone: datetime.combine(day, time, zone).isoformat(), DAYS, st.times(), OFFSETS
)


@given(REAL, st.sampled_from(["Asia/Shanghai", "UTC", "America/Adak", "Pacific/Kiritimati"]))
def test_what_is_accepted_has_a_place_in_utc(text: str, zone: str) -> None:
    """Days and moments up to the first and the last of all, wherever the bank is; between these all are accepted."""
    try:
        found = moment(text)
    except ValidationError:
        assert text[:10] in ("0001-01-01", "9999-12-31")
        return
    told = timestamp(found) if isinstance(found, datetime) else Days(ZoneInfo(zone)).begin(found)
    assert len(told) == len("2026-03-02T00:00:00.000000Z")


@pytest.mark.parametrize("size", [1, bodies.FILES_LIMIT, bodies.FILES_LIMIT + 1])
def test_so_many_files(size: int) -> None:
    """The limit is in the document."""
    body = {"files": {f"{n}.yaml": "" for n in range(size)}}
    assert _accepted(bodies.DraftBody, body) == _described(bodies.DraftBody).is_valid(body) == (size <= 500)


def test_real_bodies_are_described() -> None:
    """Rule files with a directory, cases, a moment with its offset, a day."""
    for schema, body in (
        (bodies.DraftBody, {"files": dict(FILES), "comment": "首版"}),
        (bodies.SubmitBody, {"impact": "12 户", "comment": "附影响分析"}),
        (bodies.ActivateBody, {"effective_from": "2026-03-02T08:00:00+08:00", "effective_until": "2026-04-01"}),
        (bodies.SwitchBody, {"on": True, "reason": "利率异常"}),
    ):
        assert _described(schema).is_valid(body)
        assert _accepted(schema, body)


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        *((None, 0), ("", 0), ("respond-async", 0), ("wait", 0), ("wait=", 0), ("wait=x", 0), ("wait=-1", 0)),
        *(("wait=1.5", 0), ("await=5", 0), ("wait=5", 5), ('Wait = "5"', 5), ("respond-async, wait=10", 10)),
        *(("wait=10; strict, foo=1", 10), ("wait=61", 60), ("wait=999999999", 60)),
    ],
)
def test_how_long_a_client_would_wait(prefer: str | None, seconds: int) -> None:
    """What is not understood is passed over, as RFC 7240 has it."""
    assert bodies.seconds_to_wait(prefer) == seconds

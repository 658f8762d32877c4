"""What is not available is said when it begins, at growing intervals, and when it ends: never for each failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from greenlane.api.ledger.outage import FIRST_PAUSE, LONGEST_PAUSE, Outage
from tests.api.conftest import Seconds


@pytest.fixture
def outage(seconds: Seconds) -> Outage:
    """Of a database."""
    return Outage("/var/greenlane.db", seconds)


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What is logged."""
    structlog.reset_defaults()
    with capture_logs() as captured:
        yield captured


def test_from_beginning_to_end(outage: Outage, seconds: Seconds, lines: list[Any]) -> None:
    """A failure every second for an hour is a line, then fewer and fewer, each with the count and the place."""
    for _ in range(3600):
        outage.failed("SQLITE_FULL")
        seconds.now += 1
    assert outage.lasts
    assert {(line["what"], line["reason"]) for line in lines} == {("/var/greenlane.db", "SQLITE_FULL")}
    assert [line["event"] for line in lines] == ["not available", *["still not available"] * (len(lines) - 1)]
    assert [line["seconds"] for line in lines] == [0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030]
    assert [line["failures"] for line in lines] == [line["seconds"] + 1 for line in lines]
    outage.worked()
    outage.worked()
    assert not outage.lasts
    assert (lines[-1]["event"], lines[-1]["failures"], lines[-1]["seconds"]) == ("available again", 3600, 3600)
    assert len(lines) == 12


def test_nothing_is_said_of_what_works(outage: Outage, lines: list[Any]) -> None:
    """However often."""
    for _ in range(10):
        outage.worked()
    assert lines == []


def test_what_comes_and_goes(outage: Outage, seconds: Seconds, lines: list[Any]) -> None:
    """Is not told anew each time, and each line that it began has one that it ended."""
    for _ in range(1000):
        outage.failed("SQLITE_FULL")
        seconds.now += 0.5
        outage.worked()
        seconds.now += 0.5
    events = [line["event"] for line in lines]
    assert events == ["not available", "available again"] * (len(events) // 2)
    assert len(events) < 20
    seconds.now += LONGEST_PAUSE + 1000
    outage.failed("SQLITE_FULL")
    seconds.now += FIRST_PAUSE
    outage.failed("SQLITE_FULL")
    assert [line["event"] for line in lines[len(events) :]] == ["not available", "still not available"]


def test_one_that_is_not_told_at_first_is_told_when_it_lasts(
    outage: Outage, seconds: Seconds, lines: list[Any]
) -> None:
    """It began soon after another had ended."""
    outage.failed("x")
    outage.worked()
    seconds.now += 1
    outage.failed("x")
    assert len(lines) == 2
    seconds.now += FIRST_PAUSE
    outage.failed("x")
    assert [line["event"] for line in lines[2:]] == ["not available"]

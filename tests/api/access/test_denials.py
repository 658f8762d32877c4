"""Refused calls reach the log: each kind at once, repetitions counted, and nothing waits for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from io import StringIO

import pytest

from greenlane.api import logs
from greenlane.api.access.denials import KINDS, WAITING, WINDOW, Denials, Refusal, source_of
from greenlane.api.access.statements import AccessStore, Denial
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.errors import StoreUnavailableError
from tests.api.access.conftest import SetClock
from tests.api.access.log_entries import events
from tests.api.conftest import Seconds

REFUSAL = Refusal("10.0.0.7", "key-1", "GET", "/v1/decisions", "forbidden")


@dataclass
class KeepingStore:
    """Keeps what is written, unless it is away or slow."""

    written: list[Denial] = field(default_factory=list)
    away: bool = False
    hold: threading.Event | None = None

    def add_denials(self, found: Sequence[Denial]) -> None:
        """As the store does."""
        if self.hold is not None:
            self.hold.wait(5)
        if self.away:
            raise StoreUnavailableError
        self.written += found


@pytest.fixture
def store() -> KeepingStore:
    """Where denials go."""
    return KeepingStore()


@pytest.fixture
def denials(store: KeepingStore, clock: SetClock, seconds: Seconds) -> Denials:
    """Denials that are written when the test says so."""
    # A thread that is there already keeps another from being started.
    return Denials(store, clock, seconds, _thread=threading.Thread())


def times(store: KeepingStore) -> list[int]:
    """How often each entry says it was refused."""
    return [denial.times for denial in store.written]


def test_the_first_is_written_at_once(denials: Denials, store: KeepingStore) -> None:
    """With who, where from, what and when."""
    denials.record(REFUSAL)
    denials.write()
    at = "2026-03-02T01:00:00.000000Z"
    assert store.written == [Denial(**asdict(REFUSAL), times=1, first_at=at, last_at=at)]


def test_repetitions_are_counted(denials: Denials, store: KeepingStore, clock: SetClock, seconds: Seconds) -> None:
    """Those of the same minute are one entry, written when the minute is over; then the next minute begins."""
    for _ in range(1000):
        denials.record(REFUSAL)
        denials.write()
        clock.forward(seconds=0.05)
    assert times(store) == [1]
    seconds.now += WINDOW
    denials.write()
    assert times(store) == [1, 999]
    assert (store.written[1].first_at, store.written[1].last_at) == (
        "2026-03-02T01:00:00.050000Z",
        "2026-03-02T01:00:49.950000Z",
    )
    denials.record(REFUSAL)
    denials.write()
    assert times(store) == [1, 999, 1]


def test_nothing_is_written_for_nothing(denials: Denials, store: KeepingStore, seconds: Seconds) -> None:
    """A window without a repetition leaves no second entry."""
    denials.record(REFUSAL)
    denials.write()
    seconds.now += WINDOW
    denials.write()
    assert times(store) == [1]


@pytest.mark.parametrize(
    "changed", [{"source": "10.0.0.8"}, {"caller": None}, {"method": "POST"}, {"route": "-"}, {"code": "x"}]
)
def test_only_equal_ones_are_counted_together(
    denials: Denials, store: KeepingStore, changed: dict[str, str | None]
) -> None:
    """Anything else is an entry of its own."""
    denials.record(REFUSAL)
    denials.record(replace(REFUSAL, **changed))
    denials.write()
    assert times(store) == [1, 1]


def test_an_attacker_cannot_fill_the_database(denials: Denials, store: KeepingStore, seconds: Seconds) -> None:
    """Whatever it varies: what is beyond the limit is one entry, and none is lost from the count."""
    for number in range(10 * KINDS):
        denials.record(replace(REFUSAL, source=f"10.0.{number // 256}.{number % 256}"))
        denials.write()
    seconds.now += WINDOW
    denials.write()
    assert len(store.written) == KINDS + 2
    assert sum(times(store)) == 10 * KINDS
    assert {d.source for d in store.written[KINDS:]} == {"many"}


def test_while_the_store_is_away(denials: Denials, store: KeepingStore, seconds: Seconds) -> None:
    """Entries wait for it, up to a limit; what was more is told in the service's log once it is back."""
    said = StringIO()
    logs.configure("info", said)
    store.away = True
    for number in range(WAITING // KINDS + 1):
        for source in range(KINDS):
            denials.record(replace(REFUSAL, source=f"10.{number}.0.{source}"))
        denials.write()
        seconds.now += WINDOW
        denials.write()
    assert said.getvalue() == ""
    store.away = False
    denials.write()
    logs.configure("info")
    (line,) = [json.loads(line) for line in said.getvalue().splitlines()]
    assert (line["event"], line["number"]) == ("denials lost while the store was away", KINDS)
    assert len(store.written) == WAITING
    assert store.written[0].source == "10.0.0.0"


@pytest.fixture
def running(store: KeepingStore, clock: SetClock) -> Iterator[Denials]:
    """Denials with their thread."""
    made = Denials(store, clock, time.monotonic)
    yield made
    made.close()


def test_refusing_does_not_wait(running: Denials, store: KeepingStore) -> None:
    """However long the store takes."""
    store.hold = threading.Event()
    begun = time.monotonic()
    for number in range(1000):
        running.record(replace(REFUSAL, source=str(number % 10)))
    assert time.monotonic() - begun < 1
    store.hold.set()


def test_written_soon_and_at_the_end(running: Denials, store: KeepingStore) -> None:
    """The thread writes the first within a moment, and on closing whatever is left."""
    running.record(REFUSAL)
    limit = time.monotonic() + 5
    while not store.written and time.monotonic() < limit:
        time.sleep(0.01)
    assert times(store) == [1]
    running.record(REFUSAL)
    running.close()
    assert times(store) == [1, 1]


@pytest.mark.parametrize(
    ("peer", "source"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_sources(peer: str | None, source: str) -> None:
    """The addresses of one IPv6 network are one source: they cost nothing."""
    assert source_of(peer) == source


def test_an_entry_of_the_log(access_store: AccessStore) -> None:
    """Under the caller where it is known, else the address it called from."""
    known = Denial(**asdict(REFUSAL), times=2, first_at="a", last_at="b")
    unknown = replace(known, caller=None)
    access_store.add_denials([known, unknown])
    assert events(access_store.ledger.database, "denied") == [("key-1", asdict(known)), ("10.0.0.7", asdict(unknown))]
    assert verify(access_store.ledger.database, []).clean

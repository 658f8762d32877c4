"""The store keeps what it is given, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from greenlane.api.decisions.records import Stored
from greenlane.api.releases.records import ReleaseSummary
from tests.api.ledger.records import RELEASE, content, read, record
from tests.api.ledger.stores import Stores, open_stores


def test_a_stored_decision_is_read_back_unchanged(store: Stores) -> None:
    """Every field comes back, Chinese text included."""
    made = record()
    (stored,) = store.decisions.add([made])
    assert stored == Stored(made.decision_id, content(made), created=True)
    found = store.decisions.decision(made.decision_id)
    assert found is not None
    assert found.content == content(made)
    clear = ("release_id", "engine", "decided_at", "as_of", "product", "tier", "route", "status", "trace_level", "path")
    assert [getattr(found.row, name) for name in clear] == [getattr(made, name) for name in clear]


def test_an_unknown_decision_is_none(store: Stores) -> None:
    """There is no decision under an id never given."""
    assert store.decisions.decision("nothing") is None


def test_the_release_is_stored_whole_once(store: Stores, database_url: str, tmp_path: Path) -> None:
    """A second start with the same release leaves the first one's time of storing."""
    later = open_stores(database_url, tmp_path, release=replace(RELEASE, stored_at="2027-01-01T00:00:00.000000Z"))
    store.ledger.ping()
    later.ledger.ping()
    later.close()
    assert store.releases.release(RELEASE.id) == RELEASE
    assert store.releases.releases() == [
        ReleaseSummary(RELEASE.id, RELEASE.sha256, RELEASE.name, RELEASE.version, RELEASE.stored_at)
    ]


def test_a_used_key_gives_the_earlier_decision(store: Stores) -> None:
    """The second decision under a key is not stored; the first one's answer comes back."""
    first, second = record(idempotency_key="k"), record(idempotency_key="k", answer=b'{"other":1}')
    store.decisions.add([first])
    earlier = Stored(first.decision_id, content(first), created=False)
    assert list(store.decisions.add([second])) == [earlier]
    assert store.decisions.decision(second.decision_id) is None
    assert store.decisions.with_keys({"k": first.request_sha256, "unused": "0"}) == {"k": earlier}


def test_a_used_key_with_another_request(store: Stores) -> None:
    """The earlier decision is not told to whoever asks for something else under its key."""
    first = record(idempotency_key="k")
    store.decisions.add([first])
    other = Stored(first.decision_id, None, created=False, same=False)
    assert list(store.decisions.add([record(idempotency_key="k", request_sha256="2" * 64)])) == [other]
    assert store.decisions.with_keys({"k": "2" * 64}) == {"k": other}


def test_one_key_twice_in_one_commit(store: Stores) -> None:
    """Of two decisions under one key in the same transaction one is stored, and both are answered with it."""
    pair = [record(idempotency_key="k"), record(idempotency_key="k")]
    stored = list(store.decisions.add(pair))
    assert [s.created for s in stored] == [True, False]
    assert {s.decision_id for s in stored} == {pair[0].decision_id}


def test_a_key_under_concurrency_is_stored_once(store: Stores, database_url: str, tmp_path: Path) -> None:
    """Two stores and many threads, one key: one decision."""
    other = open_stores(database_url, tmp_path)
    with ThreadPoolExecutor(16) as pool:
        found = list(
            pool.map(lambda n: (store, other)[n % 2].decisions.add([record(idempotency_key="k")])[0], range(32))
        )
    other.close()
    assert len({s.decision_id for s in found}) == 1
    assert sum(s.created for s in found) == 1


def test_a_faulty_decision_does_not_take_others_with_it(store: Stores) -> None:
    """When one request's data breaks a rule of the tables, only that request fails."""
    used = record()
    store.decisions.add([used])
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(store.decisions.add, [record()]) for _ in range(7)]
        faulty = pool.submit(store.decisions.add, [replace(record(), decision_id=used.decision_id)])
        assert all(w.result()[0].created for w in waiting)
        with pytest.raises(IntegrityError):
            faulty.result()


def test_search_filters_and_orders(store: Stores) -> None:
    """Newest first; every filter narrows; dates bound on both sides; paging goes on below a position."""
    made = [
        record(application_id="A", customer="one", tier="core", decided_at="2026-03-01T09:00:00.000000Z"),
        record(application_id="B", customer="one", tier="core", decided_at="2026-03-02T09:00:00.000000Z"),
        record(application_id="C", customer="two", tier="ordinary", decided_at="2026-03-03T09:00:00.000000Z"),
    ]
    for each in made:
        store.decisions.add([each])
    (newest,) = store.decisions.search({}, None, None, None, 1)
    names = {made.decision_id: made.application_id for made in made}
    for equal, since, before, below, expected in (
        ({}, None, None, None, "CBA"),
        ({"tier": "core"}, None, None, None, "BA"),
        ({"application": "B"}, None, None, None, "B"),
        ({"customer": "one"}, None, None, None, "BA"),
        ({"customer": "one", "application": "C"}, None, None, None, ""),
        ({}, "2026-03-02", "2026-03-03", None, "B"),
        ({}, None, None, newest.seq, "BA"),
    ):
        found = store.decisions.search(equal, since, before, below, 10)
        assert "".join(str(names[s.decision_id]) for s in found) == expected
        assert all(s.inputs == '{"name":"企业"}'.encode() for s in found)


def test_decisions_outlive_the_process(store: Stores, database_url: str, tmp_path: Path) -> None:
    """Another start on the same database finds what the first one stored."""
    made = record()
    store.decisions.add([made])
    store.close()
    again = open_stores(database_url, tmp_path)
    assert read(again.decisions, made.decision_id) == content(made)
    again.close()

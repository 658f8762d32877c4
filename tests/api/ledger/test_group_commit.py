"""Requests that wait together are committed together, and a failure reaches exactly those it concerns."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.group_commit import GroupCommit


def test_waiting_requests_form_one_group() -> None:
    """While the first commit runs, the others gather and are written in a single second one."""
    groups: list[list[int]] = []
    entered, release = threading.Event(), threading.Event()

    def commit(items: Sequence[int]) -> Sequence[int]:
        groups.append(list(items))
        entered.set()
        release.wait(5)
        return [i * 10 for i in items]

    writer: GroupCommit[int, int] = GroupCommit(commit, 5)
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(writer.write, [0])
        entered.wait(5)
        others = [pool.submit(writer.write, [n, -n]) for n in range(1, 9)]
        while writer._waiting.qsize() < 8:
            time.sleep(0.001)
        release.set()
        assert list(first.result()) == [0]
        assert [list(o.result()) for o in others] == [[n * 10, n * -10] for n in range(1, 9)]
    writer.close()
    assert [len(g) for g in groups] == [1, 16]


def test_an_unavailable_store_fails_all_who_wait() -> None:
    """No request is told that it was stored; the next one is served again."""
    broken = True

    def commit(items: Sequence[int]) -> Sequence[int]:
        if broken:
            raise StoreUnavailableError
        return items

    writer: GroupCommit[int, int] = GroupCommit(commit, 5)
    with pytest.raises(StoreUnavailableError):
        writer.write([1])
    broken = False
    assert list(writer.write([2])) == [2]
    writer.close()


def test_a_request_that_gave_up_is_never_written() -> None:
    """After its time limit a request still in the queue is dropped, so that a 503 means: not stored."""
    written: list[int] = []
    entered, release = threading.Event(), threading.Event()

    def commit(items: Sequence[int]) -> Sequence[int]:
        entered.set()
        release.wait(5)
        written.extend(items)
        return items

    writer: GroupCommit[int, int] = GroupCommit(commit, 0.1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(writer.write, [1])
        entered.wait(5)
        for each in (first, pool.submit(writer.write, [2])):
            with pytest.raises(StoreUnavailableError):
                each.result()
    release.set()
    writer.close()
    assert written == [1]


def test_too_many_waiting_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue has an end: beyond it requests are refused at once."""
    monkeypatch.setattr("greenlane.api.ledger.group_commit.WAITING_LIMIT", 1)
    release = threading.Event()

    def commit(items: Sequence[int]) -> Sequence[int]:
        release.wait(5)
        return items

    writer: GroupCommit[int, int] = GroupCommit(commit, 5)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(writer.write, [1])]
        time.sleep(0.05)
        waiting.append(pool.submit(writer.write, [2]))
        time.sleep(0.05)
        with pytest.raises(StoreUnavailableError):
            writer.write([3])
        release.set()
        assert [list(w.result()) for w in waiting] == [[1], [2]]
    writer.close()

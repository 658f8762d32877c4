"""Writes of requests that wait at the same moment, committed together by one thread. Knows no database."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from greenlane.api.ledger.errors import StoreUnavailableError

Item = TypeVar("Item")
Result = TypeVar("Result")

GROUP_LIMIT = 512
"""Items in one transaction, unless one request alone brings more."""

WAITING_LIMIT = 1024
"""Requests that may wait; more are refused at once."""


@dataclass(slots=True)
class _Ticket(Generic[Item, Result]):
    """One waiting request. `done` is set once `results` or `failure` is."""

    items: Sequence[Item]
    done: threading.Event = field(default_factory=threading.Event)
    abandoned: bool = False
    results: Sequence[Result] = ()
    failure: Exception | None = None


class GroupCommit(Generic[Item, Result]):
    """One thread that hands everything waiting to `commit`, which writes it in one durable transaction.

    There is no delay to gather more: while one group is being written the next one forms by itself.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Result]],
        timeout: float,
        observe: Callable[[int, float], None] = lambda _size, _seconds: None,
    ) -> None:
        self._commit = commit
        self._timeout = timeout
        self._observe = observe
        self._waiting: queue.Queue[_Ticket[Item, Result] | None] = queue.Queue(WAITING_LIMIT)
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def write(self, items: Sequence[Item]) -> Sequence[Result]:
        """The result of each item, once all are on disk.

        Raises `StoreUnavailableError` when they could not be written, or not within the time limit: an item that has
        not been handed over by then never will be.
        """
        ticket: _Ticket[Item, Result] = _Ticket(items)
        try:
            self._waiting.put_nowait(ticket)
        except queue.Full:
            raise StoreUnavailableError("too many requests wait for the store") from None
        if not ticket.done.wait(self._timeout):
            ticket.abandoned = True
            raise StoreUnavailableError("the store did not answer in time")
        if ticket.failure is not None:
            raise ticket.failure
        return ticket.results

    def close(self) -> None:
        """Writes what waits, then stops."""
        self._waiting.put(None)
        self._thread.join(self._timeout)

    def _run(self) -> None:
        running = True
        while running:
            first = self._waiting.get()
            if first is None:
                return
            group, running = self._gather(first)
            self._write_group(group)

    def _gather(self, first: _Ticket[Item, Result]) -> tuple[list[_Ticket[Item, Result]], bool]:
        group, size = [first], len(first.items)
        while size < GROUP_LIMIT:
            try:
                ticket = self._waiting.get_nowait()
            except queue.Empty:
                break
            if ticket is None:
                return group, False
            group.append(ticket)
            size += len(ticket.items)
        return group, True

    def _write_group(self, group: list[_Ticket[Item, Result]]) -> None:
        group = [t for t in group if not t.abandoned]
        items = [item for ticket in group for item in ticket.items]
        if not items:
            return
        begun = time.perf_counter()
        try:
            results = self._commit(items)
        except StoreUnavailableError as error:
            self._fail(group, error)
        except Exception as error:
            self._apart(group, error)
        else:
            self._observe(len(items), time.perf_counter() - begun)
            at = 0
            for ticket in group:
                ticket.results = results[at : at + len(ticket.items)]
                at += len(ticket.items)
                ticket.done.set()

    def _apart(self, group: list[_Ticket[Item, Result]], error: Exception) -> None:
        """A group that fails for what is in it is written one request at a time, so that only the cause fails."""
        if len(group) == 1:
            self._fail(group, error)
            return
        for ticket in group:
            self._write_group([ticket])

    @staticmethod
    def _fail(group: list[_Ticket[Item, Result]], error: Exception) -> None:
        for ticket in group:
            ticket.failure = error
            ticket.done.set()

"""Refused calls on their way to the log: counted, and written by a thread of its own. No web framework here."""

from __future__ import annotations

import ipaddress
import threading
from dataclasses import dataclass, field

from greenlane.api.access.statements import AccessStore, Denial
from greenlane.api.days import Clock, Seconds, timestamp
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.logs import logger

WINDOW = 60.0
"""Seconds in which equal refusals are counted: the first is written at once, those that follow together as one."""

PAUSE = 0.5
"""Seconds between two writes, so that what comes at the same moment is written together."""

KINDS = 100
"""Different refusals told apart in a window; what is more is counted as one, of `MANY`."""

WAITING = 2 * KINDS
"""Entries kept while the store is away."""

IPV6_NETWORK = 64
"""Bits of an IPv6 address that tell one caller from another: the rest are the caller's own to choose."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, to whom (None: to nobody known), from where."""

    source: str
    caller: str | None
    method: str
    route: str
    code: str


MANY = Refusal("many", None, "-", "-", "many")


@dataclass(slots=True)
class _Count:
    begun: float
    first_at: str
    last_at: str
    times: int = 0
    written: bool = False


@dataclass(slots=True)
class Denials:
    """Counts refusals and has them written by a thread of its own. Safe for many threads; one per process."""

    store: AccessStore
    clock: Clock
    monotonic: Seconds
    _counts: dict[Refusal, _Count] = field(default_factory=dict)
    _waiting: list[Denial] = field(default_factory=list)
    _lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _woken: threading.Event = field(default_factory=threading.Event)
    _closed: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def record(self, refusal: Refusal) -> None:
        """Notes a refusal. Never waits for the store and never fails."""
        at = timestamp(self.clock())
        with self._lock:
            if refusal not in self._counts and len(self._counts) >= KINDS:
                refusal = MANY
            count = self._counts.setdefault(refusal, _Count(self.monotonic(), at, at))
            if not count.times:
                count.first_at = at
            count.times, count.last_at = count.times + 1, at
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="denials", daemon=True)
                self._thread.start()
        if not count.written:
            self._woken.set()

    def close(self) -> None:
        """Writes what is left, then stops."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def write(self, *, everything: bool = False) -> None:
        """Writes what is due: what is new, and the counts of windows that are over, or all of them."""
        self._waiting += self._due(everything)
        if not self._waiting:
            return
        try:
            self.store.add_denials(self._waiting)
        except StoreUnavailableError:
            # That the store is away is told where it is asked, once.
            self._lost += len(self._waiting[WAITING:])
            del self._waiting[WAITING:]
        else:
            self._waiting.clear()
            if self._lost:
                logger.warning("denials lost while the store was away", number=self._lost)
            self._lost = 0

    def _due(self, everything: bool) -> list[Denial]:
        now, found = self.monotonic(), []
        with self._lock:
            for refusal, count in list(self._counts.items()):
                over = everything or now - count.begun >= WINDOW
                if count.times and (over or not count.written):
                    found.append(_denial(refusal, count))
                    count.times, count.written = 0, True
                if over:
                    del self._counts[refusal]
        return found

    def _run(self) -> None:
        while not self._closed.is_set():
            self._woken.wait(WINDOW / 4 if self._counts or self._waiting else None)
            self._woken.clear()
            self._write_guarded(everything=False)
            self._closed.wait(PAUSE)
        self._write_guarded(everything=True)

    def _write_guarded(self, *, everything: bool) -> None:
        try:
            self.write(everything=everything)
        except Exception as error:
            self._waiting.clear()
            logger.error("denials not stored", error=type(error).__name__)


def source_of(peer: str | None) -> str:
    """What tells callers of different places apart: the address, of IPv6 the network."""
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), IPV6_NETWORK), strict=False))


def _denial(refusal: Refusal, count: _Count) -> Denial:
    return Denial(
        refusal.source,
        refusal.caller,
        refusal.method,
        refusal.route,
        refusal.code,
        count.times,
        count.first_at,
        count.last_at,
    )

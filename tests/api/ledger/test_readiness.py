"""Whether the store can be written is tried once at a time, and an answer is not waited for without end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.readiness import GOOD_SECONDS, Readiness


class Store:
    """Counts how often it is tried, and answers when it is let."""

    def __init__(self) -> None:
        self.tried = 0
        self.fails = False
        self.let = threading.Event()
        self.let.set()

    def attempt(self) -> None:
        """Fails if it is to."""
        self.tried += 1
        self.let.wait(30)
        if self.fails:
            raise StoreUnavailableError("full")


def test_an_answer_is_good_for_a_while() -> None:
    """However many ask, and whatever it says."""
    store, now = Store(), [0.0]
    readiness = Readiness(store.attempt, lambda: now[0])
    for _ in range(50):
        readiness.check()
    assert store.tried == 1
    now[0], store.fails = GOOD_SECONDS, True
    for _ in range(50):
        with pytest.raises(StoreUnavailableError, match="full"):
            readiness.check()
    assert store.tried == 2
    now[0], store.fails = 2 * GOOD_SECONDS, False
    readiness.check()
    assert store.tried == 3


def test_a_store_that_does_not_answer() -> None:
    """Is not ready, and is not tried again while it is tried; the answer that comes late counts."""
    store = Store()
    store.let.clear()
    readiness = Readiness(store.attempt, wait=0.01)
    for _ in range(20):
        with pytest.raises(StoreUnavailableError, match="did not answer in time"):
            readiness.check()
    assert store.tried == 1
    store.let.set()
    Readiness(lambda: None).check()
    while True:
        try:
            readiness.check()
            break
        except StoreUnavailableError:
            continue
    assert store.tried == 1


def test_all_who_ask_at_once_share_one_attempt() -> None:
    """Each gets its answer."""
    store = Store()
    store.let.clear()
    readiness = Readiness(store.attempt, lambda: 0.0, wait=30)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(readiness.check) for _ in range(8)]
        store.let.set()
        for one in asked:
            one.result()
    assert store.tried == 1

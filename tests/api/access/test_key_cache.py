"""Finding the caller behind a secret: soon enough after every change, without reading the store each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from greenlane.api.access.key_cache import AWAY_SECONDS, KEPT, SECONDS, KeyCache
from greenlane.api.access.keys import Issued, KeyService, digest, new_secret
from greenlane.api.access.statements import AccessStore, KeyStep
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.principals import OPERATOR, Principal, Role
from tests.api.access.conftest import SetClock
from tests.api.conftest import Seconds

HOUR = timedelta(hours=1)


@dataclass
class CountingStore:
    """A store that counts how often it is asked, and may be away."""

    inner: AccessStore
    asked: int = 0
    away: bool = False

    def key_with_secret(self, sha256: str) -> KeyStep | None:
        """As the store answers."""
        self.asked += 1
        if self.away:
            raise StoreUnavailableError
        return self.inner.key_with_secret(sha256)


@pytest.fixture
def store(access_store: AccessStore) -> CountingStore:
    """The store behind the cache."""
    return CountingStore(access_store)


@pytest.fixture
def cache(store: CountingStore, clock: SetClock, seconds: Seconds) -> KeyCache:
    """A cache that knows nothing yet."""
    return KeyCache(store, clock, seconds)  # type: ignore[arg-type]


@pytest.fixture
def issued(keys: KeyService) -> Issued:
    """A key that may read in two provinces until the end of the day."""
    return keys.create(OPERATOR, "x", frozenset((Role.READ,)), frozenset(("32", "44")), date(2026, 3, 2))


def test_the_caller_behind_a_secret(cache: KeyCache, issued: Issued) -> None:
    """Its id, roles and regions are those of the key."""
    expected = Principal(issued.key.key_id, frozenset((Role.READ,)), frozenset(("32", "44")))
    assert cache.principal(issued.secret) == expected


def test_an_unknown_secret(cache: KeyCache, issued: Issued) -> None:
    """Opens nothing; nor does the hash of one that is known."""
    assert cache.principal(new_secret()) is None
    assert cache.principal(digest(issued.secret)) is None
    assert cache.principal("") is None


def test_the_store_is_asked_once_a_second(
    cache: KeyCache, store: CountingStore, seconds: Seconds, issued: Issued
) -> None:
    """However many requests come with the key, known or not."""
    for _ in range(50):
        assert cache.principal(issued.secret) is not None
        assert cache.principal("gl_unknown") is None
    assert store.asked == 2
    seconds.now += SECONDS
    cache.principal(issued.secret)
    assert store.asked == 3


def test_a_revoked_key_is_refused_within_a_second(
    cache: KeyCache, keys: KeyService, seconds: Seconds, issued: Issued
) -> None:
    """In a process that has just used it, too."""
    assert cache.principal(issued.secret) is not None
    keys.revoke(OPERATOR, issued.key.key_id)
    seconds.now += SECONDS
    assert cache.principal(issued.secret) is None


def test_an_expired_key_is_refused_at_once(cache: KeyCache, clock: SetClock, issued: Issued) -> None:
    """What is known of a key says when it ends."""
    clock.forward(hours=22, minutes=59, seconds=59)
    assert cache.principal(issued.secret) is not None
    clock.forward(seconds=1)
    assert cache.principal(issued.secret) is None


def test_rotation(cache: KeyCache, keys: KeyService, clock: SetClock, seconds: Seconds, issued: Issued) -> None:
    """Both secrets are good for the grace, then the new one; of three secrets never the oldest."""
    second = keys.rotate(OPERATOR, issued.key.key_id, HOUR)
    assert cache.principal(issued.secret) == cache.principal(second.secret) is not None
    clock.forward(minutes=60)
    assert cache.principal(issued.secret) is None
    third = keys.rotate(OPERATOR, issued.key.key_id, HOUR)
    seconds.now += SECONDS
    assert [cache.principal(i.secret) is not None for i in (issued, second, third)] == [False, True, True]
    keys.revoke(OPERATOR, issued.key.key_id)
    seconds.now += SECONDS
    assert [cache.principal(i.secret) for i in (issued, second, third)] == [None, None, None]


def test_rotation_without_grace(cache: KeyCache, keys: KeyService, seconds: Seconds, issued: Issued) -> None:
    """A secret that got out ends at once."""
    cache.principal(issued.secret)
    second = keys.rotate(OPERATOR, issued.key.key_id, timedelta(0))
    seconds.now += SECONDS
    assert cache.principal(issued.secret) is None
    assert cache.principal(second.secret) is not None


def test_while_the_store_is_away(cache: KeyCache, store: CountingStore, seconds: Seconds, issued: Issued) -> None:
    """A known caller stays known for a while, so that it can see what is wrong; the store is tried once a second."""
    assert cache.principal(issued.secret) is not None
    store.away, store.asked = True, 0
    seconds.now += SECONDS
    for _ in range(10):
        assert cache.principal(issued.secret) is not None
    assert store.asked == 1
    with pytest.raises(StoreUnavailableError):
        cache.principal(new_secret())
    seconds.now += AWAY_SECONDS
    with pytest.raises(StoreUnavailableError):
        cache.principal(issued.secret)


def test_guesses_do_not_fill_the_memory(cache: KeyCache, issued: Issued, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many secrets the last ones are kept."""
    monkeypatch.setattr("greenlane.api.access.key_cache.KEPT", 10)
    assert KEPT > 10
    for number in range(30):
        cache.principal(f"gl_{number}")
    assert len(cache._known) == 10
    assert cache.principal(issued.secret) is not None

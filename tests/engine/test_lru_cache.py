"""The values last asked for, and no more than there is room for."""

from __future__ import annotations

from greenlane.engine.lru_cache import LruCache


def test_the_least_recently_used_value_makes_room() -> None:
    """Reading a value counts as use, and so does writing it anew."""
    cache: LruCache[str, int] = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]
    cache.put("a", 4)
    cache.put("d", 5)
    assert [cache.get(key) for key in "acd"] == [4, None, 5]
    assert len(cache) == 2


def test_a_key_that_was_never_written_has_no_value() -> None:
    """It takes no room either."""
    cache: LruCache[str, int] = LruCache(1)
    assert cache.get("a") is None
    assert len(cache) == 0

"""The keys of an identity provider: read when needed, not more often than it can bear, kept while it is away."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from joserfc.jwk import OctKey, OKPKey

from greenlane.api.access.jwks import FRESH, LIMIT, PAUSE, TokenKeys, read_jwks, usable_keys
from tests.api.access.issuer import EC, ED, RSA, Provider, jwks, new_key, provider
from tests.api.conftest import Seconds


@dataclass
class Published:
    """A JWKS that a test changes, or takes away."""

    content: bytes
    asked: int = 0
    failing: Exception | None = None
    hold: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _source: str) -> bytes:
        self.asked += 1
        if self.failing is not None:
            raise self.failing
        return self.content


@pytest.fixture
def published() -> Published:
    """A provider with one key."""
    return Published(jwks(ED))


@pytest.fixture
def keys(published: Published, seconds: Seconds) -> TokenKeys:
    """The keys, none read yet."""
    return TokenKeys("", published, seconds)


def test_read_when_first_needed(keys: TokenKeys, published: Published) -> None:
    """Once, however many tokens come."""
    assert published.asked == 0
    for _ in range(10):
        found = keys.key("ed-1", "EdDSA")
        assert found is not None
        assert found.kid == "ed-1"
    assert published.asked == 1


def test_a_new_key_is_found(keys: TokenKeys, published: Published, seconds: Seconds) -> None:
    """A token that names a key not known makes us read again."""
    keys.key("ed-1", "EdDSA")
    published.content = jwks(ED, EC)
    seconds.now += PAUSE
    assert keys.key("ec-1", "ES256") is not None
    assert published.asked == 2


def test_made_up_ids_do_not_make_us_ask(keys: TokenKeys, published: Published, seconds: Seconds) -> None:
    """At most one attempt in a pause, whatever tokens say."""
    for number in range(1000):
        assert keys.key(f"made-up-{number}", "RS256") is None
        seconds.now += PAUSE / 100
    assert published.asked <= 11


def test_a_key_taken_away_is_forgotten(keys: TokenKeys, published: Published, seconds: Seconds) -> None:
    """In time, without a token that names another."""
    keys.key("ed-1", "EdDSA")
    published.content = jwks(EC)
    seconds.now += FRESH - 1
    assert keys.key("ed-1", "EdDSA") is not None
    seconds.now += 1
    assert keys.key("ed-1", "EdDSA") is None


@pytest.mark.parametrize("failure", [OSError("down"), ValueError("no JWKS"), TimeoutError()])
def test_while_the_provider_is_away(
    keys: TokenKeys, published: Published, seconds: Seconds, failure: Exception
) -> None:
    """The keys read last go on, for as long as it takes; it is asked once in a pause."""
    keys.key("ed-1", "EdDSA")
    published.failing, published.asked = failure, 0
    for _ in range(100):
        seconds.now += FRESH / 10
        assert keys.key("ed-1", "EdDSA") is not None
        assert keys.key("ec-1", "ES256") is None
    assert 90 <= published.asked <= 100


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": {}}', b"<html>", b"\xff"])
def test_what_is_no_jwks_changes_nothing(
    keys: TokenKeys, published: Published, seconds: Seconds, content: bytes
) -> None:
    """An error page in its place is as if the provider were away."""
    keys.key("ed-1", "EdDSA")
    published.content = content
    seconds.now += FRESH
    assert keys.key("ed-1", "EdDSA") is not None


def test_one_reads_the_others_go_on(keys: TokenKeys, published: Published, seconds: Seconds) -> None:
    """While a slow provider is asked again, callers with known keys do not wait."""
    keys.key("ed-1", "EdDSA")
    begun, go_on = threading.Event(), threading.Event()

    def slowly(_source: str) -> bytes:
        begun.set()
        go_on.wait(5)
        return published.content

    keys.read = slowly
    seconds.now += FRESH
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(keys.key, "ed-1", "EdDSA")
        begun.wait(5)
        assert keys.key("ed-1", "EdDSA") is not None
        assert not reading.done()
        go_on.set()
        assert reading.result() is not None


def test_the_first_keys_are_waited_for(published: Published, seconds: Seconds) -> None:
    """Many that come at once ask once, and all are served."""
    keys = TokenKeys("", published, seconds)
    start = threading.Barrier(8)

    def find(_number: int) -> bool:
        start.wait()
        return keys.key("ed-1", "EdDSA") is not None

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(find, range(8))) == [True] * 8
    assert published.asked == 1


def test_without_an_id_there_must_be_no_choice(published: Published, seconds: Seconds) -> None:
    """One key of the kind is it; of two, none."""
    published.content = jwks(ED, EC, new_key("EC", "ec-2"))
    keys = TokenKeys("", published, seconds)
    assert keys.key(None, "EdDSA") is not None
    assert keys.key(None, "ES256") is None


def test_the_kind_of_key_must_fit(published: Published, seconds: Seconds) -> None:
    """Whatever algorithm a token names, the key of that id is used as what it is."""
    published.content = jwks(RSA)
    keys = TokenKeys("", published, seconds)
    assert keys.key("rsa-1", "RS256") is not None
    assert keys.key("rsa-1", "ES256") is None


def test_keys_that_may_not_sign_are_passed_over() -> None:
    """Secrets, keys for encrypting, short keys, and what is no key at all."""
    short = {**RSA.as_dict(private=False), "kid": "short", "n": "x" * 171}
    others = [
        OctKey.import_key("secret" * 10, {"kid": "oct"}).as_dict(private=True),
        OKPKey.generate_key("X25519", {"kid": "x", "use": "enc"}).as_dict(private=False),
        short,
        {"kty": "ML-DSA", "kid": "new"},
        {"kty": "EC", "kid": "half", "crv": "P-256"},
        {"kty": "RSA", "kid": "odd", "n": 5, "e": []},
        {"kid": "none"},
        "text",
        None,
    ]
    assert [key.kid for key in usable_keys(jwks(RSA, EC, ED, more=others))] == ["rsa-1", "ec-1", "ed-1"]


class TestReading:
    """Where the keys come from."""

    @pytest.fixture
    def state(self) -> Iterator[Provider]:
        """A provider on this machine."""
        with provider(jwks(ED)) as running:
            yield running

    def test_an_address(self, state: Provider) -> None:
        """Over HTTP."""
        assert read_jwks(state.address) == jwks(ED)

    def test_a_file(self, tmp_path: Path) -> None:
        """Beside the service, where it may not call out."""
        (tmp_path / "jwks.json").write_bytes(jwks(ED))
        assert read_jwks(str(tmp_path / "jwks.json")) == jwks(ED)
        with pytest.raises(OSError, match="absent"):
            read_jwks(str(tmp_path / "absent"))

    def test_no_redirects(self, state: Provider) -> None:
        """Whoever answers at the address may not send us on to another."""
        state.status, state.headers = 302, {"Location": state.address}
        with pytest.raises(OSError, match="302"):
            read_jwks(state.address)
        assert state.asked == 1

    def test_not_more_than_a_jwks(self, state: Provider) -> None:
        """What never ends is cut off, and then is no JWKS."""
        state.content = json.dumps({"keys": ["x" * LIMIT]}).encode()
        assert len(read_jwks(state.address)) == LIMIT

    @pytest.mark.parametrize("change", [lambda s: setattr(s, "status", 503), lambda s: setattr(s, "address", "")])
    def test_away(self, state: Provider, change: Callable[[Provider], None]) -> None:
        """An error of the provider is one for us."""
        change(state)
        with pytest.raises(OSError):
            read_jwks(state.address)

"""Tokens of an identity provider: which are taken, and for whom."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from greenlane.api.access.jwks import TokenKeys
from greenlane.api.access.tokens import LEEWAY, Tokens
from greenlane.api.app import create_app
from greenlane.api.principals import Principal, Role
from greenlane.api.wiring.services import Services
from tests.api.access.callers import bearer
from tests.api.access.conftest import SetClock
from tests.api.access.issuer import (
    AUDIENCE,
    EC,
    ED,
    ISSUER,
    NOW,
    RSA,
    Provider,
    jwks,
    new_key,
    provider,
    signed,
    usual_claims,
)
from tests.api.callers import gate_of

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
STRANGER = new_key("OKP", "ed-1")
UNKNOWN = new_key("OKP", "ed-9")


def part(value: Any) -> str:
    """A part of a token."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    text = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def unsigned(algorithm: str, signature: str = "") -> str:
    """A token without a signature that says which algorithm made none."""
    return f"{part({'alg': algorithm, 'kid': 'ed-1'})}.{signed().split('.')[1]}.{signature}"


def by_hmac(secret: bytes, key_id: str) -> str:
    """A token signed with a public key, as if that were a secret."""
    text = f"{part({'alg': 'HS256', 'kid': key_id})}.{signed().split('.')[1]}"
    return f"{text}.{part(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def raised(token: str) -> str:
    """The token with one role more, signature kept."""
    header, _, signature = token.split(".")
    return f"{header}.{part({**claims_of(token), 'roles': ['admin']})}.{signature}"


def by_hand(header: dict[str, Any], **changed: Any) -> str:
    """A token that the library would not make, with a good signature."""
    text = f"{part({'alg': 'EdDSA', 'kid': 'ed-1', **header})}.{part(usual_claims() | changed)}"
    return f"{text}.{part(ED.raw_value.sign(text.encode()))}"  # type: ignore[union-attr, call-arg]


def with_embedded_key() -> str:
    """A token that brings the key to verify it with."""
    return signed(STRANGER, {"jwk": STRANGER.as_dict(private=False), "kid": None})


@pytest.fixture(scope="module")
def usual() -> Tokens:
    """Takes the tokens of the issuer of these tests."""
    keys = TokenKeys("", lambda _source: jwks(RSA, EC, ED), time.monotonic)
    return Tokens(keys, SetClock(), ISSUER, AUDIENCE, "roles", "")


@pytest.mark.parametrize("key", [RSA, EC, ED], ids=["RS256", "ES256", "EdDSA"])
def test_a_good_token(usual: Tokens, key: Any) -> None:
    """With each of the three algorithms; the caller is the subject."""
    expected = Principal("oidc:zhang.wei", frozenset((Role.READ, Role.AUDIT)))
    assert usual.principal(signed(key)) == expected


GOOD: dict[str, Callable[[], str]] = {
    "one of several audiences": lambda: signed(aud=["other", AUDIENCE]),
    "expired within the leeway": lambda: signed(exp=NOW - LEEWAY + 1),
    "issued by a clock that is ahead": lambda: signed(iat=NOW + LEEWAY, nbf=NOW + LEEWAY),
    "without iat and nbf": lambda: signed(iat=None, nbf=None),
    "access token by RFC 9068": lambda: signed(header={"typ": "at+jwt"}),
    "access token, its type in full": lambda: signed(header={"typ": "application/at+jwt"}),
    "says that it is a token": lambda: signed(header={"typ": "JWT"}),
    "says so in small letters": lambda: signed(header={"typ": "jwt"}),
    "says so in full": lambda: signed(header={"typ": "application/jwt"}),
    "does not say": lambda: signed(header={"typ": None}),
    "thumbprint in the header": lambda: signed(header={"x5t": "abc", "x5t#S256": "def"}),
    "signed by hand": lambda: by_hand({}),
    "by the new name of the algorithm": lambda: by_hand({"alg": "Ed25519"}),
    "the only key of its kind, unnamed": lambda: signed(header={"kid": None}),
}
BAD: dict[str, Callable[[], str]] = {
    "expired": lambda: signed(exp=NOW - LEEWAY),
    "expired long ago": lambda: signed(exp=0),
    "without an end": lambda: signed(exp=None),
    "end is no number": lambda: signed(exp="2099"),
    "end is endless": lambda: signed(exp=float("inf")),
    "not yet valid": lambda: signed(nbf=NOW + LEEWAY + 1),
    "issued in the future": lambda: signed(iat=NOW + LEEWAY + 1),
    "wrong audience": lambda: signed(aud="other"),
    "no audience": lambda: signed(aud=None),
    "empty list of audiences": lambda: signed(aud=[]),
    "audience that begins alike": lambda: signed(aud=AUDIENCE + "-test"),
    "wrong issuer": lambda: signed(iss="https://id.other.example"),
    "issuer with a stroke more": lambda: signed(iss=ISSUER + "/"),
    "issuers in a list": lambda: signed(iss=[ISSUER]),
    "no issuer": lambda: signed(iss=None),
    "no subject": lambda: signed(sub=None),
    "empty subject": lambda: signed(sub=""),
    "subject that is a number": lambda: signed(sub=7),
    "subject too long": lambda: signed(sub="x" * 256),
    "control characters in the subject": lambda: signed(sub="a\x00b"),
    "half a character in the subject": lambda: by_hand({}, sub="a\ud800"),
    "claims changed": lambda: raised(signed()),
    "signature cut off": lambda: signed().rpartition(".")[0] + ".",
    "signature of another token": lambda: ".".join([*signed().split(".")[:2], signed(sub="x").split(".")[2]]),
    "no algorithm": lambda: unsigned("none"),
    "no algorithm, in capitals": lambda: unsigned("NONE"),
    "no algorithm, signed": lambda: unsigned("none", signed().split(".")[2]),
    "hash with the public key of Ed25519": lambda: by_hmac(ED.raw_value.public_key().public_bytes_raw(), "ed-1"),  # type: ignore[union-attr]
    "hash with the public key of RSA": lambda: by_hmac(RSA.as_pem(private=False), "rsa-1"),
    "an algorithm not accepted": lambda: signed(RSA, {"alg": "RS512"}),
    "another algorithm not accepted": lambda: signed(RSA, {"alg": "PS256"}),
    "algorithm of another kind of key": lambda: signed(ED, {"kid": "ec-1"}),
    "a stranger's key under a known id": lambda: signed(STRANGER),
    "an unknown key": lambda: signed(UNKNOWN),
    "key in the token": with_embedded_key,
    "an id that is a list": lambda: by_hand({"kid": ["ed-1"]}),
    "extension that must be understood": lambda: by_hand({"crit": ["x"], "x": 1}),
    "header too long": lambda: signed(header={"x5t": "x" * 5000}),
    "claims that are a list": lambda: f"{signed().split('.')[0]}.{part([])}.{signed().split('.')[2]}",
    "notice of a logout": lambda: signed(header={"typ": "logout+jwt"}),
    "notice of a logout, its type in full": lambda: signed(header={"typ": "application/logout+jwt"}),
    "notice of a logout that does not say so": lambda: signed(
        events={"http://schemas.openid.net/event/backchannel-logout": {}}
    ),
    "security event": lambda: signed(header={"typ": "secevent+jwt"}),
    "proof of possession": lambda: signed(header={"typ": "dpop+jwt"}),
    "authorization request": lambda: signed(header={"typ": "oauth-authz-req+jwt"}),
    "answer of introspection": lambda: signed(header={"typ": "token-introspection+jwt"}),
    "type of nothing": lambda: signed(header={"typ": ""}),
    "type with more before it": lambda: signed(header={"typ": "text/jwt"}),
    "type with more after it": lambda: signed(header={"typ": "JWT "}),
    "type that is a list": lambda: by_hand({"typ": ["JWT"]}),
    "type that is nothing": lambda: by_hand({"typ": None}),
    "two parts": lambda: "a.b",
    "five parts": lambda: "a.b.c.d.e",
    "nothing": lambda: "",
    "no token": lambda: "nonsense",
    "not ASCII": lambda: "钥.匙.串",
}


@pytest.mark.parametrize("make", GOOD.values(), ids=list(GOOD))
def test_taken(usual: Tokens, make: Callable[[], str]) -> None:
    """What providers write in other ways."""
    assert usual.principal(make()) is not None


@pytest.mark.parametrize("make", BAD.values(), ids=list(BAD))
def test_refused(usual: Tokens, make: Callable[[], str]) -> None:
    """Each fails for one thing that is wrong with it, and none as an error of the service."""
    assert usual.principal(make()) is None


@pytest.fixture(scope="module")
def good() -> str:
    """One good token. (Each signature by elliptic curve is another one.)"""
    return signed(EC)


@given(st.data())
def test_no_damage_is_taken(usual: Tokens, good: str, data: st.DataObject) -> None:
    """A token with a character changed, left out or added anywhere is refused."""
    at = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.text("abcXYZ019-_.=", max_size=2))
    damaged = good[:at] + new + good[at + data.draw(st.integers(0, 1)) :]
    assert (usual.principal(damaged) is not None) is (damaged == good)


@pytest.mark.parametrize("which", range(3), ids=["header", "claims", "signature"])
def test_the_last_bits_count(usual: Tokens, good: str, which: int) -> None:
    """Of the characters that stand for the same bytes at the end of a part, the one of the standard alone is taken."""
    parts = good.split(".")
    same = [*parts[:which], parts[which][:-1] + chr(ord(parts[which][-1]) + 1), *parts[which + 1 :]]
    assert read_leniently(same[which]) == read_leniently(parts[which])
    assert usual.principal(".".join(same)) is None


def read_leniently(text: str) -> bytes:
    """What the standard library reads, which passes over bits that stand for nothing."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize(
    ("claim", "value", "roles"),
    [
        ("roles", ["read", "audit"], {Role.READ, Role.AUDIT}),
        ("roles", "decide admin", {Role.DECIDE, Role.ADMIN}),
        ("roles", ["read", "owner", 7, None, "READ"], {Role.READ}),
        ("roles", {"read": True}, set()),
        ("roles", None, set()),
        ("realm_access.roles", ["read"], {Role.READ}),
        ("https://bank.example/roles", ["read"], {Role.READ}),
    ],
)
def test_roles(usual: Tokens, claim: str, value: Any, roles: set[Role]) -> None:
    """From the claim that is set, wherever providers put it; what is no role of ours is nothing."""
    nested = {"realm_access": {"roles": value}} if claim == "realm_access.roles" else {claim: value}
    found = replace(usual, roles=claim).principal(signed(**{"roles": None, **nested}))
    assert found is not None
    assert found.roles == roles


@pytest.mark.parametrize(
    ("value", "regions"),
    [
        (["32", "44"], {"32", "44"}),
        ("32 44", {"32", "44"}),
        (["*"], None),
        ([], set()),
        (None, set()),
        (32, set()),
    ],
)
def test_regions(usual: Tokens, value: Any, regions: set[str] | None) -> None:
    """Where a claim is to name them, a token without it sees no decision; `*` is every region."""
    found = replace(usual, regions="provinces").principal(signed(provinces=value))
    assert found is not None
    assert found.regions == regions
    free = usual.principal(signed(provinces=value))
    assert free is not None
    assert free.regions is None


def test_other_curves(usual: Tokens) -> None:
    """A key of the right kind on another curve does not verify."""
    other = ECKey.generate_key("P-384", {"kid": "p384"}), OKPKey.generate_key("Ed448", {"kid": "ed448"})
    tokens = replace(usual, keys=TokenKeys("", lambda _source: jwks(*other, ED, EC), time.monotonic))
    for key, name in zip(other, ("p384", "ed448"), strict=True):
        assert tokens.principal(signed(EC if key.key_type == "EC" else ED, {"kid": name})) is None
    assert tokens.principal(signed(ED)) is not None


class TestService:
    """The whole service with a provider on this machine."""

    @pytest.fixture
    def state(self) -> Iterator[Provider]:
        """The provider."""
        with provider(jwks(ED)) as running:
            yield running

    @pytest.fixture
    def client(self, start: Callable[..., Services], state: Provider) -> Any:
        """A client of the service, which takes the provider's tokens."""
        services = start(
            access="keys", oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks=state.address, oidc_regions="provinces"
        )
        return create_app(services).test_client()

    def test_a_caller_with_a_token(self, client: Any, application: dict[str, Any]) -> None:
        """Roles and regions hold as those of keys do."""
        decider = bearer(signed(sub="channel", roles=["decide"], provinces=["32"]))
        reader = bearer(signed(roles=["read"], provinces=["32"]))
        application["applicant"]["region_code"] = "320500"
        made = client.post("/v1/decisions", json=application, headers=decider)
        assert made.status_code == 201
        assert client.get(made.headers["Location"], headers=reader).status_code == 200
        assert client.post("/v1/decisions", json=application, headers=reader).status_code == 403
        elsewhere = bearer(signed(roles=["read"], provinces=["44"]))
        assert client.get(made.headers["Location"], headers=elsewhere).status_code == 404

    def test_a_bad_token(self, client: Any) -> None:
        """401 with a challenge, whatever is wrong with it."""
        for name in ("expired long ago", "wrong audience", "wrong issuer", "claims changed", "no algorithm", "nothing"):
            response = client.get("/v1/vocabulary", headers=bearer(BAD[name]()))
            assert (response.status_code, response.get_json()["code"]) == (401, "credential_refused")
            assert response.headers["WWW-Authenticate"] == 'Bearer realm="greenlane", error="invalid_token"'

    def test_rotated_keys(self, client: Any, state: Provider) -> None:
        """A new key of the provider is taken as soon as it may be asked again."""
        assert client.get("/v1/vocabulary", headers=bearer(signed(ED))).status_code == 200
        state.content = jwks(EC)
        keys = gate_of(client.application).tokens.keys
        assert client.get("/v1/vocabulary", headers=bearer(signed(EC))).status_code == 401
        keys._tried_at -= 30
        assert client.get("/v1/vocabulary", headers=bearer(signed(EC))).status_code == 200
        assert client.get("/v1/vocabulary", headers=bearer(signed(ED))).status_code == 401

    def test_without_a_provider_no_token_is_taken(self, start: Callable[..., Services]) -> None:
        """Keys only."""
        client = create_app(start(access="keys")).test_client()
        assert client.get("/v1/vocabulary", headers=bearer(signed())).status_code == 401

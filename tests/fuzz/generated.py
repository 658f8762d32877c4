"""Inputs by number: the same input for the same target and number on every machine, but for what a service makes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from re import Match
from typing import Any
from xml.sax.saxutils import escape

from tests.api.access.issuer import signed
from tests.fuzz.archives import pack, workbook
from tests.fuzz.cursors import cursor
from tests.fuzz.damage import Damage
from tests.fuzz.requests import Requests
from tests.fuzz.seeds import SENTENCES, seeds
from tests.fuzz.sentences import FRAGMENTS, NAMES, Sentences
from tests.fuzz.service import TOKEN_KEY, document

WORDS = (*FRAGMENTS, *NAMES, "for", "some", "satisfies", "instance of", "date(", "**", "?")
FEEL = tuple(word.encode() for word in WORDS)
YAML = (
    b"decision:", b"title: {zh: x, en: x}", b"hit: collect", b"rows: |", b" | ", b"\n---\n", b"rules:", b"when",
    b"then", b"undetermined: error", b"for:", b"outputs:", b"value:", b"&a", b"*a", b"!!", b"? ", b"[", b"{", b"#",
    b"%", b"'", b"|-\n",
)  # fmt: skip
XML = (
    b"<literalExpression><text>", b"</text>", b"<decision", b"id='x'", b"typeRef='number'", b"<inputData/>", b"&lt;",
    b"<!--", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"hitPolicy='UNIQUE'", b"<requiredDecision href='#d'/>",
    b"xmlns='x'", b"<for/>",
)  # fmt: skip
_feel = re.compile(r"<text>([^<]*)</text>|typeRef=\"([^\"]*)\"|hitPolicy=\"([^\"]*)\"")
LONGEST = {"expression": 600, "cell": 600, "rulefile": 3000, "dmn": 4000, "token": 9000}


class ByChance:
    """Choices as the sentences ask for them."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def ConsumeIntInRange(self, low: int, high: int) -> int:
        """A number within bounds, both included."""
        return self._chance.randint(low, high)


def _sentence(make: Callable[[Sentences], str]) -> Callable[[Random], bytes]:
    return lambda chance: make(Sentences(ByChance(chance), depth=chance.choice((2, 3, 4)))).encode()


def _damaged(target: str, tokens: Sequence[bytes]) -> Callable[[Random], bytes]:
    def made(chance: Random) -> bytes:
        known = _seeds(target)
        return Damage(chance, tokens, known, LONGEST[target]).of(chance.choice(known))

    return made


def _model(chance: Random) -> bytes:
    """A model with the FEEL in one of its places changed for another, else damaged as a text."""
    text = chance.choice(_seeds("dmn")).decode()
    places = list(_feel.finditer(text))
    if not places or chance.random() < 0.3:
        return _damaged("dmn", XML)(chance)
    for one in sorted(chance.sample(places, min(len(places), chance.choice((1, 1, 2)))), key=Match.start, reverse=True):
        sentences = Sentences(ByChance(chance), depth=2)
        other = chance.choice((sentences.expression, sentences.cell, lambda: chance.choice(WORDS)))()
        text = text[: one.start(one.lastindex or 0)] + escape(other) + text[one.end(one.lastindex or 0) :]
    return text.encode()


@cache
def _seeds(target: str) -> Sequence[bytes]:
    return tuple(seeds(target))


def _token(chance: Random) -> bytes:
    """A token that is signed with claims of any sort, mostly changed afterwards."""
    claims = {chance.choice(("iss", "aud", "sub", "exp", "nbf", "iat", "roles", "jti")): chance.choice(CLAIMS)}
    header = {chance.choice(("kid", "typ", "alg", "crit", "jku", "jwk", "cty")): chance.choice(CLAIMS)}
    try:
        made = signed(TOKEN_KEY, header if chance.random() < 0.2 else None, **(claims if chance.random() < 0.4 else {}))
    except Exception:
        # The library refuses to sign what no provider would.
        made = signed(TOKEN_KEY)
    if chance.random() < 0.1:
        return made.encode()
    return Damage(chance, [b".", b"=", b"e30", b"eyJhbGciOiJub25lIn0"], [], LONGEST["token"]).of(made.encode())


CLAIMS: Sequence[Any] = (
    *(None, "", "x", 0, -1, 10**30, 1e300, True, [], {}, ["read"], {"a": []}),
    *("EdDSA", "none", "HS256", "logout+jwt", "\ud83d"),
)


@cache
def _requests() -> Requests:
    return Requests(document())


GENERATED: Mapping[str, Callable[[Random], bytes]] = {
    f"expression{SENTENCES}": _sentence(Sentences.expression),
    f"cell{SENTENCES}": _sentence(Sentences.cell),
    "expression": _damaged("expression", FEEL),
    "cell": _damaged("cell", FEEL),
    "rulefile": _damaged("rulefile", YAML),
    "dmn": _model,
    "request": lambda chance: _requests().one(chance),
    "token": _token,
    "cursor": cursor,
    "workbook": workbook,
    "pack": pack,
}
"""How the inputs of each target are made."""


def generated(target: str, number: int) -> bytes:
    """The input of a target with this number."""
    return GENERATED[target](Random(f"{target} {number}"))

"""What a program calls that has Greenlane as a library, as docs/library.md shows it: a dictionary or JSON in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from greenlane.engine.policy import Policy, compiler

OURS, INSIDE = "greenlane", "greenlane, inside"
DICTIONARY = "`greenlane.load(rules).decide(application, day)`"
JSON = "`json.dumps(policy.decide(json.loads(body), day).outcome, default=str).encode()`"


def unchecked(files: Mapping[str, bytes]) -> Policy:
    """What `greenlane.load` gives, but for its check, which refuses rows that earlier ones cover: random ones do."""
    return compiler(None, checked=False)(files)


def from_dictionary(policy: Policy, day: date, trace: str = "none") -> Callable[[Mapping[str, Any]], object]:
    """An application as JSON gives it to the outcome, or to the trace if one is asked for."""
    if trace == "none":
        return lambda application: policy.decide(application, day).outcome
    return lambda application: policy.decide(application, day, trace).trace


def from_json(policy: Policy, day: date) -> Callable[[bytes], bytes]:
    """JSON of an application to JSON of the outcome, numbers as strings with their own digits."""
    return lambda body: json.dumps(policy.decide(json.loads(body), day).outcome, default=str).encode()

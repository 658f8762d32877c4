"""Ranges and functions as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """`[low..high]`; an end that is None is unbounded and never included.

    `operator` is "=" or "!=" for the ranges `(= x)` and `(!= x)`, whose `low` and `high` are both x; empty otherwise.
    """

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function as a value. `call` takes as many values as there are `parameters`, in their order.

    Two of them are equal when they are the same object.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any]

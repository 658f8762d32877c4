"""The dictionary of facts: every name an application may give a value to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from greenlane.engine.source import Place
from greenlane.engine.text import Text

Scalar = Decimal | str | bool | date | None

PROTECTED = 3
"""The level of sensitivity (JR/T 0197-2020) from which a fact is the customer's own."""


class FactType(Enum):
    """The FEEL type of a fact."""

    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FactKind:
    """What values a fact, an output or a parameter may have.

    `allowed` lists the only values of a string; `minimum` and `maximum` (both inclusive) bound a number; `whole` asks
    for an integer; `pattern` is a regular expression that the whole string matches; `check` names a check digit
    (`uscc`). `unit` is one of the units of `engine.rules.unit`, or empty. `places` fixes the decimals shown.
    """

    type: FactType
    unit: str = ""
    allowed: tuple[str, ...] | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    pattern: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A named input. `path` says where it lives in the application: `("financials", "current_ratio")`.

    `absent` is the value that a missing or null fact has by policy; without it (`None`) a missing fact stays null, and
    whatever depends on it is undetermined. `required` facts make the application itself faulty when missing.
    `sensitivity` is the level of JR/T 0197-2020, 1 to 5; `personal` says that the fact is about somebody who can be
    told by it, whatever its level.
    """

    name: str
    kind: FactKind
    path: tuple[str, ...]
    title: Text
    place: Place
    required: bool = False
    absent: Scalar = None
    sensitivity: int = 1
    personal: bool = False

    @property
    def protected(self) -> bool:
        """Whether its value is masked for readers who may not see personal data."""
        return self.personal or self.sensitivity >= PROTECTED


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All facts by name, in file order, and the title of each group of the application."""

    facts: Mapping[str, Fact]
    groups: Mapping[str, Text] = field(default_factory=dict)

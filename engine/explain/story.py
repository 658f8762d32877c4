"""What was seen while deciding, decision by decision: what explanations are written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import Cause


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an explanation, in Chinese and in English.

    `decision` names the decision it belongs to, `row` the row it is about, if one; `source` is where that row, cell or
    decision is written. A `heading` opens a decision, the sentences after it are about that decision.
    """

    zh: str
    en: str
    row: str | None
    source: Place | None
    decision: str
    heading: bool = False


class Seen(Enum):
    """What became of a row."""

    HELD = "held"
    UNDETERMINED = "undetermined"
    FAILED = "failed"
    NOT_IN_FORCE = "not in force"


@dataclass(frozen=True, slots=True)
class SeenCondition:
    """A condition that kept a row from holding, in the words of the row; `fact` with its `value` if about one name."""

    text: str
    fact: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row that was looked at. `yields` maps output or asserted fact to what it yields, as far as that is known.

    `causes` says why a row is undetermined, `conditions` which conditions failed.
    """

    id: str
    seen: Seen
    yields: Mapping[str, Any]
    causes: tuple[Cause, ...] = ()
    conditions: tuple[SeenCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One decision as it was made; a function as often as it was called, each time with its `arguments`.

    `inputs` maps every name read to its value, in the order read. `rows` is in the order of the table; the rows that
    did not hold are missing when the trace left them out.
    """

    decision: str
    arguments: Mapping[str, Any]
    inputs: Mapping[str, Any]
    rows: tuple[SeenRow, ...]
    result: Any

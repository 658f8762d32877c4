"""The vocabulary: the facts an application may give, the values they may have, units of numbers. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from greenlane.engine.diagnostics import Place
from greenlane.engine.text import Text

Scalar = Decimal | str | bool | date | None

PROTECTED = 3
"""The level of sensitivity (JR/T 0197-2020) from which a fact is the customer's own."""


RECOGNISABLE_LENGTH = 4
"""Characters of a text from which on an equal text elsewhere is taken to be the same value."""

RECOGNISABLE_DIGITS = 3
"""Significant digits of a number from which on an equal number elsewhere is taken to be the same value."""


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
    (`uscc`). `unit` is one of `UNITS`, or empty.
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
    `sensitivity` is the level of JR/T 0197-2020, 1 to 5; `personal` says that the fact is about an
    identifiable person, whatever its level.
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


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is written in rule files. One of it is `factor` of the first unit of the same `measure`.

    Nothing is ever scaled by it: two units of one measure are still a mismatch. It serves messages and labels.
    """

    symbol: str
    measure: str
    factor: Decimal
    zh: str
    en: str


def _units(*rows: tuple[str, str, str, str, str]) -> Mapping[str, Unit]:
    return {symbol: Unit(symbol, measure, Decimal(factor), zh, en) for symbol, measure, factor, zh, en in rows}


UNITS: Mapping[str, Unit] = _units(
    ("元", "money", "1", "人民币元", "CNY"),
    ("万元", "money", "10000", "人民币万元", "CNY 10,000"),
    ("亿元", "money", "100000000", "人民币亿元", "CNY 100 million"),
    ("美元", "dollars", "1", "美元", "USD"),
    ("万美元", "dollars", "10000", "万美元", "USD 10,000"),
    ("%", "ratio", "1", "百分比", "percent"),
    ("bp", "ratio", "0.01", "基点", "basis points"),
    ("‰", "ratio", "0.1", "千分比", "per mille"),
    ("倍", "multiple", "1", "倍", "times"),
    ("月", "months", "1", "月", "months"),
    ("季", "months", "3", "季度", "quarters"),
    ("年", "months", "12", "年", "years"),
    ("天", "days", "1", "天", "days"),
    ("工作日", "working days", "1", "工作日", "working days"),
    ("小时", "hours", "1", "小时", "hours"),
    ("人", "people", "1", "人", "people"),
    ("户", "companies", "1", "户", "companies"),
    ("家", "companies", "1", "家", "companies"),
    ("件", "pieces", "1", "件", "pieces"),
    ("项", "items", "1", "项", "items"),
    ("个", "items", "1", "个", "items"),
    ("次", "occurrences", "1", "次", "occurrences"),
    ("笔", "transactions", "1", "笔", "transactions"),
    ("分", "points", "1", "分", "points"),
    ("吨", "mass", "1", "吨", "tonnes"),
    ("吨/年", "mass per year", "1", "吨/年", "tonnes per year"),
    ("千瓦", "power", "1", "千瓦", "kilowatts"),
    ("兆瓦", "power", "1000", "兆瓦", "megawatts"),
    ("千瓦时", "energy", "1", "千瓦时", "kilowatt hours"),
    ("平方米", "area", "1", "平方米", "square metres"),
    ("亩", "land", "1", "亩", "mu"),
)


def ratio(unit: str, other: str) -> Decimal | None:
    """How many of `other` one `unit` is, None where they do not measure the same thing or are not known."""
    one, two = UNITS.get(unit), UNITS.get(other)
    if one is None or two is None or one.measure != two.measure:
        return None
    return one.factor / two.factor


def is_recognisable(allowed: Sequence[str] | None, value: Scalar) -> bool:
    """Whether a value would be known again wherever it turns up; `allowed` are the choices of its fact."""
    if allowed is not None or isinstance(value, bool):
        return False
    if isinstance(value, Decimal):
        return len(value.normalize().as_tuple().digits) >= RECOGNISABLE_DIGITS or abs(value) >= 10**RECOGNISABLE_DIGITS
    return isinstance(value, date) or (isinstance(value, str) and len(value) >= RECOGNISABLE_LENGTH)


def always_recognisable(kind: FactKind) -> bool:
    """Whether every value that such a fact may have would be known again: dates, long numbers, credit codes."""
    if kind.type is FactType.NUMBER:
        return kind.minimum is not None and kind.minimum >= 10**RECOGNISABLE_DIGITS
    return kind.type is FactType.DATE or (kind.allowed is None and kind.check is not None)

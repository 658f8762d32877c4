"""Units of numbers, and what each of them measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


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

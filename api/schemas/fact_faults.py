"""What is wrong with the value given for a fact, judged by its kind in the vocabulary."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.api.problems import FieldFault
from greenlane.api.schemas.suggestion import suggestion
from greenlane.api.schemas.uscc import is_valid
from greenlane.engine.feel.patterns.portable import LONGEST, matches
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text

TEXT_LIMIT = LONGEST
"""Characters of a free text."""

NUMBER_LIMIT = Decimal(10) ** 18
"""The largest size of a number for which the vocabulary gives no bound of its own."""

DIGITS = 34
"""Significant digits of a number: those of the decimals that rules compute with."""

FREE_TEXT = r"^[^\u0000-\u001f\u007f]*$"
"""Texts hold no control characters."""

REQUIRED = FieldFault("required", Text("缺少必填字段", "this field is required"))
IS_NULL = FieldFault("null", Text("必填字段不得为 null", "a required field must not be null"))
NOT_OBJECT = FieldFault("wrong_type", Text("需要 JSON 对象", "an object is expected"))
UNKNOWN = FieldFault("unknown_field", Text("没有此字段", "there is no such field"))

_date = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_free_text = re.compile(FREE_TEXT)


def fault_of(kind: FactKind, value: Any) -> FieldFault | None:
    """The first thing wrong with `value`, as parsed from JSON with decimals and not null; None when it is right."""
    match kind.type:
        case FactType.NUMBER:
            return _number_fault(kind, value)
        case FactType.STRING:
            return _string_fault(kind, value)
        case FactType.BOOLEAN:
            return None if isinstance(value, bool) else _wrong_type("布尔值 true 或 false", "true or false")
        case FactType.DATE:
            return _date_fault(value)


def bounds(kind: FactKind) -> tuple[Decimal, Decimal]:
    """The least and the greatest number accepted, both inclusive."""
    low = -NUMBER_LIMIT if kind.minimum is None else kind.minimum
    return low, NUMBER_LIMIT if kind.maximum is None else kind.maximum


def _wrong_type(zh: str, en: str) -> FieldFault:
    return FieldFault("wrong_type", Text(f"需要{zh}", f"{en} is expected"))


def _number_fault(kind: FactKind, value: Any) -> FieldFault | None:
    if not isinstance(value, Decimal):
        return _wrong_type("数字", "a number")
    low, high = bounds(kind)
    if value < low:
        return FieldFault("too_small", Text(f"不得小于 {low}", f"must be at least {low}"))
    if value > high:
        return FieldFault("too_large", Text(f"不得大于 {high}", f"must be at most {high}"))
    if kind.whole and value != value.to_integral_value():
        return FieldFault("not_whole", Text("需要整数", "a whole number is expected"))
    if len(value.as_tuple().digits) > DIGITS:
        return FieldFault("too_precise", Text(f"最多 {DIGITS} 位有效数字", f"at most {DIGITS} significant digits"))
    return None


def _string_fault(kind: FactKind, value: Any) -> FieldFault | None:
    if not isinstance(value, str):
        return _wrong_type("字符串", "a string")
    if kind.allowed is not None:
        return None if value in kind.allowed else _not_allowed(kind.allowed, value)
    if not 1 <= len(value) <= TEXT_LIMIT:
        return FieldFault(
            "length", Text(f"长度须为 1 至 {TEXT_LIMIT} 个字符", f"1 to {TEXT_LIMIT} characters are expected")
        )
    if not _free_text.fullmatch(value):
        return FieldFault("control_character", Text("不得含控制字符", "control characters are not accepted"))
    if kind.pattern is not None and not matches(kind.pattern, value):
        return FieldFault("pattern", Text(f"不符合格式 {kind.pattern}", f"does not match the pattern {kind.pattern}"))
    if kind.check == "uscc" and not is_valid(value):
        zh, en = "统一社会信用代码校验位不正确", "not a unified social credit code with a valid check character"
        return FieldFault("check_digit", Text(zh, en))
    return None


def _not_allowed(allowed: tuple[str, ...], value: str) -> FieldFault:
    detail = Text("不是允许的取值，见 allowed", "not one of the values in `allowed`")
    return FieldFault("not_allowed", detail, allowed=allowed, nearest=suggestion(value, allowed))


def _date_fault(value: Any) -> FieldFault | None:
    if isinstance(value, str) and _date.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            return FieldFault("no_such_date", Text("没有这一天", "there is no such day"))
        return None
    return _wrong_type("日期字符串 YYYY-MM-DD", "a date text YYYY-MM-DD")

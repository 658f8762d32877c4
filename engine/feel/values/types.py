"""Which FEEL type a value has."""

from __future__ import annotations

import datetime
from decimal import Decimal

from greenlane.engine.feel.values.date import FarDate
from greenlane.engine.feel.values.duration import DaysTime, YearsMonths
from greenlane.engine.feel.values.indexed import IndexedRows
from greenlane.engine.feel.values.range import FeelFunction, Range
from greenlane.engine.feel.values.time import DateTime, Time

_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    datetime.date: "date",
    FarDate: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    list: "list",
    tuple: "list",
    IndexedRows: "list",
    dict: "context",
    Range: "range",
    FeelFunction: "function",
}


def type_name(value: object) -> str:
    """The name of the value's FEEL type as rule files write it; "unknown" for anything else, such as a float."""
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    return "context" if isinstance(value, dict) else "unknown"


# How messages in Chinese name the types.
ZH = {
    "null": "空值",
    "boolean": "布尔值",
    "number": "数字",
    "string": "字符串",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "years and months duration": "年月时长",
    "days and time duration": "日时时长",
    "list": "列表",
    "context": "上下文",
    "range": "区间",
    "function": "函数",
    "unknown": "未知类型",
}

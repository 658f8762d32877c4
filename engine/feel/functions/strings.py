"""Functions on strings (DMN 10.3.4.3), but for those with regular expressions. Positions count code points from 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter
from greenlane.engine.feel.values.number import whole
from greenlane.engine.feel.values.text import TEXT_LIMIT
from greenlane.engine.feel.values.types import ZH, type_name

_TEXT = ("string",)
_STRING = Parameter("string", _TEXT)
_MATCH = Parameter("match", _TEXT)


def substring(string: str, start: Decimal, length: Decimal | None) -> str:
    """The stretch of the string from `start` (negative: from the end), to the end or `length` code points long."""
    first = whole(start)
    if first == 0 or abs(first) > len(string):
        raise FeelError("argument", "the start position is outside of the string", "起始位置超出字符串", 1)
    begin = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[begin:]
    size = whole(length)
    if size < 1:
        raise FeelError("argument", "the length must be at least 1", "长度至少为 1", 2)
    return string[begin : begin + size]


def _before(string: str, match: str) -> str:
    head, found, _ = string.partition(match) if match else ("", "", "")
    return head if found else ""


def _after(string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


def join(items: Sequence[Any], delimiter: str | None) -> str:
    """The strings one after the other; nulls are left out."""
    texts = []
    for item in items:
        if isinstance(item, str):
            texts.append(item)
        elif item is not None:
            kind = type_name(item)
            raise FeelError("type", f"cannot join a {kind}, only strings", f"只能连接字符串，不能连接{ZH[kind]}", 0)
    between = delimiter or ""
    if sum(map(len, texts)) + len(between) * len(texts) > TEXT_LIMIT:
        raise FeelError("limit", "the string is too long", "字符串过长")
    return between.join(texts)


def _one(name: str, call: Callable[[str], Any]) -> Builtin:
    return Builtin(name, (Form((_STRING,), call),))


def _two(name: str, call: Callable[[str, str], Any]) -> Builtin:
    return Builtin(name, (Form((_STRING, _MATCH), call),))


_START = Parameter("start position", ("number",))
_LENGTH = Parameter("length", ("number",), optional=True)
_DELIMITER = Parameter("delimiter", _TEXT, nullable=True, optional=True)

STRINGS: tuple[Builtin, ...] = (
    Builtin("substring", (Form((_STRING, _START, _LENGTH), substring),)),
    _one("string length", lambda string: Decimal(len(string))),
    _one("upper case", str.upper),
    _one("lower case", str.lower),
    _two("substring before", _before),
    _two("substring after", _after),
    _two("contains", lambda string, match: match in string),
    _two("starts with", str.startswith),
    _two("ends with", str.endswith),
    Builtin("string join", (Form((Parameter("list", ("list",)), _DELIMITER), join),)),
)

"""Functions on strings (DMN 10.3.4.3) and `string` (10.3.4.1). Positions count code points from 1. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Meter, Overload, whole
from greenlane.engine.feel.regex import SIZE_LIMIT, RegexMatch, RegexProgram, compile_pattern, find, find_all
from greenlane.engine.feel.values.types import TEXT_LIMIT, ZH, text_of, type_name

_ReplacementPart = str | int
_DIGITS = frozenset("0123456789")
_STEPS_OF_AN_INSTRUCTION = 10


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


def matches(meter: Meter, subject: str, pattern: str, flags: str | None) -> bool:
    """Whether the pattern matches some part of the subject."""
    return find(_program(meter, pattern, flags), subject, meter.take) is not None


def replace(meter: Meter, subject: str, pattern: str, replacement: str, flags: str | None) -> str:
    """The subject with every match replaced; `$0` to `$9` stand for what the match and its groups are."""
    program = _not_empty(meter, pattern, flags)
    literal = "q" in (flags or "")
    parts: list[_ReplacementPart] = [replacement] if literal else _parts(replacement, program.groups)
    pieces: list[str] = []
    length = at = 0
    for match in find_all(program, subject, meter.take):
        piece = subject[at : match.begin] + "".join(_filled(part, match, subject) for part in parts)
        at = match.end
        length += len(piece)
        if length > TEXT_LIMIT:
            raise FeelError("limit", "the string is too long", "字符串过长")
        pieces.append(piece)
    return "".join(pieces) + subject[at:]


def split(meter: Meter, subject: str, delimiter: str) -> list[str]:
    """The pieces of the subject between the matches of the delimiter."""
    program = _not_empty(meter, delimiter, None)
    pieces, at = [], 0
    for match in find_all(program, subject, meter.take):
        pieces.append(subject[at : match.begin])
        at = match.end
    return [*pieces, subject[at:]]


def _program(meter: Meter, pattern: str, flags: str | None) -> RegexProgram:
    """The program of a pattern, paid for once for each decision, whether it has been compiled before or not."""
    key = pattern, flags or ""
    found: RegexProgram | None = meter.patterns.get(key)
    if found is not None:
        return found
    meter.take(len(pattern))
    try:
        found = compile_pattern(*key)
    except FeelError as error:
        if error.kind == "limit":
            meter.take(SIZE_LIMIT * _STEPS_OF_AN_INSTRUCTION)
        raise
    meter.take(len(found.code) * _STEPS_OF_AN_INSTRUCTION)
    meter.patterns[key] = found
    return found


def _not_empty(meter: Meter, pattern: str, flags: str | None) -> RegexProgram:
    """The program of a pattern that matches at least one character, as XPath asks where matches are cut out."""
    program = _program(meter, pattern, flags)
    if find(program, "", meter.take) is not None:
        raise FeelError("argument", "the pattern matches the empty string", "正则表达式可匹配空字符串", 1)
    return program


def _filled(part: _ReplacementPart, match: RegexMatch, subject: str) -> str:
    if isinstance(part, str):
        return part
    span = match.spans[part] if part < len(match.spans) else None
    return subject[slice(*span)] if span else ""


def _parts(replacement: str, groups: int) -> list[_ReplacementPart]:
    """The replacement cut into text and group numbers."""
    parts: list[_ReplacementPart] = []
    at = 0
    while at < len(replacement):
        char, following = replacement[at], replacement[at + 1 : at + 2]
        at += 2
        if char == "\\" and following in ("\\", "$"):
            parts.append(following)
        elif char == "$" and following and following in "0123456789":
            number = int(following)
            while replacement[at : at + 1] in _DIGITS and number * 10 + int(replacement[at]) <= groups:
                number = number * 10 + int(replacement[at])
                at += 1
            parts.append(number)
        elif char in "\\$":
            en, zh = f"`{char}` needs `\\` before it in a replacement", f"替换文本中 `{char}` 前需要 `\\`"
            raise FeelError("argument", en, zh, 2)
        else:
            parts.append(char)
            at -= 1
    return parts


def _one(name: str, call: Callable[[str], Any]) -> Builtin:
    return Builtin(name, (Overload((_STRING,), call),))


def _two(name: str, call: Callable[[str, str], Any]) -> Builtin:
    return Builtin(name, (Overload((_STRING, _MATCH), call),))


_TEXT = ("string",)
_STRING = FormalParameter("string", _TEXT)
_MATCH = FormalParameter("match", _TEXT)
_START = FormalParameter("start position", ("number",))
_LENGTH = FormalParameter("length", ("number",), optional=True)
_DELIMITER = FormalParameter("delimiter", _TEXT, nullable=True, optional=True)
_INPUT, _PATTERN = FormalParameter("input", _TEXT), FormalParameter("pattern", _TEXT)
_FLAGS = FormalParameter("flags", _TEXT, nullable=True, optional=True)

STRINGS: tuple[Builtin, ...] = (
    Builtin("string", (Overload((FormalParameter("from"),), lambda value: None if value is None else text_of(value)),)),
    Builtin("substring", (Overload((_STRING, _START, _LENGTH), substring),)),
    _one("string length", lambda string: Decimal(len(string))),
    _one("upper case", str.upper),
    _one("lower case", str.lower),
    _two("substring before", _before),
    _two("substring after", _after),
    _two("contains", lambda string, match: match in string),
    _two("starts with", str.startswith),
    _two("ends with", str.endswith),
    Builtin("string join", (Overload((FormalParameter("list", ("list",)), _DELIMITER), join),)),
    Builtin("matches", (Overload((_INPUT, _PATTERN, _FLAGS), matches),), metered=True),
    Builtin(
        "replace",
        (Overload((_INPUT, _PATTERN, FormalParameter("replacement", _TEXT), _FLAGS), replace),),
        metered=True,
    ),
    Builtin(
        "split",
        (Overload((FormalParameter("string", _TEXT), FormalParameter("delimiter", _TEXT)), split),),
        makes=3,
        metered=True,
    ),
)

"""`matches`, `replace` and `split` (DMN 10.3.4.3): regular expressions as in XPath."""

from __future__ import annotations

from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter
from greenlane.engine.feel.patterns import Match, Program, compile_pattern, find, find_all
from greenlane.engine.feel.values.text import TEXT_LIMIT

_Part = str | int


def matches(subject: str, pattern: str, flags: str | None) -> bool:
    """Whether the pattern matches some part of the subject."""
    return find(compile_pattern(pattern, flags or ""), subject) is not None


def replace(subject: str, pattern: str, replacement: str, flags: str | None) -> str:
    """The subject with every match replaced; `$0` to `$9` stand for what the match and its groups are."""
    program = _not_empty(pattern, flags)
    literal = "q" in (flags or "")
    parts: list[_Part] = [replacement] if literal else _parts(replacement, program.groups)
    pieces: list[str] = []
    length = at = 0
    for match in find_all(program, subject):
        piece = subject[at : match.begin] + "".join(_filled(part, match, subject) for part in parts)
        at = match.end
        length += len(piece)
        if length > TEXT_LIMIT:
            raise FeelError("limit", "the string is too long", "字符串过长")
        pieces.append(piece)
    return "".join(pieces) + subject[at:]


def split(subject: str, delimiter: str) -> list[str]:
    """The pieces of the subject between the matches of the delimiter."""
    program = _not_empty(delimiter, None)
    pieces, at = [], 0
    for match in find_all(program, subject):
        pieces.append(subject[at : match.begin])
        at = match.end
    return [*pieces, subject[at:]]


def _not_empty(pattern: str, flags: str | None) -> Program:
    """The program of a pattern that matches at least one character, as XPath asks where matches are cut out."""
    program = compile_pattern(pattern, flags or "")
    if find(program, "") is not None:
        raise FeelError("argument", "the pattern matches the empty string", "正则表达式可匹配空字符串", 1)
    return program


def _filled(part: _Part, match: Match, subject: str) -> str:
    if isinstance(part, str):
        return part
    span = match.spans[part] if part < len(match.spans) else None
    return subject[slice(*span)] if span else ""


def _parts(replacement: str, groups: int) -> list[_Part]:
    """The replacement cut into text and group numbers."""
    parts: list[_Part] = []
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


_DIGITS = frozenset("0123456789")
_TEXT = ("string",)
_INPUT, _PATTERN = Parameter("input", _TEXT), Parameter("pattern", _TEXT)
_FLAGS = Parameter("flags", _TEXT, nullable=True, optional=True)

REGEX: tuple[Builtin, ...] = (
    Builtin("matches", (Form((_INPUT, _PATTERN, _FLAGS), matches),)),
    Builtin("replace", (Form((_INPUT, _PATTERN, Parameter("replacement", _TEXT), _FLAGS), replace),)),
    Builtin("split", (Form((Parameter("string", _TEXT), Parameter("delimiter", _TEXT)), split),)),
)

"""Translates the syntax errors of PyYAML's parser: what is wrong in the text, where, and what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class YamlDiagnostic:
    """`line` and `column` count from 0 within the document; `length` is how many characters are underlined."""

    code: str
    message: str
    line: int
    column: int
    length: int
    help: str


_CLOSING = {"{": "}", "[": "]"}
_QUOTE_IT = 'put the whole value in double quotes: `"…"`'
_KEY = re.compile(r"""\s*(?:- )*(?:"[^"]*"|'[^']*'|[^\s:{\[][^:]*?):(?=\s|$)""")
_NO_SPACE = re.compile(r"\s*[\w ]+:\S")


def translate(error: yaml.YAMLError, brackets: Sequence[tuple[int, int]], lines: list[str]) -> YamlDiagnostic:
    """What is wrong, by the parser's exception. `brackets` are those open at that moment as (line, column), from 0."""
    problem = getattr(error, "problem", None) or ""
    context = getattr(error, "context", None) or ""
    mark = getattr(error, "problem_mark", None)
    begin = getattr(error, "context_mark", None) or mark
    if mark is None or begin is None:
        return YamlDiagnostic("GL107", "this cannot be read as YAML", 0, 0, 1, "check quotes, brackets and indentation")
    at = (mark.line, mark.column)
    since = (begin.line, begin.column)
    if "quoted scalar" not in context and (bracket := _open_bracket(at[0], brackets, lines)):
        return bracket
    if "flow mapping" in context or "flow sequence" in context:
        return _in_brackets(lines, at, since)
    for pattern, explain in _EXPLANATIONS:
        if re.search(pattern, f"{context}: {problem}"):
            return explain(lines, at, since)
    return _fallback(lines, at, since)


def _char(lines: list[str], at: tuple[int, int]) -> str:
    line = lines[at[0]] if at[0] < len(lines) else ""
    return line[at[1]] if at[1] < len(line) else ""


def _open_bracket(last: int, brackets: Sequence[tuple[int, int]], lines: list[str]) -> YamlDiagnostic | None:
    """The bracket left open, where the text went on with further keys, or ended, before the parser stumbled."""
    if not brackets:
        return None
    line, column = brackets[0]
    between = range(line + 1, min(last + 1, len(lines)))
    went_on = any(_KEY.match(lines[n]) and _depth(lines[n]) <= _depth(lines[line]) for n in between)
    if not went_on and last < len(lines):
        return None
    line, column = max(bracket for bracket in brackets if bracket[0] == line)
    opening = lines[line][column]
    return YamlDiagnostic("GL106", f"`{opening}` is never closed", line, column, 1, f"add `{_CLOSING[opening]}`")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _shown(character: str) -> str:
    return "a backtick" if character == "`" else f"`{character}`"


def _rest(lines: list[str], at: tuple[int, int]) -> int:
    line = lines[at[0]].rstrip() if at[0] < len(lines) else ""
    return max(1, len(line) - at[1])


def _first_on_line(lines: list[str], at: tuple[int, int]) -> bool:
    return at[0] < len(lines) and not lines[at[0]][: at[1]].strip()


def _colon(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    """A `: ` where none can stand: within a plain value, under a value, or after a line without one."""
    line, column = at
    key = _KEY.match(lines[line])
    if key and key.end() - 1 < column:
        start = key.end() + len(lines[line][key.end() :]) - len(lines[line][key.end() :].lstrip())
        length = max(1, len(lines[line].rstrip()) - start)
        return YamlDiagnostic("GL107", "a value that holds `: ` needs quotes", line, start, length, _QUOTE_IT)
    if not key and _NO_SPACE.match(lines[line]):
        return _no_colon(lines, (line, 0), (line, 0))
    above = _line_above(lines, line)
    if above is not None and not _KEY.match(lines[above]):
        return _no_colon(lines, (above, 0), (above, 0))
    return _indent(lines, (line, column), since)


def _line_above(lines: list[str], line: int) -> int | None:
    for above in range(line - 1, -1, -1):
        if lines[above].strip() and not lines[above].lstrip().startswith("#"):
            return above
    return None


def _indent(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    line = lines[at[0]]
    depth = _depth(line)
    spaces = "1 space" if depth == 1 else f"{depth} spaces"
    help_ = "entries of one level begin in the same column"
    return YamlDiagnostic(
        "GL105", f"the indentation of {spaces} fits no line above", at[0], depth, len(line.strip()), help_
    )


def _no_colon(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    line = lines[since[0]]
    depth = _depth(line)
    text = line.strip()
    help_ = "write `key: value`, with a space after the colon" if ":" in text else "write `key: value`"
    return YamlDiagnostic("GL107", "this line has no key", since[0], depth, max(1, len(text)), help_)


def _in_block(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    if at[0] >= len(lines):
        return _fallback(lines, since, since)
    if _first_on_line(lines, at):
        explain = _no_colon if _NO_SPACE.match(lines[at[0]]) else _indent
        return explain(lines, at, at)
    character = _char(lines, at)
    if character in "]}":
        return YamlDiagnostic(
            "GL107", f"`{character}` closes nothing", at[0], at[1], 1, "remove it, or open the bracket"
        )
    return YamlDiagnostic(
        "GL107", "there is text after the end of the value", at[0], at[1], _rest(lines, at), _QUOTE_IT
    )


def _in_brackets(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    closing = _CLOSING.get(_char(lines, since), "]")
    character = _char(lines, at)
    if character == ":":
        return YamlDiagnostic("GL107", "a value that holds `: ` needs quotes", at[0], at[1], 1, _QUOTE_IT)
    message = f"`,` or `{closing}` is expected before `{character}`"
    return YamlDiagnostic("GL107", message, at[0], at[1], 1, "a value with such characters needs double quotes")


def _quote(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    character = _char(lines, since)
    return YamlDiagnostic(
        "GL106", "this quote is never closed", since[0], since[1], 1, f"add `{character}` at the end of the value"
    )


def _begin(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    message = f"a value cannot begin with {_shown(_char(lines, since))}"
    return YamlDiagnostic("GL107", message, since[0], since[1], 1, _QUOTE_IT)


def _escape(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    column = at[1] if _char(lines, at) == "\\" else at[1] - 1
    written = lines[at[0]][column : column + 2]
    help_ = "write `\\\\` for a backslash, or use single quotes"
    return YamlDiagnostic("GL107", f"`{written}` means nothing within double quotes", at[0], column, 2, help_)


def _dash(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    return YamlDiagnostic(
        "GL107",
        "`- ` cannot stand here",
        at[0],
        at[1],
        1,
        "begin the list on the next line, or put the value in quotes",
    )


def _content(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    message = f"a value is expected before `{_char(lines, at)}`"
    return YamlDiagnostic("GL107", message, at[0], at[1], 1, 'write the value, or `""` for an empty one')


def _fallback(lines: list[str], at: tuple[int, int], since: tuple[int, int]) -> YamlDiagnostic:
    line = min(at[0], max(0, len(lines) - 1))
    help_ = "check quotes, brackets and indentation"
    return YamlDiagnostic("GL107", "this cannot be read as YAML", line, at[1] if line == at[0] else 0, 1, help_)


_EXPLANATIONS = (
    (r"mapping values are not allowed", _colon),
    (r"quoted scalar: found unexpected", _quote),
    (r"unknown escape|expected escape", _escape),
    (r"cannot start any token|scanning a block scalar|scanning an? (alias|anchor)|(scanning|parsing) a tag", _begin),
    (r"could not find expected ':'", _no_colon),
    (r"sequence entries are not allowed", _dash),
    (r"node content", _content),
    (r"parsing a block (mapping|collection)", _in_block),
)

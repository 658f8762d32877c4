"""Reading the names of types: `list<number>`, `context<a: string>`, `function<number> -> date and time`."""

from __future__ import annotations

from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.known_names import KnownNames
from greenlane.engine.feel.reader import Reader, Stop
from greenlane.engine.feel.tokens import KEYWORDS, Kind

_LONG = KnownNames(
    (
        "date and time",
        "days and time duration",
        "years and months duration",
        "day and time duration",
        "year and month duration",
    )
)
_PLAIN_KEYWORDS = frozenset({"function", "null"})


def type_name(reader: Reader) -> TypeName:
    """Reads a type."""
    with reader.nested():
        start = reader.token.start
        name = _name(reader)
        arguments: list[TypeName] = []
        names: list[str] = []
        result = None
        if name == "function" and reader.token.text == "<>":
            reader.take()
            result = _result(reader)
        elif reader.is_symbol("<") and name in ("list", "range", "context", "function"):
            reader.take()
            while not reader.is_symbol(">"):
                if name == "context":
                    names.append(reader.new_name(":"))
                    reader.take()
                arguments.append(type_name(reader))
                if not reader.skip(","):
                    break
            reader.expect(">")
            if name == "function":
                result = _result(reader)
        return TypeName(name, tuple(arguments), tuple(names), result, reader.span_from(start))


def _result(reader: Reader) -> TypeName:
    reader.expect("->", "write the type of the result after `->`")
    return type_name(reader)


def _name(reader: Reader) -> str:
    if found := _LONG.match(reader.tokens, reader.at):
        reader.at += found[1]
        return found[0]
    if not (
        reader.token.kind is Kind.WORD and (reader.token.text not in KEYWORDS or reader.token.text in _PLAIN_KEYWORDS)
    ):
        raise Stop(reader.unexpected("write the name of a type"))
    parts = [reader.take().text]
    if parts[0] in _PLAIN_KEYWORDS:
        return parts[0]
    while True:
        if reader.token.kind is Kind.WORD and reader.token.text not in KEYWORDS:
            parts.append(f" {reader.take().text}")
        elif reader.is_symbol(".") and reader.following().kind is Kind.WORD:
            reader.take()
            parts.append(f".{reader.take().text}")
        else:
            return "".join(parts)

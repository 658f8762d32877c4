"""Types as expressions write them, `list<number>`: parsed, and which values conform to them (DMN 10.3.2.9). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlane.engine.feel.ast import TypeName
from greenlane.engine.feel.lexer import KEYWORDS, KnownNames, TokenKind
from greenlane.engine.feel.semantics import Undetermined
from greenlane.engine.feel.token_stream import TokenStream
from greenlane.engine.feel.values.times import at_midnight
from greenlane.engine.feel.values.types import Range, type_name

_KNOWN = frozenset(
    {
        "number", "string", "boolean", "date", "time", "date and time",
        "days and time duration", "years and months duration", "list", "context", "function", "range", "Any", "Null",
    }
)  # fmt: skip
_SYNONYMS: Mapping[str, str] = {
    "null": "Null",
    "day and time duration": "days and time duration",
    "year and month duration": "years and months duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "dateTime": "date and time",
    "any": "Any",
}
# Names that hold words which elsewhere are operators.
_LONG = KnownNames(name for name in (*_KNOWN, *_SYNONYMS) if " and " in name)
_PLAIN_KEYWORDS = frozenset({"function", "null"})


def parse_type(stream: TokenStream) -> TypeName:
    """Parses a type: `number`, `context<a: string>`, `function<number> -> date and time`."""
    with stream.nested():
        start = stream.token.start
        name = _parse_name(stream)
        arguments: list[TypeName] = []
        names: list[str] = []
        result = None
        if name == "function" and stream.token.text == "<>":
            stream.take()
            result = _parse_result(stream)
        elif stream.is_symbol("<") and name in ("list", "range", "context", "function"):
            stream.take()
            while not stream.is_symbol(">"):
                if name == "context":
                    names.append(stream.new_name(":"))
                    stream.take()
                arguments.append(parse_type(stream))
                if not stream.skip(","):
                    break
            stream.expect(">")
            if name == "function":
                result = _parse_result(stream)
        return TypeName(name, tuple(arguments), tuple(names), result, stream.span_from(start))


def _parse_result(stream: TokenStream) -> TypeName:
    stream.expect("->", "write the type of the result after `->`")
    return parse_type(stream)


def _parse_name(stream: TokenStream) -> str:
    if found := _LONG.match(stream.tokens, stream.at):
        stream.at += found[1]
        return found[0]
    token = stream.token
    if token.kind is not TokenKind.WORD or (token.text in KEYWORDS and token.text not in _PLAIN_KEYWORDS):
        raise stream.unexpected("write the name of a type")
    parts = [stream.take().text]
    if parts[0] in _PLAIN_KEYWORDS:
        return parts[0]
    while True:
        if stream.token.kind is TokenKind.WORD and stream.token.text not in KEYWORDS:
            parts.append(f" {stream.take().text}")
        elif stream.is_symbol(".") and stream.following().kind is TokenKind.WORD:
            stream.take()
            parts.append(f".{stream.take().text}")
        else:
            return "".join(parts)


def is_known(kind: TypeName) -> bool:
    """Whether FEEL has the type, and all types inside of it."""
    parts = (*kind.arguments, *(() if kind.result is None else (kind.result,)))
    return _name(kind) in _KNOWN and all(is_known(part) for part in parts)


def is_instance(value: Any, kind: TypeName) -> bool:
    """What `value instance of kind` says of a known type. Null is an instance of `Null` alone."""
    name = _name(kind)
    if value is None:
        return name == "Null"
    return conforms(value, kind)


def conforms(value: Any, kind: TypeName) -> bool:
    """Whether the value may stand where the type is asked for; null may anywhere."""
    name = _name(kind)
    if value is None or name == "Any":
        return True
    if type_name(value) != name:
        return False
    if name == "list":
        return all(conforms(item, inner) for inner in kind.arguments for item in value)
    if name == "context":
        wanted = zip(kind.names, kind.arguments, strict=True)
        return all(entry in value and conforms(value[entry], inner) for entry, inner in wanted)
    if name == "range":
        return _range_conforms(value, kind)
    if name == "function":
        return kind.result is None or len(value.parameters) == len(kind.arguments)
    return True


def _range_conforms(value: Range, kind: TypeName) -> bool:
    return all(conforms(end, inner) for inner in kind.arguments for end in (value.low, value.high))


def coerced(value: Any, kind: TypeName) -> tuple[bool, Any]:
    """Whether the value can stand where the type is asked for, and what it is there (10.3.2.9.4).

    A list of one item becomes the item and a value a list of itself where that fits; a date becomes midnight in UTC.
    """
    if type(value) is Undetermined or not is_known(kind) or conforms(value, kind):
        return True, value
    if isinstance(value, (list, tuple)) and len(value) == 1 and conforms(value[0], kind):
        return True, value[0]
    if conforms([value], kind):
        return True, [value]
    if _name(kind) == "date and time" and type_name(value) == "date":
        return True, at_midnight(value)
    return False, None


def _name(kind: TypeName) -> str:
    return _SYNONYMS.get(kind.name, kind.name)

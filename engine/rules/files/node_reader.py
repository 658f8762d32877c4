"""YAML nodes to values by their schema: scalars in the one way each is written, maps key by key. Pure.

A reader reports what does not fit and goes on: a value that cannot be read is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from greenlane.engine.diagnostics import DiagnosticSink, Place, nearest
from greenlane.engine.feel.regex import fullmatch
from greenlane.engine.feel.regex.portable import LONGEST
from greenlane.engine.rules.files.schema import ANY_MAP, Enumeration, KeyDependency, MapSchema, value_schema
from greenlane.engine.rules.files.yaml_tree import ListNode, MapNode, TextNode, YamlNode
from greenlane.engine.rules.vocabulary import FactKind, FactType, Scalar
from greenlane.engine.text import Text

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAX_DIGITS = 34
_MAX_LISTED_WORDS = 3
_MAX_LISTED_CHOICES = 12
_Choice = TypeVar("_Choice", bound=Enum)
_Value = TypeVar("_Value")


class ScalarError(ValueError):
    """A text that is not a value of its type. `message` and `help` are those of a diagnostic."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def parse_number(text: str) -> Decimal:
    """A decimal number without exponent or thousands separators, at most 34 digits. Raises ScalarError."""
    if not _NUMBER.fullmatch(text):
        raise ScalarError(f"`{text}` is not a number", "write digits, as in `1200` or `-0.5`")
    if sum(c.isdigit() for c in text) > _MAX_DIGITS:
        raise ScalarError("the number is too long", f"{_MAX_DIGITS} digits at most")
    return Decimal(text)


def parse_date(text: str) -> date:
    """A date written YYYY-MM-DD. Raises ScalarError."""
    if not _DATE.fullmatch(text):
        raise ScalarError(f"`{text}` is not a date", "write year, month and day, as in `2026-03-02`")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScalarError(f"there is no day `{text}`", "check the month and the day") from None


def parse_boolean(text: str) -> bool:
    """`true` or `false`. Raises ScalarError."""
    if text not in ("true", "false"):
        raise ScalarError(f"`{text}` is neither `true` nor `false`", "write `true` or `false`")
    return text == "true"


def parse_scalar(text: str, kind: FactKind) -> Scalar:
    """A value of `kind`: of its type, among its allowed values, within its bounds. Raises ScalarError."""
    match kind.type:
        case FactType.NUMBER:
            return _bounded(parse_number(text), kind)
        case FactType.DATE:
            return parse_date(text)
        case FactType.BOOLEAN:
            return parse_boolean(text)
        case FactType.STRING:
            return _allowed(text, kind)


@dataclass(frozen=True, slots=True)
class MapReader:
    """Reads a map of the given schema. `what` names it in messages, as in "fact `employees`"."""

    node: MapNode
    what: str
    sink: DiagnosticSink
    schema: MapSchema = ANY_MAP

    @property
    def place(self) -> Place:
        """Where the map begins."""
        return self.node.place

    def place_of(self, key: str) -> Place:
        """The key itself, or the map where it has none."""
        return next((e.key.place for e in self.node.entries if e.key.text == key), self.node.place)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return self.node.get(key) is not None

    def reject_unknown_keys(self) -> None:
        """Report every key that the schema has not."""
        known = self.schema.names
        for entry in self.node.entries:
            if entry.key.text not in known:
                near = nearest(entry.key.text, known)
                help_ = f"did you mean `{near}`?" if near else f"known here: {quoted(known)}"
                self.sink.error("GL115", f"{self.what} has no key `{entry.key.text}`", entry.key.place, help_)

    def report_missing(self, key: str, help: str = "") -> None:
        """Report that `key` is missing, unless lines of the document could not be read."""
        if not self.node.damaged:
            self.sink.error("GL116", f"{self.what} lacks `{key}`", self.node.place, help or self._how_to_add(key))

    def text(self, key: str) -> TextNode | None:
        """The text under `key`. None, and an error, where it is something else, empty, or required and missing."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, TextNode):
            self.sink.error("GL117", f"`{key}` takes a text", value.place, "write one value, without brackets")
            return None
        if not value.text.strip() and not value.block:
            self.sink.error("GL116", f"`{key}` has no value", self.place_of(key), "write one, or remove the key")
            return None
        return value

    def map(self, key: str) -> MapReader | None:
        """The map under `key`."""
        value = self._value(key)
        if value is None:
            return None
        if isinstance(value, MapNode):
            schema = value_schema(self.schema, key)
            return MapReader(value, f"`{key}`", self.sink, schema if isinstance(schema, MapSchema) else ANY_MAP)
        self.sink.error("GL117", f"`{key}` takes a map", self._wrong_place(key, value), "write `{key: value, …}`")
        return None

    def list(self, key: str) -> ListNode | None:
        """The list under `key`."""
        value = self._value(key)
        if value is None or isinstance(value, ListNode):
            return value
        self.sink.error("GL117", f"`{key}` takes a list", self._wrong_place(key, value), "write `[one, two]`")
        return None

    def texts(self, key: str) -> tuple[TextNode, ...] | None:
        """The list of texts under `key`, None where there is none."""
        value = self.list(key)
        if value is None:
            return None
        for item in value.items:
            if not isinstance(item, TextNode):
                self.sink.error("GL117", f"`{key}` takes a list of texts", item.place, "write `[one, two]`")
        return tuple(item for item in value.items if isinstance(item, TextNode))

    def number(self, key: str) -> Decimal | None:
        """The number under `key`."""
        return self._parse(key, parse_number)

    def day(self, key: str) -> date | None:
        """The date under `key`."""
        return self._parse(key, parse_date)

    def boolean(self, key: str) -> bool | None:
        """The boolean under `key`."""
        return self._parse(key, parse_boolean)

    def scalar(self, key: str, kind: FactKind) -> Scalar:
        """The value of `kind` under `key`."""
        return self._parse(key, lambda text: parse_scalar(text, kind))

    def choice(self, key: str, choices: type[_Choice], what: str) -> _Choice | None:
        """The member of an enumeration whose value is written under `key`; `what` names such a member in messages."""
        node = self.text(key)
        if node is None:
            return None
        by_text = {str(choice.value): choice for choice in choices}
        if node.text in by_text:
            return by_text[node.text]
        help_ = choice_help(node.text, tuple(by_text))
        self.sink.error("GL118", f"`{node.text}` is no {what}", node.place, help_)
        return None

    def labels(self) -> Text | None:
        """The keys `zh` and `en`; None where one is missing: an error alone, or where the schema requires both."""
        zh, en = self.text("zh"), self.text("en")
        return Text(zh.text, en.text) if zh and en else None

    def title(self) -> Text | None:
        """The map of labels under `title`; None where it is missing or one of its labels is."""
        reader = self.map("title")
        if reader is None:
            return None
        reader.reject_unknown_keys()
        return reader.labels()

    def period(self) -> tuple[date | None, date | None]:
        """The first and last day under `from` and `until`, in the only keys of the map; in their order or reported."""
        self.reject_unknown_keys()
        since, until = self.day("from"), self.day("until")
        check_order(since, until, self.place_of("until"), self.sink)
        return since, until

    def applies(self, dependency: KeyDependency) -> bool:
        """Whether the map has the key that the dependency is about, and none of those it leaves alone."""
        return self.has(dependency.having) and not any(map(self.has, dependency.lacking))

    def _requires(self, key: str) -> bool:
        """Whether `key` must be there: always, or as another key is."""
        known = self.schema.key(key)
        required = known is not None and known.required
        return required or any(key in rule.requires and self.applies(rule) for rule in self.schema.dependencies)

    def _value(self, key: str) -> YamlNode | None:
        value = self.node.get(key)
        if value is None and self._requires(key):
            self.report_missing(key)
        # What stood there may have been among the lines that could not be read.
        return None if self.node.damaged and isinstance(value, TextNode) and not value.text else value

    def _parse(self, key: str, parse: Callable[[str], _Value]) -> _Value | None:
        node = self.text(key)
        if node is None:
            return None
        try:
            return parse(node.text)
        except ScalarError as error:
            self.sink.error("GL118", error.message, node.place, error.help)
            return None

    def _how_to_add(self, key: str) -> str:
        """What to write where `key` is missing: its words, where they are few."""
        schema = value_schema(self.schema, key)
        words = tuple(schema.words) if isinstance(schema, Enumeration) else ()
        if len(words) == 1:
            return f"add `{key}: {words[0]}`"
        if 1 < len(words) <= _MAX_LISTED_WORDS:
            return f"say {quoted(words[:-1])} or `{words[-1]}`"
        return f"add `{key}:`"

    def _wrong_place(self, key: str, value: YamlNode) -> Place:
        """The value, or the key where the value is empty: there is nothing else to show."""
        return self.place_of(key) if isinstance(value, TextNode) and not value.text else value.place


def check_order(since: date | None, until: date | None, place: Place, sink: DiagnosticSink) -> None:
    """Report, at `place`, a last day before the first."""
    if since and until and until < since:
        message = f"it ends on `{until}`, before it begins on `{since}`"
        sink.error("GL403", message, place, "swap the dates or correct one")


def choice_help(text: str, allowed: Sequence[str]) -> str:
    """What to write instead of `text`: the nearest of the allowed values, or all of them where they are few."""
    near = nearest(text, allowed)
    if near:
        return f"did you mean `{near}`?"
    shown = quoted(allowed[:_MAX_LISTED_CHOICES])
    return f"allowed: {shown}" + (", …" if len(allowed) > _MAX_LISTED_CHOICES else "")


def quoted(names: Iterable[str]) -> str:
    """Names in backticks, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


def _bounded(value: Decimal, kind: FactKind) -> Decimal:
    if kind.whole and value != value.to_integral_value():
        raise ScalarError(f"`{value}` is not a whole number", "write it without decimals")
    if kind.minimum is not None and value < kind.minimum:
        raise ScalarError(f"`{value}` is below `{kind.minimum}`", f"the smallest value is `{kind.minimum}`")
    if kind.maximum is not None and value > kind.maximum:
        raise ScalarError(f"`{value}` is above `{kind.maximum}`", f"the greatest value is `{kind.maximum}`")
    return value


def _allowed(text: str, kind: FactKind) -> str:
    if kind.allowed is not None and text not in kind.allowed:
        raise ScalarError(f"`{text}` is not allowed here", choice_help(text, kind.allowed))
    if kind.pattern is not None and not (len(text) <= LONGEST and fullmatch(kind.pattern, text)):
        raise ScalarError(f"`{text}` does not match the pattern", f"the pattern is `{kind.pattern}`")
    return text

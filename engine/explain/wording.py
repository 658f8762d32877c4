"""Values and causes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from greenlane.engine.explain.labels import Labels, label_of
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.values import text_of
from greenlane.engine.text import Text

LONGEST_LIST = 40
LONGEST_INPUT = 160


@dataclass(frozen=True, slots=True)
class _Words:
    """What differs between the languages."""

    truth: tuple[str, str]
    missing: str
    separator: str
    more: str
    undetermined: str
    missing_fact: str


_ZH = _Words(("否", "是"), "缺失", "、", "……共{}项", "无法判定（{}）", "缺少{}")
_EN = _Words(("no", "yes"), "missing", ", ", "… {} in all", "undetermined ({})", "{} is missing")


def value_words(value: Any, labels: Labels, unit: str = "") -> Text:
    """A FEEL value: numbers with their unit, lists and contexts with the words of their items.

    A list of more than `LONGEST_LIST` items is cut and its length told.
    """
    return Text(_value(value, labels, unit, _ZH), _value(value, labels, unit, _EN))


def named_words(name: str, value: Any, labels: Labels) -> Text:
    """`流动比率 current_ratio = 2.1倍` and `Current ratio (current_ratio) = 2.1倍`."""
    label = label_of(labels, name)
    words = value_words(value, labels, label.unit)
    return Text(f"{label.zh} = {words.zh}", f"{label.en} = {words.en}")


def input_words(name: str, value: Any, labels: Labels) -> Text:
    """As `named_words`; a list or context too long to be told again is left to the decision that made it."""
    words = named_words(name, value, labels)
    if not isinstance(value, list | tuple | Mapping) or len(words.en) <= LONGEST_INPUT:
        return words
    label = label_of(labels, name)
    return Text(f"{label.zh}（见其自身的说明）", f"{label.en}, told under its own heading")


def all_named(values: Mapping[str, Any], labels: Labels) -> Text:
    """Names with their values, in order."""
    return joined([named_words(name, value, labels) for name, value in values.items()])


def causes_words(causes: Sequence[Cause], labels: Labels) -> Text:
    """Why something cannot be said: what is missing by its label, anything else by the message of its cause."""
    return Text(_causes(causes, labels, _ZH), _causes(causes, labels, _EN))


def joined(texts: Iterable[Text], zh: str = "；", en: str = "; ") -> Text:
    """Texts one after another."""
    found = list(texts)
    return Text(zh.join(text.zh for text in found), en.join(text.en for text in found))


def one_line(text: str) -> str:
    """Rule text on one line."""
    return " ".join(text.split())


def _value(value: Any, labels: Labels, unit: str, words: _Words) -> str:
    match value:
        case None:
            return words.missing
        case bool():
            return words.truth[value]
        case Decimal():
            return _number(value, unit)
        case Undetermined(causes):
            return words.undetermined.format(_causes(causes, labels, words))
        case list() | tuple():
            return _list(value, lambda item: _value(item, labels, unit, words), words)
        case Mapping():
            return "{" + ", ".join(f"{k}: {_value(v, labels, '', words)}" for k, v in value.items()) + "}"
        case _:
            return text_of(value)


def _number(value: Decimal, unit: str) -> str:
    # Units that are words stand apart from the number, signs do not.
    text = text_of(value)
    return f"{text} {unit}" if unit and unit.isascii() and unit.isalpha() else f"{text}{unit}"


def _list(items: Sequence[Any], word: Callable[[Any], str], words: _Words) -> str:
    shown = [word(item) for item in items[:LONGEST_LIST]]
    if len(items) > LONGEST_LIST:
        shown.append(words.more.format(len(items)))
    return "[" + ", ".join(shown) + "]"


def _causes(causes: Sequence[Cause], labels: Labels, words: _Words) -> str:
    return words.separator.join(_cause(cause, labels, words) for cause in causes)


def _cause(cause: Cause, labels: Labels, words: _Words) -> str:
    zh = words is _ZH
    if cause.kind == "missing" and cause.subject:
        label = label_of(labels, cause.subject)
        return words.missing_fact.format(label.zh if zh else label.en)
    return cause.message.zh if zh else cause.message.en

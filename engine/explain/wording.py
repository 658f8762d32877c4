"""Names, values, causes and sentences in words, in Chinese and in English. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.feel.json_values import told_size
from greenlane.engine.feel.values import text_of
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Output, Table
from greenlane.engine.text import Text

LONGEST_LIST = 40
LONGEST_INPUT = 160

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an explanation, in Chinese and in English.

    `decision` names the decision it belongs to, `row` the row it is about, if one; `source` is where that row, cell or
    decision is written. A `heading` opens a decision, the sentences after it are about that decision.
    """

    zh: str
    en: str
    row: str | None
    source: Place | None
    decision: str
    heading: bool = False


def as_text(sentences: Iterable[Sentence], language: Language) -> str:
    """The sentences of one language: each decision under its heading, places in brackets at the end of a line."""
    return "".join(_line(sentence, language) + "\n" for sentence in sentences)


def _line(sentence: Sentence, language: Language) -> str:
    words = sentence.zh if language == "zh" else sentence.en
    place = "" if sentence.source is None else f" [{sentence.source.path}:{sentence.source.line}]"
    return f"{words}{place}" if sentence.heading else f"  - {words}{place}"


@dataclass(frozen=True, slots=True)
class Label:
    """The title of a name, None where the rule files give none, and the unit of its values, empty for none."""

    name: str
    title: Text | None
    unit: str = ""

    @property
    def zh(self) -> str:
        """`流动比率 current_ratio`, or the bare name."""
        return self.name if self.title is None else f"{self.title.zh} {self.name}"

    @property
    def en(self) -> str:
        """`Current ratio (current_ratio)`, or the bare name."""
        return self.name if self.title is None else f"{self.title.en} ({self.name})"


Labels = Mapping[str, Label]


def labels_of(ruleset: Ruleset) -> Labels:
    """Every fact, decision, asserted fact and reference table by name."""
    labels = {name: Label(name, table.title) for name, table in ruleset.references.items()}
    for name, fact in ruleset.vocabulary.facts.items():
        labels[name] = Label(name, fact.title, fact.kind.unit)
    for decision in ruleset.decisions.values():
        labels.update(_decided(decision))
    return labels


def labels_in(labels: Labels, decision: Decision) -> Labels:
    """The labels as one decision sees them: its parameters hide facts of the same name but keep their titles."""
    own = {p.name: Label(p.name, label_of(labels, p.name).title, p.kind.unit) for p in decision.parameters}
    return {**labels, **own} if own else labels


def output_labels(table: Table) -> Labels:
    """The outputs of a table or the facts its rows assert, by name."""
    return {name: _of_output(output) for name, output in _results(table).items()}


def label_of(labels: Labels, name: str) -> Label:
    """The label of a name, of any name."""
    return labels.get(name) or Label(name, None)


def _decided(decision: Decision) -> dict[str, Label]:
    table = decision.logic
    if not isinstance(table, Table):
        return {decision.name: Label(decision.name, decision.title)}
    asserted = {name: _of_output(output) for name, output in table.asserted.items()}
    return {**asserted, decision.name: Label(decision.name, decision.title, _unit(table))}


def _unit(table: Table) -> str:
    return table.outputs[0].kind.unit if len(table.outputs) == 1 else ""


def _results(table: Table) -> Mapping[str, Output]:
    return table.asserted or {output.name: output for output in table.outputs}


def _of_output(output: Output) -> Label:
    return Label(output.name, output.title, output.kind.unit)


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
    if not isinstance(value, list | tuple | Mapping) or told_size(value) <= LONGEST_INPUT:
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

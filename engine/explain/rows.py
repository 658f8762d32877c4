"""Sentences about the rows of a table: which held and why, which could not be decided, which did not hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlane.engine.explain.steps import DecisionStep, Seen, SeenRow
from greenlane.engine.explain.wording import (
    Labels,
    Sentence,
    all_named,
    causes_words,
    joined,
    label_of,
    named_words,
    one_line,
    output_labels,
)
from greenlane.engine.feel.ast import Name, Node
from greenlane.engine.feel.visitor import walk
from greenlane.engine.rules.table import Cell, OnUndetermined, Row, Table
from greenlane.engine.text import Text

_CONSEQUENCE = {
    OnUndetermined.REFER: Text("转人工判断", "it goes to a person"),
    OnUndetermined.IGNORE: Text("按不成立处理", "taken as not holding"),
    OnUndetermined.ERROR: Text("整个决策因此无法判定", "the whole decision is undetermined"),
}


@dataclass(frozen=True, slots=True)
class TableStep:
    """A step that decided by a table."""

    step: DecisionStep
    table: Table
    labels: Labels

    @property
    def values(self) -> Mapping[str, Any]:
        """What the names were: those read, the facts that the table asserts itself, the arguments of a function."""
        step = self.step
        asserted = step.result if self.table.asserted and isinstance(step.result, Mapping) else {}
        return {**step.inputs, **asserted, **step.arguments}

    def sentence(self, text: Text, row: Row | None = None) -> Sentence:
        """A sentence about this decision, or about one of its rows."""
        return Sentence(text.zh, text.en, row.id if row else None, row.place if row else None, self.step.decision)


def row_sentences(at: TableStep) -> Iterator[Sentence]:
    """The rows that held and those undetermined, in the order of the table, then what kept the others from holding."""
    rows = {row.id: row for row in at.table.rows}
    failed: list[SeenRow] = []
    waiting: list[Text] = []
    for seen in at.step.rows:
        row = rows[seen.id]
        match seen.seen:
            case Seen.HELD:
                yield at.sentence(_held(at, row, seen), row)
            case Seen.UNDETERMINED:
                yield at.sentence(_undetermined(at, row, seen), row)
            case Seen.FAILED:
                failed.append(seen)
            case Seen.NOT_IN_FORCE:
                waiting.append(Text(row.id, row.id))
    yield from _failed(at, failed)
    if waiting:
        yield at.sentence(_list_of("当日不生效：", "not in force on the day: ", waiting))


def _held(at: TableStep, row: Row, seen: SeenRow) -> Text:
    because = joined(_reasons(at, row))
    parts = [Text(f"{row.id} 成立", f"{row.id} holds")]
    if because.zh:
        parts.append(Text(f"因为{because.zh}", f"because {because.en}"))
    if yields := _yields(at.table, seen.yields, at.labels):
        parts.append(Text(f"得出{yields.zh}", f"it yields {yields.en}"))
    return joined([*parts, *_stated(row)], "，", ", ")


def _reasons(at: TableStep, row: Row) -> Iterator[Text]:
    """Each cell of the row with what it was asked of: guard, fact columns, `when`."""
    guard = at.table.sections[row.section].guard
    if guard is not None:
        yield _asked(at, guard)
    for test in row.tests:
        value = _seen(at, test.fact)
        text = one_line(test.cell.text)
        yield Text(f"{value.zh} 符合“{text}”", f"{value.en} meets `{text}`")
    if row.when is not None:
        yield _asked(at, row.when)


def _seen(at: TableStep, fact: str) -> Text:
    """The fact with its value, or without where the trace does not tell it."""
    if fact in at.values:
        return named_words(fact, at.values[fact], at.labels)
    label = label_of(at.labels, fact)
    return Text(label.zh, label.en)


def _asked(at: TableStep, cell: Cell) -> Text:
    text = one_line(cell.text)
    read = all_named(_values_read(cell.node, at.values), at.labels)
    if not read.zh:
        return Text(f"“{text}”为真", f"`{text}` is true")
    return Text(f"“{text}”为真（{read.zh}）", f"`{text}` is true ({read.en})")


def _values_read(node: Node, values: Mapping[str, Any]) -> dict[str, Any]:
    names = dict.fromkeys(found.name for found in walk(node) if isinstance(found, Name))
    return {name: values[name] for name in names if name in values}


def _yields(table: Table, yields: Mapping[str, Any], labels: Labels) -> Text | None:
    """What the row yields, leaving out its id and code, which are told anyway, and blank outputs."""
    own = {name: label for name, label in output_labels(table).items() if label.title or name not in labels}
    told = {name: value for name, value in yields.items() if name not in ("id", "code") and value is not None}
    return all_named(told, {**labels, **own}) if told else None


def _stated(row: Row) -> list[Text]:
    """The reason code and text of the row, if it has any, and its basis."""
    stated = []
    zh = " ".join(word for word in (row.code, row.text and row.text.zh) if word)
    en = " ".join(word for word in (row.code, row.text and row.text.en) if word)
    if zh or en:
        stated.append(Text(f"理由：{zh}", f"reason: {en}"))
    if row.basis:
        stated.append(Text(f"依据：{row.basis}", f"basis: {row.basis}"))
    return stated


def _undetermined(at: TableStep, row: Row, seen: SeenRow) -> Text:
    because = causes_words(seen.causes, at.labels)
    consequence = _CONSEQUENCE[at.table.undetermined]
    what = Text(f"{row.id} 无法判定：{because.zh}", f"{row.id} cannot be decided: {because.en}")
    return joined([what, consequence, *_stated(row)], "，", ", ")


def _failed(at: TableStep, failed: Sequence[SeenRow]) -> Iterator[Sentence]:
    """Rows that did not hold, put together by the fact that their first failing condition is about."""
    groups: dict[tuple[str, str], list[SeenRow]] = {}
    for seen in failed:
        groups.setdefault(_stopped_by(seen), []).append(seen)
    for (fact, _), rows in groups.items():
        texts = [_with_condition(seen) for seen in rows]
        if not fact:
            yield at.sentence(_list_of("不成立：", "do not hold: ", texts))
            continue
        value = named_words(fact, rows[0].conditions[0].value, at.labels)
        yield at.sentence(_list_of(f"{value.zh} 不符合：", f"{value.en} does not meet: ", texts))


def _stopped_by(seen: SeenRow) -> tuple[str, str]:
    """The fact that the first failing condition is about, with its value; empty where it is about no single fact."""
    if not seen.conditions or seen.conditions[0].fact is None:
        return "", ""
    return seen.conditions[0].fact, repr(seen.conditions[0].value)


def _with_condition(seen: SeenRow) -> Text:
    if not seen.conditions:
        return Text(seen.id, seen.id)
    text = one_line(seen.conditions[0].text)
    return Text(f"{seen.id}（{text}）", f"{seen.id} (`{text}`)")


def _list_of(zh: str, en: str, texts: Sequence[Text]) -> Text:
    found = joined(texts, "、", ", ")
    return Text(zh + found.zh, en + found.en)

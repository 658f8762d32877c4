"""The story of a decision in ordered sentences: what each step is, what it read, how it came to its result. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from greenlane.engine.explain.rows import TableStep, row_sentences
from greenlane.engine.explain.steps import DecisionStep, Seen
from greenlane.engine.explain.wording import (
    Labels,
    Sentence,
    all_named,
    causes_words,
    input_words,
    joined,
    labels_in,
    labels_of,
    named_words,
    one_line,
)
from greenlane.engine.feel import Cause
from greenlane.engine.rules.ruleset import Decision, ReferenceTable, Ruleset
from greenlane.engine.rules.table import Cell, Table
from greenlane.engine.text import Text


def narrate(steps: Iterable[DecisionStep], ruleset: Ruleset, left_out: Sequence[str] = ()) -> tuple[Sentence, ...]:
    """The sentences about every step, in order, and of the decisions `left_out` that they are not told.

    What a function reads beside its arguments is the same in every call, so it is told with the first.
    """
    labels = labels_of(ruleset)
    sentences: list[Sentence] = []
    told: set[str] = set()
    for step in steps:
        decision = ruleset.decisions[step.decision]
        sentences.extend(_decision(step, decision, ruleset, labels_in(labels, decision), step.decision in told))
        told.add(step.decision)
    sentences.extend(_left_out(ruleset.decisions[name]) for name in left_out if name in ruleset.decisions)
    return tuple(sentences)


def narrate_members(members: Iterable[tuple[str, tuple[Cause, ...]]], ruleset: Ruleset) -> Iterator[Sentence]:
    """The sentences about members of the answer that cannot be told, none where there are none."""
    labels, answer, found = labels_of(ruleset), ruleset.answer, list(members)
    about, referred = answer.status or answer.outcome, answer.referred
    if found and referred is not None:
        zh, en = f"答复有无法判定之处，结论为 {referred}", f"the answer cannot be told whole, so it is {referred}"
        yield Sentence(zh, en, None, answer.place, about, heading=True)
    elif found:
        yield Sentence("答复有无法判定之处", "the answer cannot be told whole", None, answer.place, about, heading=True)
    for member, causes in found:
        because = causes_words(causes, labels)
        zh, en = f"{member} 无法判定：{because.zh}", f"{member} cannot be told: {because.en}"
        yield Sentence(zh, en, None, None, about)


def _left_out(decision: Decision) -> Sentence:
    zh, en = decision.title.zh, decision.title.en
    return Sentence(
        f"{zh}：过大，未列出", f"{en}: too large to be told", None, decision.place, decision.name, heading=True
    )


def _decision(
    step: DecisionStep, decision: Decision, ruleset: Ruleset, labels: Labels, again: bool
) -> Iterator[Sentence]:
    yield _heading(step, decision, labels)
    if isinstance(decision.logic, Cell):
        yield _formula(step, decision.logic)
    if step.inputs:
        yield (
            _about(step, Text("读取：同首次调用", "read: as in its first call"))
            if again
            else _inputs(step, ruleset, labels)
        )
    if isinstance(decision.logic, Table):
        yield from row_sentences(TableStep(step, decision.logic, labels))
        if _defaulted(step, decision.logic):
            yield _about(step, Text("没有行成立，取默认值", "no row holds, so the default is taken"))
    result = named_words(step.decision, step.result, labels)
    yield _about(step, Text(f"结果：{result.zh}", f"result: {result.en}"))


def _heading(step: DecisionStep, decision: Decision, labels: Labels) -> Sentence:
    zh, en = decision.title.zh, decision.title.en
    if step.arguments:
        arguments = all_named(step.arguments, labels)
        zh, en = f"{zh}（{arguments.zh}）", f"{en} ({arguments.en})"
    if decision.basis:
        zh, en = f"{zh}，依据：{decision.basis}", f"{en}, basis: {decision.basis}"
    return Sentence(zh, en, None, decision.place, step.decision, heading=True)


def _formula(step: DecisionStep, cell: Cell) -> Sentence:
    text = one_line(cell.text)
    return Sentence(f"公式：{text}", f"formula: {text}", None, cell.place, step.decision)


def _inputs(step: DecisionStep, ruleset: Ruleset, labels: Labels) -> Sentence:
    words = [
        _reference(ruleset.references[name]) if name in ruleset.references else input_words(name, value, labels)
        for name, value in step.inputs.items()
    ]
    read = joined(words)
    return _about(step, Text(f"读取：{read.zh}", f"read: {read.en}"))


def _reference(table: ReferenceTable) -> Text:
    """A reference table by its title and size: its rows are in the rule files."""
    rows = len(table.rows)
    title = table.title
    return Text(
        f"参考表 {title.zh} {table.name}（{rows}行）", f"reference table {title.en} ({table.name}), {rows} rows"
    )


def _defaulted(step: DecisionStep, table: Table) -> bool:
    return bool(table.default) and not any(row.seen in (Seen.HELD, Seen.UNDETERMINED) for row in step.rows)


def _about(step: DecisionStep, text: Text) -> Sentence:
    return Sentence(text.zh, text.en, None, None, step.decision)

"""What the ruleset knows about a column of a table: whether it asks or answers, its labels, unit, values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from greenlane.engine.rules.files.table_lexer import ANNOTATIONS
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Hit, Table
from greenlane.engine.rules.vocabulary import FactKind, FactType
from greenlane.engine.text import Text


class ColumnRole(Enum):
    """What a column is for."""

    CONDITION = "condition"
    OUTPUT = "output"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ColumnLabel:
    """`choices` are the values a cell may well have, none where they cannot be listed."""

    role: ColumnRole
    lines: tuple[str, ...]
    choices: tuple[str, ...]


_NOTES: Mapping[str, str] = {
    "id": "规则编号，全局唯一\nThe id of the rule, unique",
    "code": "原因代码，全局唯一\nReason code, unique",
    "zh": "中文说明\nText in Chinese",
    "en": "英文说明\nText in English",
    "basis": "依据\nWhat the rule rests on",
    "from": "生效日 2026-01-31\nFirst day in force",
    "until": "失效日 2026-12-31\nLast day in force",
    "when": "条件表达式 (FEEL)\nA condition, true or false (FEEL)",
    "then": "设定的事实，如 size: L\nThe facts that the rule sets",
}
_ONE_VALUE = (Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY)


def column_label(ruleset: Ruleset | None, decision: str, header: str) -> ColumnLabel:
    """The label of the column `header` in the table of `decision`."""
    name = header.partition(" (")[0]
    if name in ANNOTATIONS:
        return ColumnLabel(ColumnRole.NOTE, (_NOTES[name],), ())
    if name in ("when", "then"):
        return ColumnLabel(ColumnRole.CONDITION if name == "when" else ColumnRole.OUTPUT, (_NOTES[name],), ())
    if ruleset is None:
        return ColumnLabel(ColumnRole.CONDITION, (), ())
    own = ruleset.decisions.get(decision)
    outputs = own.logic.outputs if own is not None and isinstance(own.logic, Table) else ()
    for output in outputs:
        if output.name == name:
            return _label(ColumnRole.OUTPUT, output.kind, output.title)
    kind, title = _fact(ruleset, name, own)
    return _label(ColumnRole.CONDITION, kind, title)


def _fact(ruleset: Ruleset, name: str, own: Decision | None) -> tuple[FactKind | None, Text | None]:
    """Kind and title of what a condition column asks for."""
    fact = ruleset.vocabulary.facts.get(name)
    if fact is not None:
        return fact.kind, fact.title
    for parameter in own.parameters if own else ():
        if parameter.name == name:
            return parameter.kind, None
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table) and name in decision.logic.asserted:
            output = decision.logic.asserted[name]
            return output.kind, output.title
    found = ruleset.decisions.get(name)
    if found is None:
        return None, None
    table = found.logic if isinstance(found.logic, Table) else None
    single = table is not None and table.hit in _ONE_VALUE and len(table.outputs) == 1
    return table.outputs[0].kind if table and single else None, found.title


def _label(role: ColumnRole, kind: FactKind | None, title: Text | None) -> ColumnLabel:
    lines = [title.zh, title.en] if title else []
    if kind is None:
        return ColumnLabel(role, tuple(lines), ())
    if kind.unit:
        lines.append(f"单位 Unit: {kind.unit}")
    bounds = [f"≥ {kind.minimum}"] if kind.minimum is not None else []
    bounds += [f"≤ {kind.maximum}"] if kind.maximum is not None else []
    lines.append(" ".join([f"类型 Type: {kind.type.value}", *bounds]))
    if kind.allowed:
        lines.append(f"取值 Values: {', '.join(kind.allowed)}")
    choices = ("true", "false") if kind.type is FactType.BOOLEAN else kind.allowed or ()
    return ColumnLabel(role, tuple(lines), choices)

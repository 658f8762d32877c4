"""Writes the intermediate representation as rule files, with a source map from each cell to the model. Pure.

What rule files need and DMN does not have gets a value that is marked for review.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from greenlane.engine.diagnostics import Place
from greenlane.engine.feel import ast, print_node
from greenlane.engine.interop.dmn.importer.expression_layout import WIDTH, laid_out
from greenlane.engine.interop.dmn.importer.ir import (
    SYNTHETIC,
    DecisionHeader,
    IrDecision,
    TableDecision,
    TableRow,
    ValueDecision,
)
from greenlane.engine.interop.dmn.importer.lowering import LoweredModel
from greenlane.engine.interop.dmn.importer.symbols import FactSymbol
from greenlane.engine.rules.files.cell_reader import negated_span, split_items
from greenlane.engine.rules.layout.quoting import quote_expression, quote_text
from greenlane.engine.rules.table import LISTING, Hit
from greenlane.engine.rules.vocabulary import FactKind
from greenlane.engine.text import Text

MARK = "# 导入补写 set on import"
_STEP = "  "
_ANNOTATIONS = ("code", "zh", "en", "basis", "from", "until")
_OWN = ("ruleset", "vocabulary", "outcome", "inputs", "values", "functions")
_WORDS = re.compile(r"[a-z0-9]+")
_SINGLE = (Hit.UNIQUE, Hit.ANY, Hit.FIRST, Hit.PRIORITY)
_Allowed = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class MappedLine:
    """A line and its place in the model. `cells` are the places of the cells of a row, none for any other line."""

    text: str
    place: Place
    cells: tuple[Place, ...] = ()


MappedFile = list[MappedLine]


def rule_files(lowered: LoweredModel, title: str, place: Place, today: date) -> dict[str, MappedFile]:
    """The lines of every file by its path; `place` is that of lines which stand for nothing in the model."""
    kinds = _kinds(lowered)
    files: dict[str, MappedFile] = {}
    for name, decisions in lowered.groups:
        lines = files.setdefault(f"{_file_name(name, decisions)}.yaml", [])
        for decision in decisions:
            if lines:
                lines.append(MappedLine("---", decision.header.place))
            lines += _decision(decision, kinds)
    outcome, answer = _outcome(lowered, place)
    return {
        "ruleset.yaml": _ruleset(title, answer, place, today),
        "vocabulary.yaml": _vocabulary(lowered, place),
        **files,
        "outcome.yaml": outcome,
    }


def _kinds(lowered: LoweredModel) -> Mapping[str, FactKind | None]:
    """The kinds of the names that columns test, as far as rule files know them."""
    kinds: dict[str, FactKind | None] = {fact.name: fact.kind for fact in lowered.symbols.facts}
    for _, decisions in lowered.groups:
        for one in decisions:
            if isinstance(one, TableDecision) and one.hit in _SINGLE and not one.header.parameters:
                kinds[one.header.name] = one.outputs[0][1] if len(one.outputs) == 1 else None
    return kinds


def _file_name(name: str, decisions: Sequence[IrDecision]) -> str:
    """A table has a file of its own, with what it needs; inputs, values and functions share one each."""
    if any(isinstance(decision, TableDecision) for decision in decisions):
        return f"{name}_table" if name in _OWN else name
    if not name:
        return "inputs"
    return "functions" if any(map(_is_function, decisions)) else "values"


def _is_function(decision: IrDecision) -> bool:
    return bool(decision.header.parameters) or (isinstance(decision, ValueDecision) and decision.function)


def _ruleset(title: str, answer: Mapping[str, str], place: Place, today: date) -> MappedFile:
    name = "-".join(_WORDS.findall(title.lower())) or "imported"
    shown = " ".join(title.split()) or name
    entries = ", ".join(f"{key}: {value}" for key, value in answer.items())
    lines = [
        f"# 由 DMN 模型“{shown}”导入。标有“导入补写”的是 DMN 没有、导入时补上的，请逐一核对",
        f"# Imported from the DMN model {shown!r}. What is marked `set on import` DMN does not have: review each of it",
        f"ruleset: {name}",
        "language: 1",
        f"version: 1.0.0  {MARK}",
        f"owner: 待定 / to be named  {MARK}",
        f"title: {_text_pair(Text(shown, shown))}",
        f"effective: {{from: {today.isoformat()}}}  {MARK}",
        f"answer: {{{entries}}}  {MARK}",
    ]
    return [MappedLine(line, place) for line in lines]


def _vocabulary(lowered: LoweredModel, place: Place) -> MappedFile:
    lines = [MappedLine("# 事实词典：模型的输入数据 / The dictionary of facts: the input data of the model", place)]
    if lowered.symbols.groups:
        lines.append(MappedLine("groups:", place))
        lines += [MappedLine(f"  {name}: {_text_pair(title)}", place) for name, title in lowered.symbols.groups.items()]
    if not lowered.symbols.facts:
        return [*lines, MappedLine("facts: {}", place)]
    return [
        *lines,
        MappedLine("facts:", place),
        *(MappedLine(_fact(fact), fact.place) for fact in lowered.symbols.facts),
    ]


def _fact(fact: FactSymbol) -> str:
    group = [f"in: {fact.group}"] if fact.group else []
    labels = [f"zh: {quote_text(fact.title.zh, True)}", f"en: {quote_text(fact.title.en, True)}"]
    return f"  {fact.name}: {{{', '.join((*group, *_kind_entries(fact.kind), *labels))}}}"


def _outcome(lowered: LoweredModel, place: Place) -> tuple[MappedFile, Mapping[str, str]]:
    """The decisions of the answer: all of the main model, a status by whether all could be told, and no reasons."""
    names = {key: lowered.allocator.take(key) for key in ("outcome", "status", "reasons")}
    functions = {d.header.name for _, decisions in lowered.groups for d in decisions if _is_function(d)}
    told = [name for name in lowered.main_names.values() if name not in functions]
    lines = [
        f"# 答案：模型的全部决策 / The answer: all decisions of the model. {MARK[2:]}",
        f"decision: {names['outcome']}",
        "title: {zh: 结果, en: Outcome}",
        *_listed(told),
        "---",
        f"decision: {names['status']}",
        "title: {zh: 状态, en: Status}",
        f'value: if {names["outcome"]} != null then "DECIDED" else "REFERRED"  {MARK}',
        "---",
        f"decision: {names['reasons']}",
        "title: {zh: 原因, en: Reasons}",
        f'value: "[]"  {MARK}',
    ]
    return [MappedLine(line, place) for line in lines], {**names, "referred": "REFERRED"}


def _listed(names: Sequence[str]) -> list[str]:
    if not names:
        return ['value: "{}"']
    last = len(names) - 1
    entries = [f"    {name}: {name}{',' if at < last else ''}" for at, name in enumerate(names)]
    return ["value: |", "  {", *entries, "  }"]


def _text_pair(title: Text) -> str:
    """`{zh: …, en: …}`."""
    return f"{{zh: {quote_text(title.zh, True)}, en: {quote_text(title.en, True)}}}"


def _kind_entries(kind: FactKind) -> list[str]:
    """`type: …` and what else the kind says, as entries of a map in brackets."""
    made = [f"type: {kind.type.value}"]
    if kind.allowed:
        made.append(f"allowed: [{', '.join(quote_text(value, True) for value in kind.allowed)}]")
    if kind.minimum is not None:
        made.append(f"min: {kind.minimum:f}")
    if kind.maximum is not None:
        made.append(f"max: {kind.maximum:f}")
    return made


def _decision(decision: IrDecision, kinds: Mapping[str, FactKind | None]) -> list[MappedLine]:
    """The lines of a decision. `kinds` are those of the names that its cells may test."""
    head = [MappedLine(text, decision.header.place) for text in _header(decision.header)]
    if isinstance(decision, ValueDecision):
        return [*head, *(MappedLine(text, decision.header.place) for text in _value(decision))]
    return [*head, *_table(decision, {**kinds, **dict(decision.header.parameters)})]


def _header(header: DecisionHeader) -> Iterator[str]:
    yield f"decision: {header.name}"
    yield f"title: {_text_pair(header.title)}"
    if header.basis:
        yield f"basis: {quote_text(header.basis, False)}"
    if header.parameters:
        yield "parameters:"
        for name, kind in header.parameters:
            yield f"{_STEP}{name}: {{{', '.join(_kind_entries(kind))}}}"


def _value(decision: ValueDecision) -> Iterator[str]:
    text = print_node(decision.value)
    written = quote_expression(text) if len(text) <= WIDTH else None
    if written is not None:
        yield f"value: {written}"
        return
    yield "value: |"
    for line in laid_out(decision.value):
        yield _STEP + line


def _table(decision: TableDecision, kinds: Mapping[str, FactKind | None]) -> Iterator[MappedLine]:
    place = decision.header.place
    inner = _STEP if decision.guard is None else _STEP * 3
    yield from (MappedLine(text, place) for text in _table_head(decision))
    annotations = [one for one in _ANNOTATIONS if any(row.annotations.get(one) for row in decision.rows)]
    asked = any(row.when is not None for row in decision.rows)
    when = ["when"] if asked else []
    columns = ["id", *decision.columns, *when, *(name for name, _ in decision.outputs), *annotations]
    yield MappedLine(inner + " | ".join(columns), place)
    for row in decision.rows:
        line = _row(decision, row, kinds, asked, annotations)
        yield MappedLine(inner + line.text, line.place, line.cells)


def _table_head(decision: TableDecision) -> Iterator[str]:
    """What stands before the header of the rows."""
    yield f"hit: {decision.hit.value}"
    yield f"undetermined: {'error' if decision.hit in LISTING else 'refer'}  {MARK}"
    yield "outputs:"
    for name, kind in decision.outputs:
        yield f"{_STEP}{name}: {{{', '.join(_kind_entries(kind))}}}"
    if decision.default:
        allowed = {name: kind.allowed for name, kind in decision.outputs}
        entries = [f"{n}: {quote_text(_value_text(node, allowed[n]), True)}" for n, node in decision.default.items()]
        yield f"default: {{{', '.join(entries)}}}"
    if decision.guard is None:
        yield "rows: |"
        return
    condition = print_node(decision.guard)
    yield "sections:"
    yield f"{_STEP}- for: {quote_expression(condition) or json.dumps(condition, ensure_ascii=False)}"
    yield f"{_STEP * 2}rows: |"


def _row(
    decision: TableDecision,
    row: TableRow,
    kinds: Mapping[str, FactKind | None],
    asked: bool,
    annotations: Sequence[str],
) -> MappedLine:
    cells = [row.annotations["id"].replace("|", "\\|")]
    for column, test in zip(decision.columns, row.tests, strict=True):
        kind = kinds.get(column)
        cells.append(_test_text(test, kind.allowed if kind else None))
    if asked:
        cells.append("-" if row.when is None else print_node(row.when))
    for (_, kind), result in zip(decision.outputs, row.results, strict=True):
        cells.append(_value_text(result, kind.allowed))
    cells += [row.annotations.get(one, "").replace("|", "\\|") for one in annotations]
    tests = len(decision.columns)
    places = row.places[:tests] + row.places[tests : tests + asked] + row.places[tests + 1 :]
    return MappedLine(" | ".join(cells).rstrip(), row.place, (row.place, *places, *(row.place for _ in annotations)))


def _test_text(tests: ast.UnaryTests | None, allowed: _Allowed) -> str:
    """Unary tests on a value that has these `allowed` values, `-` for any."""
    if tests is None or not tests.tests:
        return "-"
    if not allowed:
        return print_node(tests)
    inner = ", ".join(_item(test, allowed) for test in tests.tests)
    return f"not({inner})" if tests.negated else inner


def _value_text(node: ast.Node | None, allowed: _Allowed) -> str:
    """An expression for a value that is one of `allowed`; blank where there is none."""
    if node is None:
        return ""
    if isinstance(node, ast.String):
        return node.value if _bare(node.value, allowed) else print_node(node)
    text = print_node(node)
    return f"({text})" if allowed and text in allowed else text


def _item(test: ast.Node, allowed: _Allowed) -> str:
    if isinstance(test, ast.String) and _bare(test.value, allowed):
        return test.value
    text = print_node(ast.UnaryTests((test,), False, SYNTHETIC))
    return f"({text})" if allowed and text in allowed else text


def _bare(value: str, allowed: _Allowed) -> bool:
    """Whether the value, written without quotes, is read as that value."""
    if not allowed or value not in allowed or value in ("", "-") or set(value) & set('|\\"'):
        return False
    return [item.text for item in split_items(value)] == [value] and negated_span(value) is None

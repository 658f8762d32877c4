"""Output and annotation columns of decision tables as columns of rule files. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.feel import ast
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values import is_date, parse_at
from greenlane.engine.interop.dmn.boxed import DecisionRule, DecisionTable, OutputClause
from greenlane.engine.interop.dmn.diagnostic_codes import NO_FACT_TYPE
from greenlane.engine.interop.dmn.importer.symbols import is_column_name, is_simple, rule_name
from greenlane.engine.interop.dmn.importer.type_resolution import (
    FACT_TYPES,
    ResolvedType,
    ScalarType,
    TypeResolver,
    UnknownType,
    UnsupportedType,
)
from greenlane.engine.interop.dmn.model import Model
from greenlane.engine.rules.files.node_reader import ScalarError, parse_date
from greenlane.engine.rules.files.table_lexer import ANNOTATIONS
from greenlane.engine.rules.table import AGGREGATING, LISTING
from greenlane.engine.rules.vocabulary import FactKind, FactType

_OWN = frozenset(ANNOTATIONS)
_DATES = ("from", "until")
_UNIQUE = ("id", "code")


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """An output column. `key` is its name in the results of the model, empty where it is the only one."""

    name: str
    key: str
    kind: FactKind


@dataclass(frozen=True, slots=True)
class OutputColumns:
    """Names and kinds of outputs. `kinds` are those of facts and parameters, to infer types that are not declared."""

    resolver: TypeResolver
    kinds: Mapping[str, FactKind]
    sink: DiagnosticSink

    def columns(
        self, table: DecisionTable, model: Model, result: str, name: str, results: Sequence[Iterable[ast.Node]],
        tested: Collection[str],
    ) -> tuple[OutputColumn, ...]:  # fmt: skip
        """The columns; `result` is the type of the whole, `results` are the cells of each, `tested` other columns."""
        made = []
        for output, cells in zip(table.outputs, results, strict=True):
            single = len(table.outputs) == 1
            type_ref = output.type_ref or table.type_ref or (result if single else "")
            resolved = self.resolver.of(model, type_ref)
            if not output.type_ref and table.hit in LISTING | AGGREGATING:
                # The type is that of the list, or of the count of it.
                resolved = resolved.item if isinstance(resolved, UnsupportedType) and resolved.item else UnknownType()
            kind = self._kind(table, output, resolved, model, tuple(cells))
            named = self._single(output, name, tested) if single else self._one_of_several(output, tested)
            made.append(OutputColumn(named, "" if single else output.name, kind))
        return tuple(made)

    def _single(self, output: OutputClause, name: str, tested: Collection[str]) -> str:
        """A single output: its name is for readers only, nothing reads the result by it."""
        wanted = (rule_name(output.name) if output.name else name, name, f"{name}_result")
        return next((one for one in wanted if is_simple(one) and one not in tested), f"{name}_result")

    def _one_of_several(self, output: OutputClause, tested: Collection[str]) -> str:
        if is_column_name(output.name) and output.name not in tested:
            return output.name
        return f"{rule_name(output.name)}_result"

    def _kind(
        self,
        table: DecisionTable,
        output: OutputClause,
        resolved: ResolvedType,
        model: Model,
        cells: tuple[ast.Node, ...],
    ) -> FactKind:
        ranked = table.hit_policy in ("PRIORITY", "OUTPUT ORDER")
        if isinstance(resolved, UnknownType):
            inferred = self._inferred(cells)
            resolved = ScalarType(FactKind(inferred)) if inferred else resolved
        if not isinstance(resolved, ScalarType):
            return self._unsupported(output, resolved)
        kind = FactKind(resolved.kind.type, allowed=resolved.kind.allowed)
        return self._with_values(kind, output, model, ranked)

    def _unsupported(self, output: OutputClause, resolved: ResolvedType) -> FactKind:
        what = resolved.description if isinstance(resolved, UnsupportedType) else "a structure"
        what = "of no one type" if isinstance(resolved, UnknownType) else what
        name = f"the output `{output.name}`" if output.name else "the output"
        advice = f"{FACT_TYPES.replace('a fact', 'an output')}: give it such a `typeRef`, or several outputs"
        self.sink.error(NO_FACT_TYPE, f"{name} is {what}, which no column can be", output.place, advice)
        return FactKind(FactType.STRING)

    def _with_values(self, kind: FactKind, output: OutputClause, model: Model, ranked: bool) -> FactKind:
        """The kind with the values of the output, which are in order of priority."""
        values = self.resolver.listed_values(output.values, model)
        if output.values is not None and ranked and (not values or kind.type is not FactType.STRING):
            place = output.values.place(0, len(output.values.value))
            message = "the priority of these values cannot be said"
            self.sink.error(NO_FACT_TYPE, message, place, "only texts have an order of priority: list them in quotes")
        if values and kind.type is FactType.STRING:
            return replace(kind, allowed=values)
        return kind

    def _inferred(self, cells: tuple[ast.Node, ...]) -> FactType | None:
        found = {self._type(cell) for cell in cells if not isinstance(cell, ast.Null)}
        return found.pop() if len(found) == 1 else None

    def _type(self, node: ast.Node) -> FactType | None:
        match node:
            case ast.String():
                return FactType.STRING
            case ast.Number() | ast.Negation():
                return FactType.NUMBER
            case ast.Boolean() | ast.Comparison() | ast.And() | ast.Or() | ast.In() | ast.Between():
                return FactType.BOOLEAN
            case ast.Arithmetic("*" | "/" | "**" | "-", left, right):
                both = {self._type(left), self._type(right)}
                return FactType.NUMBER if both == {FactType.NUMBER} else None
            case ast.Arithmetic(_, left, right):
                both = {self._type(left), self._type(right)}
                return both.pop() if len(both) == 1 and both <= {FactType.NUMBER, FactType.STRING} else None
            case ast.Name(name):
                return self.kinds[name].type if name in self.kinds else None
            case ast.If(_, then, otherwise):
                return self._inferred((then, otherwise))
            case ast.AtLiteral(text):
                return FactType.DATE if _names_date(text) else None
            case ast.Call(ast.Name("date")):
                return FactType.DATE
        return None


def _names_date(text: str) -> bool:
    try:
        return is_date(parse_at(text))
    except FeelError:
        return False


def annotations_of(columns: Sequence[str], rule: DecisionRule) -> dict[str, str]:
    """Texts by column: `columns` named as those of rule files; all others, and the description, are the `basis`."""
    found: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for name, text in zip(columns, rule.annotations, strict=True):
        key = name.strip().lower()
        if not text or text == "-":
            continue
        if key in _OWN and key not in found and (key not in _DATES or _is_date(text)):
            found[key] = text
        else:
            others.append((name.strip(), text))
    if rule.description:
        others.append(("", rule.description))
    told = "; ".join(f"{name}: {text}" if name and len(others) > 1 else text for name, text in others)
    return _with_basis(found, told) if told else found


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ScalarError:
        return False
    return True


def _with_basis(row: Mapping[str, str], text: str) -> dict[str, str]:
    return {**row, "basis": f"{row['basis']}; {text}" if row.get("basis") else text}


class RowIdentifiers:
    """The ids and codes given so far: in rule files each is unique, and all rows of a table have a code or none."""

    def __init__(self) -> None:
        self._prefixes: set[str] = set()
        self._taken: dict[str, set[str]] = {key: set() for key in _UNIQUE}

    def completed(self, rows: Sequence[Mapping[str, str]], table: str) -> list[dict[str, str]]:
        """The annotations of a table's rows, each with an id, and with texts in both languages where they give reasons.

        Ids and codes of the model that not every row has, or that are not unique, go to the basis.
        """
        made = [dict(row) for row in rows]
        for key in _UNIQUE:
            values = [row.get(key, "") for row in made]
            if all(values) and len(set(values)) == len(values) and not self._taken[key].intersection(values):
                self._taken[key].update(values)
            else:
                made = [_moved(row, key) for row in made]
        prefix = self._prefix(table)
        width = max(2, len(str(len(made))))
        for number, row in enumerate(made, 1):
            if "id" not in row:
                row["id"] = f"{prefix}-{number:0{width}}"
        return (
            [_in_both_languages(row) for row in made]
            if any(row.keys() & {"code", "zh", "en"} for row in made)
            else made
        )

    def _prefix(self, name: str) -> str:
        """What new ids begin with: `PRI` for `pricing`, `LC` for `loan_conditions`; numbered where it is taken."""
        words = [word for word in name.split("_") if word]
        short = "".join(word[0] for word in words) if len(words) > 1 else name[: 3 if name.isascii() else 4]
        found, count = short.upper(), 1
        while found in self._prefixes or any(one.startswith(f"{found}-") for one in self._taken["id"]):
            count += 1
            found = f"{short.upper()}{count}"
        self._prefixes.add(found)
        return found


def _moved(row: Mapping[str, str], key: str) -> dict[str, str]:
    kept = {name: text for name, text in row.items() if name != key}
    return _with_basis(kept, f"{key}: {row[key]}") if key in row else kept


def _in_both_languages(row: Mapping[str, str]) -> dict[str, str]:
    text = row.get("zh") or row.get("en") or row.get("basis") or row.get("code") or row["id"]
    return {"zh": text, "en": text, **row}

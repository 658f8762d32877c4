"""The outputs of decision tables: their names and kinds in rule files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from greenlane.engine.feel import FeelSyntaxError, ast
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values import is_date, parse_at
from greenlane.engine.interop.dmn.boxed import DecisionTable, Output
from greenlane.engine.interop.dmn.faults import Faults
from greenlane.engine.interop.dmn.importer.codes import FACT_TYPES, TYPE
from greenlane.engine.interop.dmn.importer.names import is_simple, may_stand, rule_name
from greenlane.engine.interop.dmn.importer.shapes import Other, Plain, Shape, Shapes, Untyped, listed
from greenlane.engine.interop.dmn.model import Model
from greenlane.engine.rules.vocabulary import FactKind, FactType

_LISTING = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")


@dataclass(frozen=True, slots=True)
class Column:
    """An output. `key` is its name in the results of the model, empty where it is the only one."""

    name: str
    key: str
    kind: FactKind


@dataclass(frozen=True, slots=True)
class Outputs:
    """Reads the outputs of a table; `kinds` are those of facts and parameters, for outputs whose type is not said."""

    shapes: Shapes
    kinds: Mapping[str, FactKind]
    faults: Faults

    def columns(
        self, table: DecisionTable, model: Model, result: str, name: str, results: Sequence[Iterable[ast.Node]],
        tested: Collection[str],
    ) -> tuple[Column, ...]:  # fmt: skip
        """The outputs; `result` is the type of the whole, `results` the cells under each, `tested` other columns."""
        made = []
        for output, cells in zip(table.outputs, results, strict=True):
            single = len(table.outputs) == 1
            type_ref = output.type_ref or table.type_ref or (result if single else "")
            shape = self.shapes.of(model, type_ref)
            if not output.type_ref and table.hit_policy in _LISTING:
                # The type is that of the list, or of the count of it.
                shape = shape.item if isinstance(shape, Other) and shape.item else Untyped()
            kind = self._kind(table, output, shape, model, tuple(cells))
            named = self._single(output, name, tested) if single else self._one_of_several(output, tested)
            made.append(Column(named, "" if single else output.name, kind))
        return tuple(made)

    def _single(self, output: Output, name: str, tested: Collection[str]) -> str:
        """The name of a column alone is for readers only."""
        wanted = (rule_name(output.name) if output.name else name, name, f"{name}_result")
        return next((one for one in wanted if is_simple(one) and one not in tested), f"{name}_result")

    def _one_of_several(self, output: Output, tested: Collection[str]) -> str:
        if may_stand(output.name) and output.name not in tested:
            return output.name
        return f"{rule_name(output.name)}_result"

    def _kind(
        self, table: DecisionTable, output: Output, shape: Shape, model: Model, cells: tuple[ast.Node, ...]
    ) -> FactKind:
        ranked = table.hit_policy in ("PRIORITY", "OUTPUT ORDER")
        if isinstance(shape, Untyped):
            inferred = self._inferred(cells)
            shape = Plain(FactKind(inferred)) if inferred else shape
        if not isinstance(shape, Plain):
            return self._unsaid(output, shape)
        kind = FactKind(shape.kind.type, allowed=shape.kind.allowed)
        return self._with_values(kind, output, model, ranked)

    def _unsaid(self, output: Output, shape: Shape) -> FactKind:
        what = shape.what if isinstance(shape, Other) else "a structure"
        what = "of no one type" if isinstance(shape, Untyped) else what
        name = f"the output `{output.name}`" if output.name else "the output"
        advice = f"{FACT_TYPES.replace('a fact', 'an output')}: give it such a `typeRef`, or several outputs"
        self.faults.error(TYPE, f"{name} is {what}, which no column can be", output.place, advice)
        return FactKind(FactType.STRING)

    def _with_values(self, kind: FactKind, output: Output, model: Model, ranked: bool) -> FactKind:
        """The kind with the values of the output, which are in order of priority."""
        values: tuple[str, ...] = ()
        if output.values is not None:
            try:
                values = listed(self.shapes.formulas.tests_tree(output.values, model, frozenset()))
            except FeelSyntaxError:
                values = ()
            if ranked and (not values or kind.type is not FactType.STRING):
                place = output.values.place(0, len(output.values.value))
                message = "the priority of these values cannot be said"
                self.faults.error(TYPE, message, place, "only texts have an order of priority: list them in quotes")
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

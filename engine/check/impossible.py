"""Check: a cell that no value can pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from greenlane.engine.check.region import Region, domain_of, region_of
from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.feel import ast
from greenlane.engine.rules.ruleset import Decision, Ruleset
from greenlane.engine.rules.table import Row, Table
from greenlane.engine.rules.vocabulary import FactKind


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """Cells that hold for no value that the fact may have (GL320): the row can never hold."""
    kinds = {name: fact.kind for name, fact in ruleset.vocabulary.facts.items()}
    for decision in ruleset.decisions.values():
        if isinstance(decision.logic, Table):
            kinds.update({n: o.kind for n, o in decision.logic.asserted.items()})
    for decision in ruleset.decisions.values():
        yield from _decision(decision, {**kinds, **{p.name: p.kind for p in decision.parameters}})


def _decision(decision: Decision, kinds: Mapping[str, FactKind]) -> Iterator[Diagnostic]:
    if isinstance(decision.logic, Table):
        for row in decision.logic.rows:
            yield from _row(row, kinds)


def _row(row: Row, kinds: Mapping[str, FactKind]) -> Iterator[Diagnostic]:
    for test in row.tests:
        node = test.cell.node
        region = region_of(node) if isinstance(node, ast.UnaryTests) else None
        kind = kinds.get(test.fact)
        if region is None or not _same_order(region, kind):
            continue
        if region.empty or (kind is not None and region.meet(domain_of(kind)).empty):
            yield Diagnostic(
                "GL320",
                f"no value of `{test.fact}` passes `{test.cell.text}`, so row `{row.id}` can never hold",
                test.cell.place,
                _help(region, kind),
            )


def _same_order(region: Region, kind: FactKind | None) -> bool:
    return kind is None or (region.intervals is None) == (domain_of(kind).intervals is None)


def _help(region: Region, kind: FactKind | None) -> str:
    if region.empty:
        return "a range runs from its lower to its higher end, as in `[1..30]`"
    if kind is not None and kind.allowed:
        return "allowed: " + ", ".join(kind.allowed)
    if kind is not None and (kind.minimum is not None or kind.maximum is not None):
        ends = (kind.minimum is not None and f"from {kind.minimum}", kind.maximum is not None and f"to {kind.maximum}")
        return "its values run " + " ".join(e for e in ends if e)
    return ""

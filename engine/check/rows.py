"""What the cells of a row ask for, as one region a fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from greenlane.engine.check.region import Region, region_of
from greenlane.engine.feel import ast
from greenlane.engine.rules.table import Row


@dataclass(frozen=True, slots=True)
class Demand:
    """`regions` by fact. `exact` tells that the row asks for nothing else than these and its section's guard."""

    regions: Mapping[str, Region]
    exact: bool


def demand(row: Row) -> Demand:
    """What the fact columns of the row ask for; cells that are not made of constants make it inexact."""
    regions: dict[str, Region] = {}
    exact = row.when is None
    for test in row.tests:
        region = region_of(test.cell.node) if isinstance(test.cell.node, ast.UnaryTests) else None
        if region is None:
            exact = False
        else:
            regions[test.fact] = regions[test.fact].meet(region) if test.fact in regions else region
    return Demand(regions, exact)


def in_force_together(first: Row, second: Row) -> bool:
    """Whether there is a day on which both rows are in force."""
    starts = [d for d in (first.since, second.since) if d]
    ends = [d for d in (first.until, second.until) if d]
    return not starts or not ends or max(starts) <= min(ends)


def in_force_throughout(outer: Row, inner: Row) -> bool:
    """Whether `outer` is in force on every day that `inner` is."""
    starts_first = outer.since is None or (inner.since is not None and outer.since <= inner.since)
    ends_last = outer.until is None or (inner.until is not None and inner.until <= outer.until)
    return starts_first and ends_last

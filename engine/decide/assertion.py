"""Decisions by rule sets that assert facts: rows may read what other rows of the set assert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlane.engine.decide.cells import Produce, cell_value
from greenlane.engine.decide.hit_policy import same
from greenlane.engine.decide.layer import Layer
from greenlane.engine.decide.matching import Match, bits
from greenlane.engine.decide.messages import argument
from greenlane.engine.decide.scope import CallScope, Evaluation
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.rules.ruleset import Decision
from greenlane.engine.rules.table import OnUndetermined, Table
from greenlane.engine.text import Text

Asserted = tuple[tuple[str, Produce], ...]


@dataclass(slots=True)
class _Claims:
    """What the rows run so far say of one fact, as (row, value); `because`: why some cannot be decided."""

    held: list[tuple[int, Any]] = field(default_factory=list)
    doubtful: list[tuple[int, Any]] = field(default_factory=list)
    because: list[Cause] = field(default_factory=list)


class AssertionLogic:
    """Runs the rows by strata: each after all other rows that assert a fact it reads.

    The result is the context of all asserted facts. A fact that no row asserts is null, or its default once all
    rows that could assert it have run.
    """

    def __init__(self, decision: Decision, table: Table, layers: tuple[Layer, ...], reads: tuple[str, ...]) -> None:
        self.decision = decision
        self._table = table
        self._layers = layers
        self._reads = reads
        self._asserts: tuple[Asserted, ...] = tuple(
            tuple((fact, cell_value(cell)) for fact, cell in row.asserts.items()) for row in table.rows
        )
        self._asserted_in = tuple(_facts_of(table, layer.conditions.members) for layer in layers)
        self._final = tuple(
            frozenset(facts).difference(*self._asserted_in[index + 1 :])
            for index, facts in enumerate(self._asserted_in)
        )
        self._unclaimed = dict.fromkeys(table.asserted)
        self._defaults = {fact: cell_value(cell) for fact, cell in table.default.items()}

    def decide(self, evaluation: Evaluation, scope: Mapping[str, Any], arguments: tuple[Any, ...] | None) -> Any:
        """The context of the asserted facts."""
        for name in self._reads:
            evaluation[name]
        local = CallScope(scope, self._unclaimed)
        self._set_defaults(local, self._table.asserted.keys() - {f for facts in self._asserted_in for f in facts})
        claims: dict[str, _Claims] = {}
        matches: list[tuple[Layer, Match, Mapping[str, Any]]] = []
        for index, layer in enumerate(self._layers):
            match = layer.matcher.match(local, layer.in_force.rows(evaluation.as_of), evaluation.explain)
            seen = CallScope(scope, local) if match.undetermined or evaluation.explain else local
            matches.append((layer, match, seen))
            self._claim(layer, match, local, claims)
            self._settle(index, local, claims)
        value = self._result(local, claims)
        found = tuple(matches)
        evaluation.recorder.decided(self.decision, arguments, found, value)
        if self._table.undetermined is not OnUndetermined.IGNORE and any(match.undetermined for _, match, _ in matches):
            evaluation.recorder.doubted(self.decision, arguments, found, value)
        return value

    def _claim(self, layer: Layer, match: Match, local: CallScope, claims: dict[str, _Claims]) -> None:
        """Notes what the rows that hold, and those that cannot be decided, say."""
        for row in bits(match.held):
            for fact, produce in self._asserts[row]:
                claims.setdefault(fact, _Claims()).held.append((row, produce(local)))
        if not match.undetermined or self._table.undetermined is OnUndetermined.IGNORE:
            return
        for row in bits(match.undetermined):
            causes = layer.conditions.causes(row, local)
            for fact, produce in self._asserts[row]:
                claim = claims.setdefault(fact, _Claims())
                claim.doubtful.append((row, produce(local)))
                claim.because.extend(causes)

    def _settle(self, index: int, local: CallScope, claims: Mapping[str, _Claims]) -> None:
        """Gives the facts of a layer the values that later layers read."""
        for fact in self._asserted_in[index]:
            claim = claims.get(fact)
            if claim is not None:
                local[fact] = self._settled(fact, claim)
        self._set_defaults(local, self._final[index] - claims.keys())

    def _set_defaults(self, local: CallScope, facts: frozenset[str] | set[str]) -> None:
        for fact in facts & self._defaults.keys():
            local[fact] = self._defaults[fact](local)

    def _settled(self, fact: str, claim: _Claims) -> Any:
        if not claim.held:
            return Undetermined(tuple(dict.fromkeys(claim.because)))
        first = claim.held[0][1]
        if any(not same(first, value) for _, value in claim.held[1:]):
            rows = ", ".join(self._table.rows[row].id for row, _ in claim.held)
            message = Text(f"多行给出不同的值：{rows}", f"rows assert different values: {rows}")
            return argument(fact, message)
        if any(not same(first, value) for _, value in claim.doubtful):
            return Undetermined(tuple(dict.fromkeys(claim.because)))
        return first

    def _result(self, local: CallScope, claims: Mapping[str, _Claims]) -> Any:
        if self._table.undetermined is OnUndetermined.ERROR:
            causes = tuple(dict.fromkeys(cause for claim in claims.values() for cause in claim.because))
            if causes:
                return Undetermined(causes)
        return {fact: local[fact] for fact in self._table.asserted}


def _facts_of(table: Table, members: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for row in bits(members) for fact in table.rows[row].asserts))

"""Imported models decide: facts out of the inputs of the model, and the value of a decision by its name there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from greenlane.engine.check import check
from greenlane.engine.decide import Decider, Result, compile_ruleset
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.feel.values import literal_text
from greenlane.engine.interop.dmn import check as check_model
from greenlane.engine.interop.dmn.importer import ImportedRules, import_model
from greenlane.engine.interop.dmn.model import ModelSet
from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text

TODAY = date(2026, 3, 2)


def imported(library: ModelSet) -> ImportedRules:
    """The rule files of a model that has no faults of its own."""
    assert not has_errors(check_model(library))
    made = import_model(library, TODAY, check)
    assert {path: format_text(path, text) for path, text in made.files.items()} == made.files
    return made


class Rules:
    """Imported rule files ready to decide."""

    def __init__(self, made: ImportedRules) -> None:
        assert not has_errors(made.diagnostics), made.diagnostics
        reading = read({path: text.encode() for path, text in made.files.items()})
        assert reading.ruleset is not None
        self._made = made
        self._decider: Decider = compile_ruleset(reading.ruleset)

    def allows(self, inputs: Mapping[Any, Any]) -> bool:
        """Whether the facts are among their allowed values, without which an application is refused."""
        facts = self._decider.ruleset.vocabulary.facts
        given = {name: _at(inputs, path) for name, path in self._made.facts.items()}
        return all(value in (facts[n].kind.allowed or (value,)) for n, value in given.items())

    def outcome(self, inputs: Mapping[Any, Any]) -> dict[str, Any]:
        """The values of all decisions by their names in the model; null for what is undetermined."""
        found = self._result(inputs).outcome
        return {name: found[new] for name, new in self._made.decisions.items() if new in found}

    def status(self, inputs: Mapping[Any, Any]) -> str:
        """Whether all could be decided."""
        return self._result(inputs).status

    def _result(self, inputs: Mapping[Any, Any]) -> Result:
        facts = {fact: _at(inputs, path) for fact, path in self._made.facts.items()}
        return self._decider.decide(facts, TODAY)

    def decide(self, name: str, inputs: Mapping[Any, Any]) -> Any:
        """The value of one decision."""
        return self.outcome(inputs)[name]


def shown(value: Any) -> str:
    """A value as text, so that values are equal only when nothing of them differs."""
    return literal_text(value)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value

"""What is told of a decision to readers who may not see personal data: traces and answers with its values masked. Pure.

Masked are the values of protected facts, by name; the results of decisions that compute from one directly; and,
wherever else it turns up, a value that is recognisably a protected one: a text that is no choice of a list, a number of
three digits or more. Truth values say which rule held, which is told anyway, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from greenlane.engine.rules.ruleset import Ruleset, masked_names
from greenlane.engine.rules.vocabulary import Scalar, is_recognisable

Record = Mapping[str, Any]

STARS = "***"
"""A masked value in a sentence."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What is to be masked in what is told of one decision. `instead` stands for a masked value."""

    names: frozenset[str]
    values: frozenset[Scalar]
    pattern: re.Pattern[str] | None
    instead: Any

    def value(self, found: Any) -> Any:
        """A value of any depth, with what is recognised in it masked."""
        if isinstance(found, Mapping):
            return {key: self.instead if key in self.names else self.value(inner) for key, inner in found.items()}
        if isinstance(found, list | tuple):
            return [self.value(inner) for inner in found]
        if isinstance(found, str):
            return self.instead if found in self.values else self.text(found)
        return self.instead if isinstance(found, Decimal | date) and found in self.values else found

    def text(self, found: str) -> str:
        """A text in which recognised values are masked."""
        return self.pattern.sub(STARS, found) if self.pattern is not None else found

    def trace(self, trace: Record) -> dict[str, Any]:
        """A trace (`engine.decide.trace`), masked."""
        told = {**trace, "decisions": [self._decision(decision) for decision in trace["decisions"]]}
        if "undetermined" in trace:
            told["undetermined"] = self.value(trace["undetermined"])
        return told

    def _decision(self, record: Record) -> dict[str, Any]:
        told = dict(record)
        told["inputs"] = [self._named(entry, "name") for entry in record["inputs"]]
        told["result"] = self._of(record["decision"], record["result"])
        if "arguments" in record:
            told["arguments"] = self.value(record["arguments"])
        for key in ("failed", "undetermined"):
            if key in record:
                told[key] = [self._row(row) for row in record[key]]
        return told

    def _row(self, row: Record) -> dict[str, Any]:
        told = dict(row)
        if "because" in row:
            told["because"] = self.value(row["because"])
        if "conditions" in row:
            told["conditions"] = [
                self._named({**condition, "because": self.value(condition.get("because", []))}, "fact")
                for condition in row["conditions"]
            ]
        return told

    def _named(self, entry: Record, key: str) -> Record:
        return {**entry, "value": self._of(entry[key], entry["value"])} if "value" in entry and key in entry else entry

    def _of(self, name: str, value: Any) -> Any:
        if name in self.names and value is not None and not isinstance(value, bool):
            return self.instead
        return self.value(value)


def mask(ruleset: Ruleset, facts: Mapping[str, Scalar], instead: Any) -> Mask:
    """The mask for what is told of these facts' decision."""
    vocabulary = ruleset.vocabulary.facts
    protected = {name for name, fact in vocabulary.items() if fact.protected}
    values = {value for name in protected if is_recognisable(vocabulary[name].kind.allowed, value := facts.get(name))}
    texts = {str(value) for value in values}
    pattern = "|".join(map(re.escape, sorted(texts, key=len, reverse=True)))
    return Mask(
        masked_names(ruleset),
        frozenset(values | texts),
        re.compile(rf"(?<![\w.])(?:{pattern})(?!\w|\.\d)") if texts else None,
        instead,
    )

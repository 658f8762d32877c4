"""What an audit has looked at and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.model.vocabulary import Text

LISTED = 1000
"""Faults that are listed; more are only counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something not as it was written: in a table or file, at a key or line, in a column if that can be told."""

    table: str
    key: str
    column: str | None
    text: Text


@dataclass(slots=True)
class Findings:
    """How many things of each sort were checked, and the faults found, in the order they were met."""

    checked: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    size: int = 0
    """Entries in the log."""

    root: str = ""
    """The root of the newest head, in hex."""

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong

    def count(self, table: str, number: int = 1) -> None:
        """Things of `table` have been looked at."""
        self.checked[table] = self.checked.get(table, 0) + number

    def fault(self, table: str, key: object, column: str | None, zh: str, en: str) -> None:
        """Something is wrong."""
        self.wrong[table] = self.wrong.get(table, 0) + 1
        if len(self.faults) < LISTED:
            self.faults.append(Fault(table, str(key), column, Text(zh, en)))

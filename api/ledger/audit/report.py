"""What an audit has looked at and what it found: plain values; asks no database."""

from __future__ import annotations

from dataclasses import dataclass, field

from greenlane.api.ledger.forks import Settlement
from greenlane.engine.text import Text

LISTED = 1000
"""Faults that are listed; more are only counted."""


@dataclass(frozen=True, slots=True)
class AuditFault:
    """Something not as it was written: in a table or file, at a key or line, in a column if that can be told."""

    table: str
    key: str
    column: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class TrustBreak:
    """Where the chain of trust is broken: at an entry, from which on a key signs that the one before did not vouch for.

    `by` and `reason` are what was said then.
    """

    position: int
    before: str
    key: str
    by: str = ""
    reason: str = ""

    @property
    def text(self) -> Text:
        """What it means."""
        zh = (
            f"信任链在此中断：密钥 {self.key} 未经前一密钥 {self.before} 认可即启用。"
            f"操作人：{self.by}；原因：{self.reason}"
        )
        en = (
            f"the chain of trust is broken here: key {self.key} took over, and key {self.before} did not vouch for it; "
            f"by {self.by}, because: {self.reason}"
        )
        return Text(zh, en)


@dataclass(slots=True)
class AuditReport:
    """How many things of each sort were checked, and the faults found, in the order they were met."""

    checked: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    faults: list[AuditFault] = field(default_factory=list)
    breaks: list[TrustBreak] = field(default_factory=list)
    """Every forced change of the signing key; those that the auditor did not know of are faults too."""

    settled: list[Settlement] = field(default_factory=list)
    """Every time that heads were given up."""

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
            self.faults.append(AuditFault(table, str(key), column, Text(zh, en)))

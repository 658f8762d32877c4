"""The log of everything that must be provable: written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `content` is what is proved: all values of the row that was written, by column.

    `kind` is one of `decision`, `release`, `release_step`, `access`, `key`, `erasure`, …; `subject` names the thing.
    """

    kind: str
    subject: str
    content: Mapping[str, Any]


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Adds entries at the end of the log, in order, in the caller's transaction."""

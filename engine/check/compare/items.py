"""A ruleset as things with named texts: what a reader of the rule files would call the same thing in two versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

HEADING, GROUP, FACT = "heading", "group", "fact"
DECISION, ROW = "decision", "row"
REFERENCE, REFERENCE_ROW = "reference", "reference row"
KINDS = (HEADING, GROUP, FACT, DECISION, ROW, REFERENCE, REFERENCE_ROW)


class Key(NamedTuple):
    """What makes a thing the same one in two versions: its kind and name; of a reference row also its table."""

    kind: str
    name: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A thing with its texts by name, as they are written. `home` is the table a row is in, `source` where it stands.

    Where it stands does not make it another one.
    """

    key: Key
    home: str
    cells: Mapping[str, str]
    source: str = field(default="", compare=False)


Description = tuple[Item, ...]
"""Every item of a ruleset, each key once: kind by kind as in `KINDS`, rows table by table in the tables' order."""


def ordered(homes: Mapping[tuple[str, str], Sequence[Item]]) -> Description:
    """The items of each kind and home, in their order, as a description."""
    found: list[Item] = []
    for kind in KINDS:
        parents = {ROW: DECISION, REFERENCE_ROW: REFERENCE}.get(kind)
        names = [item.key.name for item in homes.get((parents, ""), ())] if parents else [""]
        for name in names:
            found.extend(homes.get((kind, name), ()))
    return tuple(found)

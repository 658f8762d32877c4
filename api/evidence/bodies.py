"""What is asked of the log: the queries of its operations. Pure."""

from __future__ import annotations

from decimal import Decimal

from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.rules.vocabulary import FactKind, FactType

_position = FactKind(FactType.NUMBER, minimum=Decimal(0), maximum=Decimal(10**15), whole=True)


class EntriesQuery(StrictObject):
    """Which entries of the log to give."""

    first = Parameter(_position, "The position of the first", name="from", default=0)
    end = Parameter(_position, "The position before which to end; default: the size of the log", name="to")


class InclusionQuery(StrictObject):
    """Which entry to prove."""

    leaf = Parameter(_position, "The position of the entry", required=True)
    size = Parameter(_position, "Of a tree of how many entries; default: the newest head's")


class ConsistencyQuery(StrictObject):
    """Between which sizes the log is to be shown to have grown."""

    old = Parameter(_position, "Entries in the smaller tree", name="from", required=True)
    new = Parameter(_position, "Entries in the larger tree; default: the newest head's", name="to")

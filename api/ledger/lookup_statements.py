"""SQL about what decisions are found by, and what the log is told of that.

The row of a decision, and so its entry in the log, holds a commitment to the token that it is found by; the salt that
opens it stands beside the token. Erasing removes both: the commitment then leads to nothing that was looked for.

Decisions of versions that told the log nothing of this are told of by events, a page of decisions each, from one `seq`
to another: every decision once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from greenlane.api.ledger.database import chunks
from greenlane.api.ledger.log import LogWriter, NewEntry
from greenlane.api.ledger.proof.leaf import commitment, new_salt
from greenlane.api.ledger.tables import decisions, log_events, lookups
from greenlane.api.whole_numbers import LARGEST, whole
from greenlane.engine.json_text import JsonError, decode

KIND = "decision_lookups"
"""Of the events that tell by what earlier decisions are found."""

FOUND_BY_NOTHING = ""
"""The commitment of a decision that is found by nothing."""

PAGE = 500

_TOLD = select(log_events.c.content).where(log_events.c.kind == KIND)
_UNTOLD = (
    select(decisions.c.seq, decisions.c.decision_id)
    .where(decisions.c.lookup_commitment.is_(None), decisions.c.seq > bindparam("last"))
    .order_by(decisions.c.seq)
    .limit(PAGE)
)
_ROWS = (
    select(lookups.c.token, lookups.c.decision_id)
    .where(lookups.c.decision_id.in_(bindparam("decisions", expanding=True)))
    .order_by(lookups.c.decision_id, lookups.c.token)
)
_SALT = (
    update(lookups)
    .where(lookups.c.token == bindparam("of_token"), lookups.c.decision_id == bindparam("of_decision"))
    .values(salt=bindparam("new_salt"))
)


class Lookup(NamedTuple):
    """What a decision is found by: a keyed token, and the salt under which the log is told of it."""

    token: str
    decision_id: str
    salt: bytes

    @property
    def commitment(self) -> str:
        """What the log is told."""
        return commitment_to(self.token, self.salt)


class Told(NamedTuple):
    """What one event tells: of the decisions with a `seq` from `first` to `last`, which commitments each has."""

    first: int
    last: int
    commitments: Mapping[str, Sequence[str]]


def lookup_of(token: str, decision_id: str) -> Lookup:
    """A new one, with a salt of its own."""
    return Lookup(token, decision_id, new_salt())


def commitment_to(token: str, salt: bytes) -> str:
    """What an entry says of a token. The salt has 32 bytes."""
    return commitment("lookup", salt, token.encode("utf-8", "surrogateescape"))


def add_lookups(connection: Connection, found_by: Sequence[Lookup]) -> None:
    """Makes decisions be found by tokens."""
    if found_by:
        connection.execute(insert(lookups), [each._asdict() for each in found_by])


def forget(connection: Connection, key_ids: Sequence[str]) -> None:
    """Leaves nothing by which decisions under these data keys could be found."""
    for part in chunks(key_ids):
        theirs = select(decisions.c.decision_id).where(decisions.c.data_key_id.in_(part))
        connection.execute(delete(lookups).where(lookups.c.decision_id.in_(theirs)))


def tell_existing(log: LogWriter) -> bool:
    """Tells the log of a page of decisions of which it was not told by what they are found; says whether more may wait.

    No decision is told of twice: it would vouch for what somebody else put there since.
    """
    waiting = log.connection.execute(_UNTOLD, {"last": _last_told(log.connection)}).all()
    if not waiting or log.head is None:
        return False
    told: dict[str, list[str]] = {}
    for each in _salted(log.connection, [row.decision_id for row in waiting]):
        told.setdefault(each.decision_id, []).append(each.commitment)
    first, last = waiting[0].seq, waiting[-1].seq
    log.append([NewEntry(KIND, f"{first}-{last}", {"commitments": told, "first": first, "last": last})])
    return len(waiting) == PAGE


def told_of(content: object) -> Told | None:
    """What an event tells, given as its content is stored; None where somebody changed it."""
    try:
        found = decode(str(content).encode("utf-8", "surrogateescape"))
        first, last = whole(found["first"], 0, LARGEST), whole(found["last"], 0, LARGEST)
        commitments = {str(name): [str(each) for each in held] for name, held in found["commitments"].items()}
    except (JsonError, KeyError, TypeError, AttributeError):
        return None
    return Told(first, last, commitments) if first is not None and last is not None else None


def _salted(connection: Connection, decision_ids: Sequence[str]) -> list[Lookup]:
    """What these decisions are found by, each with a salt that it did not have before."""
    rows = connection.execute(_ROWS, {"decisions": decision_ids})
    found = [lookup_of(row.token, row.decision_id) for row in rows]
    if found:
        new = [{"of_token": f.token, "of_decision": f.decision_id, "new_salt": f.salt} for f in found]
        connection.execute(_SALT, new)
    return found


def _last_told(connection: Connection) -> int:
    newest = connection.execute(_TOLD.order_by(log_events.c.seq.desc()).limit(1)).scalar_one_or_none()
    told = told_of(newest) if newest is not None else None
    return told.last if told is not None else -1

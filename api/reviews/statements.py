"""Reviews of decisions by people, beside the decisions: what was said is added and never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from greenlane.api.ledger import decisions, log
from greenlane.api.ledger.contents import plain
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.data_keys import chunks
from greenlane.api.ledger.database import reading, writing
from greenlane.api.ledger.proof.commitment import commitment
from greenlane.api.ledger.records import REVIEW_STATES
from greenlane.api.ledger.sealing.values import DataKey, Unreadable, seal
from greenlane.api.ledger.tables import reviews

REQUESTED, OUTCOMES = REVIEW_STATES[0], REVIEW_STATES[1:]
REQUESTERS = ("customer", "officer")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said in a review. `text` is None once the customer's data key has been destroyed.

    It is None too where it is `altered`: not what was stored, or not to be read.
    """

    id: str
    decision_id: str
    kind: str
    said_by: str
    caller: str
    at: str
    text: str | None
    altered: bool = False


class ReviewOrderError(Exception):
    """A review is asked for while one is open, or decided when none is."""


class ReviewStore:
    """Reviews in the store. Safe for many threads and processes."""

    def __init__(self, database: Engine, keys: CustomerKeys, prepare: Callable[[], None]) -> None:
        self._database = database
        self._keys = keys
        self._prepare = prepare

    def add(self, remark: Remark) -> bool:
        """Stores what was said; says whether the decision can still be read, for else nothing is.

        Raises `ReviewOrderError`.
        """
        self._prepare()
        with writing(self._database) as connection:
            log.lock(connection)
            key = self._key_of(connection, remark.decision_id)
            if key is None:
                return False
            said = _kinds(connection, [remark.decision_id]).get(remark.decision_id)
            if (said == REQUESTED) == (remark.kind == REQUESTED):
                raise ReviewOrderError
            text = (remark.text or "").encode()
            sealed = seal(key, remark.id, "text", text)
            row = {name: getattr(remark, name) for name in ("id", "decision_id", "kind", "said_by", "caller", "at")}
            row |= {"text": sealed.blob, "text_commitment": commitment("text", sealed.salt, text)}
            connection.execute(insert(reviews), [row])
            log.append(connection, [log.Entry("review", remark.id, row)])
        return True

    def of(self, decision_id: str) -> list[Remark]:
        """What was said about a decision, in order."""
        self._prepare()
        query = select(reviews).where(reviews.c.decision_id == decision_id).order_by(reviews.c.at, reviews.c.id)
        with reading(self._database) as connection:
            rows = connection.execute(query).all()
            key = self._key_of(connection, decision_id) if rows else None
        return [_remark(row, key) for row in rows]

    def state(self, decision_ids: Sequence[str]) -> Mapping[str, str]:
        """The newest kind of what was said about each decision that something was said about."""
        self._prepare()
        with reading(self._database) as connection:
            return _kinds(connection, decision_ids)

    def _key_of(self, connection: Connection, decision_id: str) -> DataKey | None:
        row = decisions.get(connection, decision_id)
        key_id = row.data_key_id if row is not None else None
        return self._keys.by_id(connection, [key_id]).get(key_id) if key_id is not None else None


def _remark(row: Any, key: DataKey | None) -> Remark:
    text, altered = None, False
    if key is not None:
        try:
            text = plain(key, row.id, "text", row.text, row.text_commitment).decode()
        except Unreadable:
            altered = True
    return Remark(row.id, row.decision_id, row.kind, row.said_by, row.caller, row.at, text, altered)


def _kinds(connection: Connection, decision_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(decision_ids):
        query = select(reviews.c.decision_id, reviews.c.kind).where(reviews.c.decision_id.in_(part))
        found.update((row.decision_id, row.kind) for row in connection.execute(query.order_by(reviews.c.at)))
    return found

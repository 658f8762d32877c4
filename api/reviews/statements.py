"""The store of reviews of decisions: what was said is added, sealed as the decision is, and never changed. SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from greenlane.api.decisions.records import REVIEW_STATES
from greenlane.api.ledger.database import chunks
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.sealing.values import DataKey, UnsealError, open_committed, seal_committed
from greenlane.api.ledger.tables import decisions, reviews
from greenlane.api.ledger.unit_of_work import Ledger, Reading

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


@dataclass(frozen=True, slots=True)
class ReviewStore:
    """Reviews in the ledger. Safe for many threads and processes. Every method raises `StoreUnavailableError`."""

    ledger: Ledger

    def add(self, remark: Remark) -> bool:
        """Stores what was said; says whether the decision can still be read, for else nothing is.

        Raises `ReviewOrderError`.
        """
        with self.ledger.writing() as work:
            key = _key_of(work, remark.decision_id)
            if key is None:
                return False
            said = _kinds(work.connection, [remark.decision_id]).get(remark.decision_id)
            if (said == REQUESTED) == (remark.kind == REQUESTED):
                raise ReviewOrderError
            sealed, committed = seal_committed(key, remark.id, "text", (remark.text or "").encode())
            row = {name: getattr(remark, name) for name in ("id", "decision_id", "kind", "said_by", "caller", "at")}
            row |= {"text": sealed, "text_commitment": committed}
            work.connection.execute(insert(reviews), [row])
            work.append([NewEntry("review", remark.id, row)])
        return True

    def of(self, decision_id: str) -> list[Remark]:
        """What was said about a decision, in order."""
        query = select(reviews).where(reviews.c.decision_id == decision_id).order_by(reviews.c.at, reviews.c.id)
        with self.ledger.reading() as work:
            rows = work.connection.execute(query).all()
            key = _key_of(work, decision_id) if rows else None
        return [_remark(row, key) for row in rows]

    def state(self, decision_ids: Sequence[str]) -> Mapping[str, str]:
        """The newest kind of what was said about each decision that something was said about."""
        with self.ledger.reading() as work:
            return _kinds(work.connection, decision_ids)


def _key_of(work: Reading, decision_id: str) -> DataKey | None:
    """The data key of a decision; None where it was destroyed, or never was."""
    query = select(decisions.c.data_key_id).where(decisions.c.decision_id == decision_id)
    key_id = work.connection.execute(query).scalar_one_or_none()
    return work.data_keys([key_id]).get(key_id) if key_id is not None else None


def _remark(row: Any, key: DataKey | None) -> Remark:
    text, altered = None, False
    if key is not None:
        try:
            text = open_committed(key, row.id, "text", row.text, row.text_commitment).decode()
        except UnsealError:
            altered = True
    return Remark(row.id, row.decision_id, row.kind, row.said_by, row.caller, row.at, text, altered)


def _kinds(connection: Connection, decision_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(decision_ids):
        query = select(reviews.c.decision_id, reviews.c.kind).where(reviews.c.decision_id.in_(part))
        found.update((row.decision_id, row.kind) for row in connection.execute(query.order_by(reviews.c.at)))
    return found

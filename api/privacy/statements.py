"""The store of erasures: data keys are destroyed, and with them everything that was sealed under these. SQL."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from greenlane.api.ledger.data_key_statements import disown
from greenlane.api.ledger.database import chunks
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.tables import data_keys, decisions, erasures
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork

REASONS = ("customer_request", "consent_withdrawn", "legal_order", "relationship_never_began")
"""Why a customer may be erased: a choice, since a free text might hold what is being erased."""

AT_ONCE = 200
"""Data keys destroyed in one transaction, so that decisions wait for no more than that."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A data key that was destroyed, as stored. `decisions` is how many cannot be read any more."""

    id: str
    data_key_id: str
    erased_at: str
    reason: str
    caller: str
    decisions: int


class OutsideRegionsError(Exception):
    """The customer is not one all of whose decisions are of the regions that were named. Nothing was erased."""


@dataclass(frozen=True, slots=True)
class ErasingStore:
    """Erasures in the ledger. Safe for many threads. Every method raises `StoreUnavailableError`.

    The database says first that a key is destroyed, then the key store destroys it: what is interrupted between the two
    is finished by the next erasure, and until then nothing is read with the key.
    """

    ledger: Ledger

    def erase(
        self, customer: str, reason: str, caller: str, now: str, regions: Collection[str] | None = None
    ) -> list[Erasure]:
        """Destroys all data keys of a customer; returns what was done, nothing when there is no key (any more).

        With `regions`, only of a customer all of whose decisions are of these. Raises `OutsideRegionsError` otherwise,
        also for a customer without decisions: whether they are of other regions or of nobody is not told.
        """
        with self.ledger.writing() as work:
            token = self.ledger.keys.token("customer", customer)
            theirs = select(data_keys.c.id).where(data_keys.c.customer == token).order_by(data_keys.c.id)
            ids = list(work.connection.execute(theirs.with_for_update()).scalars())
            if regions is not None and not _all_within(work.connection, ids, regions):
                raise OutsideRegionsError
            done = _erase(work, ids, reason, caller, now)
        self.finish()
        return done

    def held_by_scope(self) -> list[tuple[str, int, int]]:
        """Each scope that has data keys, how many, and how many decisions they are for; in order of scope."""
        joined = data_keys.outerjoin(decisions, decisions.c.data_key_id == data_keys.c.id)
        columns = (data_keys.c.scope, func.count(data_keys.c.id.distinct()), func.count(decisions.c.decision_id))
        query = select(*columns).select_from(joined).where(data_keys.c.customer.is_not(None))
        with self.ledger.reading() as work:
            rows = work.connection.execute(query.group_by(data_keys.c.scope).order_by(data_keys.c.scope))
            return [(str(scope), int(keys), int(held)) for scope, keys, held in rows]

    def expire(self, scope: str, caller: str, now: str) -> int:
        """Destroys up to `AT_ONCE` data keys of a scope; says how many. `finish` has the key store destroy them."""
        query = select(data_keys.c.id).where(data_keys.c.scope == scope, data_keys.c.customer.is_not(None))
        with self.ledger.writing() as work:
            ids = list(work.connection.execute(query.order_by(data_keys.c.id).limit(AT_ONCE)).scalars())
            return len(_erase(work, ids, "retention", caller, now))

    def finish(self) -> int:
        """Destroys in the key store what the database says is destroyed; says how many keys were left there."""
        query = select(data_keys.c.id).where(data_keys.c.customer.is_(None))
        with self.ledger.reading() as work:
            ids = list(work.connection.execute(query).scalars())
        left = self.ledger.keys.key_store.alive(ids)
        if left:
            self.ledger.keys.destroy(left)
        return len(left)


def add_erasures(work: UnitOfWork, done: Sequence[Erasure]) -> None:
    """Stores erasures and their entries in the log; nothing leads from their keys to a customer any more."""
    disown(work.connection, [erasure.data_key_id for erasure in done])
    work.connection.execute(insert(erasures), [asdict(erasure) for erasure in done])
    work.append([NewEntry("erasure", erasure.id, asdict(erasure)) for erasure in done])


def _erase(work: UnitOfWork, ids: Sequence[str], reason: str, caller: str, now: str) -> list[Erasure]:
    done = [
        Erasure(str(uuid.uuid4()), key_id, now, reason, caller, _decided_under(work.connection, key_id))
        for key_id in ids
    ]
    if done:
        add_erasures(work, done)
    return done


def _all_within(connection: Connection, ids: Sequence[str], regions: Collection[str]) -> bool:
    """Whether there are decisions under these keys, all of them of the regions; one may be of none."""
    found: set[str | None] = set()
    for part in chunks(ids):
        query = select(decisions.c.region).where(decisions.c.data_key_id.in_(part)).distinct()
        found.update(connection.execute(query).scalars())
    return bool(found) and found <= set(regions)


def _decided_under(connection: Connection, key_id: str) -> int:
    """How many decisions a key is for."""
    query = select(func.count()).select_from(decisions).where(decisions.c.data_key_id == key_id)
    return int(connection.execute(query).scalar_one())

"""Erasing customers: their data keys are destroyed, and with them everything that was sealed under these."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Engine

from greenlane.api.ledger import data_keys, log
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.data_keys import Erasure
from greenlane.api.ledger.database import reading, writing

REASONS = ("customer_request", "consent_withdrawn", "legal_order", "relationship_never_began")
"""Why a customer may be erased: a choice, since a free text might hold what is being erased."""

AT_ONCE = 200
"""Data keys destroyed in one transaction, so that decisions wait for no more than that."""


class ErasingStore:
    """Erasures in the store. Safe for many threads.

    The database says first that a key is destroyed, then the key store destroys it: what is interrupted between the two
    is finished by the next erasure, and until then nothing is read with the key.
    """

    def __init__(self, database: Engine, keys: CustomerKeys, prepare: Callable[[], None]) -> None:
        self._database = database
        self._keys = keys
        self._prepare = prepare

    def erase(self, customer: str, reason: str, caller: str, now: str) -> list[Erasure]:
        """Destroys all data keys of a customer; returns what was done, nothing when there is no key (any more)."""
        self._prepare()
        token = self._keys.token("customer", customer)
        with writing(self._database) as connection:
            log.lock(connection)
            done = _erase(connection, data_keys.of_customer(connection, token), reason, caller, now)
        self.finish()
        return done

    def held_by_scope(self) -> list[tuple[str, int, int]]:
        """Each scope that has data keys, how many, and how many decisions they are for."""
        self._prepare()
        with reading(self._database) as connection:
            return data_keys.held_by_scope(connection)

    def expire(self, scope: str, caller: str, now: str) -> int:
        """Destroys up to `AT_ONCE` data keys of a scope; says how many. `finish` has the key store destroy them."""
        self._prepare()
        with writing(self._database) as connection:
            log.lock(connection)
            return len(_erase(connection, data_keys.of_scope(connection, scope, AT_ONCE), "retention", caller, now))

    def finish(self) -> int:
        """Destroys in the key store what the database says is destroyed; says how many keys were left there."""
        self._prepare()
        with reading(self._database) as connection:
            ids = data_keys.destroyed(connection)
        left = self._keys.key_store.alive(ids)
        if left:
            self._keys.destroy(left)
        return len(left)


def _erase(connection: Connection, ids: Sequence[str], reason: str, caller: str, now: str) -> list[Erasure]:
    done = [
        Erasure(str(uuid.uuid4()), key_id, now, reason, caller, data_keys.decided_under(connection, key_id))
        for key_id in ids
    ]
    if done:
        data_keys.disown(connection, ids)
        data_keys.add_erasures(connection, done)
        log.append(connection, [log.Entry("erasure", erasure.id, asdict(erasure)) for erasure in done])
    return done

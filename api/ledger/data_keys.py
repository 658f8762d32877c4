"""Data keys at hand: made, found, kept in memory for a while. Asks the database by `data_key_statements` alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from greenlane.api.ledger import data_key_statements as statements
from greenlane.api.ledger import key_binding
from greenlane.api.ledger.data_key_statements import Owner, scope_of
from greenlane.api.ledger.database import Database, reading
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.log import LogWriter
from greenlane.api.ledger.sealing.cursors import CursorKey
from greenlane.api.ledger.sealing.values import DataKey, new_secret

KEPT = 10_000
"""Keys kept in memory."""

KEPT_SECONDS = 300.0
"""How long: a key destroyed by another process is gone from this one's memory by then."""

ATTEMPTS = 4
YEAR = slice(0, 4)
"""Of a moment as text."""


class DataKeys:
    """Data keys by owner and by id. Safe for many threads; every process has its own, over the same key store."""

    def __init__(self, database: Database, key_store: KeyStore) -> None:
        self.key_store = key_store
        self._database = database
        self._kept: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._ids: dict[Owner, str] = {}
        self._lock = threading.Lock()
        self._lookup = b""

    def open(self, log: LogWriter) -> None:
        """Opens the key store and binds the database to it. Raises `EncryptionKeyError`; see `key_binding.bind`."""
        opened = self.key_store.open()
        key_binding.bind(log, self.key_store, opened.name)
        self._lookup = opened.lookup

    def token(self, kind: str, value: str) -> str:
        """What stands for a value at rest: the same for the same value, and nothing without the lookup key."""
        return hmac.new(self._lookup, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def cursors(self) -> CursorKey:
        """What seals cursors: the same on every machine that shares the key store."""
        return CursorKey(self._lookup)

    def owner(self, customer: str | None, decision_id: str, decided_at: str, status: str) -> Owner:
        """Whose key seals a decision: the customer's for that year and status; its own where no customer is named."""
        kind, name = ("customer", customer) if customer else ("decision", decision_id)
        return Owner(self.token(kind, name), scope_of(decided_at[YEAR], status))

    def at_hand(self, owners: Iterable[Owner]) -> dict[Owner, DataKey]:
        """A key for each owner: theirs, else a new one, on disk in the key store but not yet theirs (`settle`)."""
        asked = set(owners)
        cached = {owner: key for owner in asked if (key := self._cached(self._ids.get(owner, ""))) is not None}
        others = asked - cached.keys()
        if not others:
            return cached
        with reading(self._database) as connection:
            return cached | self.found(connection, others)

    def found(self, connection: Connection, owners: Iterable[Owner]) -> dict[Owner, DataKey]:
        """As `at_hand`, asking the database by a connection that is open and not this process's memory."""
        asked = set(owners)
        ids = statements.owned(connection, asked)
        secret = self.key_store.get(list(ids.values()))
        theirs = {o: key for o, i in ids.items() if (key := _key(i, secret.get(i))) is not None}
        return theirs | self._made(asked - theirs.keys())

    def settle(self, log: LogWriter, keys: Mapping[Owner, DataKey], now: str) -> dict[Owner, DataKey]:
        """The keys that are the owners' until the transaction ends; new ones become theirs in it.

        They differ from `keys` where another process was first, or where a key has been destroyed since.
        """
        chosen = dict(keys)
        for _ in range(ATTEMPTS):
            ids = statements.owned(log.connection, chosen)
            new = {owner: key.id for owner, key in chosen.items() if owner not in ids}
            if new:
                statements.register(log, new, now)
                ids = statements.owned(log.connection, chosen)
            wrong = [owner for owner, key in chosen.items() if ids.get(owner) != key.id]
            if not wrong:
                return chosen
            chosen |= self._others(log, {owner: ids.get(owner) for owner in wrong}, now)
        raise StoreUnavailableError("the data keys of a customer keep changing")

    def remember(self, keys: Mapping[Owner, DataKey]) -> None:
        """Keeps keys that are their owners'."""
        with self._lock:
            for owner, key in keys.items():
                self._keep(key)
                self._ids[owner] = key.id
            if len(self._ids) > 2 * KEPT:
                self._ids = {owner: i for owner, i in self._ids.items() if i in self._kept}

    def by_id(self, connection: Connection, ids: Iterable[str]) -> dict[str, DataKey]:
        """The keys with these ids; one that was destroyed is left out. Raises `StoreUnavailableError` for one lost."""
        asked = sorted(set(ids))
        if not asked:
            return {}
        alive = statements.live(connection, asked)
        self._forget(i for i in asked if i not in alive)
        found = {i: key for i in alive if (key := self._cached(i)) is not None}
        others = [i for i in alive if i not in found]
        if others:
            secret = self.key_store.get(others)
            lost = [i for i in others if i not in secret]
            if lost:
                raise StoreUnavailableError(f"the key store has no data key {lost[0]}")
            fetched = {i: key for i in others if (key := _key(i, secret[i])) is not None}
            with self._lock:
                for key in fetched.values():
                    self._keep(key)
            found |= fetched
        return found

    def destroy(self, ids: Sequence[str]) -> None:
        """Destroys keys in the key store and in this process's memory."""
        self._forget(ids)
        self.key_store.destroy(ids)

    def _others(self, log: LogWriter, wanted: Mapping[Owner, str | None], now: str) -> dict[Owner, DataKey]:
        """The keys registered for the owners, else new ones."""
        ids = {owner: i for owner, i in wanted.items() if i is not None}
        secret = self.key_store.get(list(ids.values())) if ids else {}
        found = {o: key for o, i in ids.items() if (key := _key(i, secret.get(i))) is not None}
        # A database restored from before an erasure still names keys that are no more.
        statements.disown_destroyed(log, [i for o, i in ids.items() if o not in found], now)
        return found | self._made(wanted.keys() - found.keys())

    def _made(self, owners: Iterable[Owner]) -> dict[Owner, DataKey]:
        made = {owner: DataKey(secrets.token_hex(16), new_secret()) for owner in owners}
        if made:
            self.key_store.add({key.id: key.secret for key in made.values()})
        return made

    def _cached(self, key_id: str) -> DataKey | None:
        with self._lock:
            kept = self._kept.get(key_id)
            if kept is None:
                return None
            if kept[0] < time.monotonic():
                del self._kept[key_id]
                return None
            self._kept.move_to_end(key_id)
            return kept[1]

    def _keep(self, key: DataKey) -> None:
        self._kept[key.id] = (time.monotonic() + KEPT_SECONDS, key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def _forget(self, ids: Iterable[str]) -> None:
        with self._lock:
            for key_id in ids:
                self._kept.pop(key_id, None)


def _key(key_id: str, secret: bytes | None) -> DataKey | None:
    return DataKey(key_id, secret) if secret is not None else None

"""The store of data keys: a small database of its own, so that backups of decisions do not hold their keys. SQL.

Each key is wrapped by the master key. A key that was destroyed leaves its id behind, so that nothing takes it for lost.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, func, insert, select, text
from sqlalchemy import update as change

from greenlane.api.ledger.copying import copy_table, copying
from greenlane.api.ledger.database import ADDRESS, open_database, outside_transactions, reading, writing
from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.outage import Outage
from greenlane.api.ledger.sealing.master_key import KeyRing
from greenlane.api.ledger.sealing.values import new_secret
from greenlane.api.ledger.write_probe import was_written

LOCK = 0x6B657973
"""The advisory lock that lets one process at a time make the tables in PostgreSQL."""

LOOKUP = "lookup"
"""The key under which customers are looked up: it is never destroyed."""

CHUNK = 500

metadata = MetaData()
stores = Table(
    "key_store",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("master", String(16), nullable=False),
)
"""One row: the name of this store, and the id of the master key that wraps new keys."""

keys = Table(
    "wrapped_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master", String(16)),
)
"""`wrapped` is null once the key is destroyed."""


@dataclass(frozen=True, slots=True)
class StoreIdentity:
    """What a store tells when it is opened: the name that databases are bound to, and the key of lookups."""

    name: str
    lookup: bytes


class KeyStore:
    """The wrapped keys. Safe for many threads and processes.

    Raises `StoreUnavailableError` when its database cannot do its part, `EncryptionKeyError` when the master key is
    another one.
    """

    def __init__(self, url: str, ring: KeyRing, name: str = "GREENLANE_KEY_STORE") -> None:
        self._database = open_database(url, pool_size=2, name=name)
        self._ring = ring

    @property
    def ring(self) -> KeyRing:
        """The master keys at hand."""
        return self._ring

    @property
    def outage(self) -> Outage:
        """What becomes of writing to it."""
        return self._database.outage

    def probe(self) -> None:
        """Returns when it can be written. The row that is written stays as it is."""
        with writing(self._database) as connection:
            connection.execute(change(stores).values(master=stores.c.master))
        was_written(self._database)

    def open(self) -> StoreIdentity:
        """Makes the tables the first time; returns the store's name and its lookup key."""
        with writing(self._database) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            metadata.create_all(connection)
            if connection.execute(select(stores.c.name)).first() is None:
                connection.execute(insert(stores), [{"name": random.token_hex(16), "master": self._ring.current.id}])
                self._insert(connection, {LOOKUP: new_secret()})
            name = connection.execute(select(stores.c.name)).scalar_one()
        lookup = self.get([LOOKUP])[LOOKUP]
        if lookup is None:
            raise EncryptionKeyError("the key store has lost its lookup key")
        return StoreIdentity(name, lookup)

    def add(self, secrets: Mapping[str, bytes]) -> None:
        """Keeps new keys; they are on disk when this returns."""
        with writing(self._database) as connection:
            self._insert(connection, secrets)
        self.outage.worked()

    def get(self, ids: Sequence[str]) -> dict[str, bytes | None]:
        """The keys with these ids, None for one that was destroyed; one that was never here is left out."""
        found: dict[str, bytes | None] = {}
        with reading(self._database) as connection:
            for at in range(0, len(ids), CHUNK):
                for row in connection.execute(select(keys).where(keys.c.id.in_(ids[at : at + CHUNK]))):
                    found[row.id] = None if row.wrapped is None else self._unwrap(row.id, row.master, row.wrapped)
        return found

    def alive(self, ids: Sequence[str]) -> list[str]:
        """Those of these keys that have not been destroyed here."""
        with reading(self._database) as connection:
            wanted = set(ids)
            held = connection.execute(select(keys.c.id).where(keys.c.wrapped.is_not(None))).scalars()
            return [key_id for key_id in held if key_id in wanted] if wanted else []

    def destroyed(self) -> list[str]:
        """Every key that was destroyed here."""
        with reading(self._database) as connection:
            return list(connection.execute(select(keys.c.id).where(keys.c.wrapped.is_(None))).scalars())

    def destroy(self, ids: Sequence[str]) -> None:
        """Destroys keys, for good: nothing in the files of the database holds them when this returns."""
        with writing(self._database) as connection:
            for key_id in ids:
                gone = change(keys).where(keys.c.id == key_id).values(wrapped=None, master=None)
                if connection.execute(gone).rowcount == 0:
                    connection.execute(insert(keys), [{"id": key_id, "wrapped": None, "master": None}])
        self.scrub()

    def left(self) -> int:
        """How many keys are not wrapped by the newest master key."""
        with reading(self._database) as connection:
            others = select(func.count()).select_from(keys).where(keys.c.master != self._ring.current.id)
            return int(connection.execute(others).scalar_one())

    def turn_to(self, ring: KeyRing) -> None:
        """From now on new keys are wrapped by the ring's newest key."""
        with writing(self._database) as connection:
            connection.execute(change(stores).values(master=ring.current.id))
        self._ring = ring

    def rewrap(self, limit: int) -> int:
        """Wraps up to `limit` keys anew by the newest master key; says how many."""
        newest = self._ring.current
        with writing(self._database) as connection:
            old = select(keys).where(keys.c.master != newest.id).limit(limit).with_for_update()
            rows = connection.execute(old).all()
            for row in rows:
                wrapped = newest.wrap(row.id, self._unwrap(row.id, row.master, row.wrapped))
                values = {"wrapped": wrapped, "master": newest.id}
                connection.execute(change(keys).where(keys.c.id == row.id).values(values))
        return len(rows)

    def copy_to(self, url: str) -> int:
        """Copies the keys, as they are wrapped, to an empty database; says how many. Raises `CopyError`."""
        other = KeyStore(url, self._ring, ADDRESS)
        try:
            with copying(self._database, other._database) as (origin, copy):
                metadata.create_all(copy)
                return sum(number for table in metadata.sorted_tables for number in copy_table(origin, copy, table)) - 1
        finally:
            other.close()

    def close(self) -> None:
        """Lets the connections go."""
        self._database.dispose()

    def _insert(self, connection: Connection, secrets: Mapping[str, bytes]) -> None:
        # Held until the end of the transaction, so that no key is wrapped by a master key that a rotation has left.
        wrapping = connection.execute(select(stores.c.master).with_for_update(read=True)).scalar_one()
        if self._ring.current.id != wrapping:
            self._ring = self._ring.again()
        master = self._ring.key(wrapping)
        rows = [{"id": i, "wrapped": master.wrap(i, secret), "master": master.id} for i, secret in secrets.items()]
        connection.execute(insert(keys), rows)

    def _unwrap(self, key_id: str, master: str, wrapped: bytes) -> bytes:
        if all(key.id != master for key in self._ring.keys):
            self._ring = self._ring.again()
        return self._ring.key(master).unwrap(key_id, wrapped)

    def scrub(self) -> None:
        """Leaves nothing in the files of the database of what was changed or destroyed."""
        statement = "VACUUM FULL wrapped_keys" if self._database.dialect == "postgresql" else None
        with outside_transactions(self._database) as connection:
            connection.exec_driver_sql(statement or "PRAGMA wal_checkpoint(TRUNCATE)").close()

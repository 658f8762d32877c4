"""The one door to what is stored: units of work over a database, its log, its data keys and what signs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from sqlalchemy import Connection, text

from greenlane.api.ledger import bootstrap, lookup_statements, migrate
from greenlane.api.ledger.data_key_statements import Owner, disown_destroyed
from greenlane.api.ledger.data_keys import DataKeys
from greenlane.api.ledger.database import Database, reading
from greenlane.api.ledger.errors import LogForkError, SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.forks import KIND as SETTLED
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.log import LogWriter, NewEntry, appending
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.outage import Outage
from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.readiness import Readiness
from greenlane.api.ledger.sealing.values import DataKey
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.write_probe import probe

OPENING_SECONDS = 5
"""How long a request waits while another one tries to reach a store that is away."""


class Reading:
    """One look at what is stored: `connection` to ask by, and the keys to unseal what it gives."""

    def __init__(self, connection: Connection, keys: DataKeys) -> None:
        self.connection = connection
        self._keys = keys

    def data_keys(self, ids: Iterable[str]) -> dict[str, DataKey]:
        """The keys with these ids; one that was destroyed is left out. Raises `StoreUnavailableError` for one lost."""
        return self._keys.by_id(self.connection, ids)


class UnitOfWork(Reading):
    """One transaction: rows are written by `connection`, the log is told of them, and all of it is stored or nothing.

    The transaction has its turn at the log from beginning to end. Its heads are witnessed once it is on disk.
    """

    def __init__(self, log: LogWriter, keys: DataKeys) -> None:
        super().__init__(log.connection, keys)
        self.log = log
        self.settled: dict[Owner, DataKey] = {}
        """Data keys that are their owners' once the transaction is on disk."""

    def append(self, entries: Sequence[NewEntry]) -> None:
        """Adds entries at the end of the log. Raises as `LogWriter.append` does."""
        self.log.append(entries)

    def settle(self, held: Mapping[Owner, DataKey], now: str) -> dict[Owner, DataKey]:
        """The keys that are the owners' from now on; see `DataKeys.settle`."""
        settled = self._keys.settle(self.log, held, now)
        self.settled |= settled
        return settled


class Ledger:
    """A database with its log, the key store whose keys seal it, and what signs it. Safe for many threads.

    It is opened by the first unit of work for which the database can be reached: tables are brought up to date, the
    log is begun, and `at_start` does what the owner of the process does at each start.

    Whatever fails, of the database or of the keys, is a `StoreUnavailableError`, and the next unit of work tries again:
    `SigningKeyError` and `EncryptionKeyError` where the keys at hand are not those that the database was used with.
    What the data itself breaks comes as SQLAlchemy's `IntegrityError` or `DataError`.
    """

    def __init__(
        self,
        database: Database,
        key_store: KeyStore,
        signer: LogSigner,
        at_start: Callable[[UnitOfWork], None] | None = None,
    ) -> None:
        self.database = database
        self.signer = signer
        self.keys = DataKeys(database, key_store)
        self._at_start = at_start
        self.forked = False
        """Whether nothing is signed, since it would fork the log."""

        self.outages = {
            "database": database.outage,
            "key_store": key_store.outage,
            "witness": signer.file.outage,
        }
        self._refusing = Outage("service")
        self._readiness = Readiness(self._try)
        self.opened = threading.Event()
        """Set as long as units of work begin at once."""

        self._opening = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A look at what is stored."""
        self.open()
        with reading(self.database) as connection:
            yield Reading(connection, self.keys)

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """A unit of work: on disk when the block ends, undone when it raises."""
        self.open()
        try:
            with self._transaction() as work:
                yield work
        except SigningKeyError:
            raise
        except StoreUnavailableError as error:
            # Whatever comes back may be another database: one restored, or emptied.
            self.opened.clear()
            self.forked = isinstance(error, LogForkError)
            raise
        self._refusing.worked()

    def open(self) -> None:
        """Makes the ledger ready for units of work, which do so by themselves; nothing when it is."""
        if self.opened.is_set():
            return
        if not self._opening.acquire(timeout=OPENING_SECONDS):
            raise StoreUnavailableError("another request is still trying to reach the store")
        try:
            if not self.opened.is_set():
                self._open()
                self.opened.set()
                self.forked = False
        except LogForkError:
            self.forked = True
            raise
        finally:
            self._opening.release()

    def ping(self) -> None:
        """Returns when the database answers."""
        with self.reading() as work:
            work.connection.execute(text("SELECT 1"))

    def check(self) -> None:
        """Returns when what a decision needs can be written: database, key store, witness file; and the log signed."""
        self._readiness.check()

    def refused(self, error: StoreUnavailableError) -> None:
        """Something could not be done for this error; it is logged unless an outage tells of it already."""
        if not any(each.lasts for each in self.outages.values()):
            self._refusing.failed(str(error) or type(error).__name__)

    def settle_fork(self, agreed: int, newest: Head, by: str, reason: str) -> None:
        """Gives up the heads that were signed until now for more than `agreed` entries and that the log does not hold.

        `newest` is the newest of them. From then on the log is signed again. Customers who were erased since the copy
        of the database was made are erased in it too.
        """
        migrate.bring_up_to_date(self.database)
        with self._transaction(checked=False) as work:
            self.keys.open(work.log)
            bootstrap.bring_under_log(work.log, self.keys)
            now = self.signer.moment()
            told = {"agreed": agreed, "at": now, "by": by, "given_up": asdict(newest), "reason": reason}
            work.append([NewEntry(SETTLED, str(agreed), told)])
            disown_destroyed(work.log, self.keys.key_store.destroyed(), now)

    def close(self) -> None:
        """Lets the connections go."""
        self.database.dispose()
        self.keys.key_store.close()

    def _open(self) -> None:
        migrate.bring_up_to_date(self.database)
        with self._transaction() as work:
            self.keys.open(work.log)
            untold = bootstrap.bring_under_log(work.log, self.keys)
        while untold:
            # In short transactions: other processes go on between them.
            with self._transaction() as work:
                untold = lookup_statements.tell_existing(work.log)
        with reading(self.database) as connection:
            self.signer.catch_up(newest_head(connection))
        if self._at_start is not None:
            with self._transaction() as work:
                self._at_start(work)

    def _try(self) -> None:
        with self.writing() as work:
            work.log.check_key()
        probe(self.database)
        self.keys.key_store.probe()
        self.signer.file.check()

    @contextmanager
    def _transaction(self, *, checked: bool = True) -> Iterator[UnitOfWork]:
        with appending(self.database, self.signer, checked=checked) as log:
            work = UnitOfWork(log, self.keys)
            yield work
        self.keys.remember(work.settled)

"""The log's beginning in a database that held rows before there was a log."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, RowMapping, Table

from greenlane.api.ledger import key_entries, log, migrate, witness
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.database import notary_of, reading, writing
from greenlane.api.ledger.pages import pages
from greenlane.api.ledger.sealing_existing import seal_existing
from greenlane.api.ledger.tables import decisions, proved_tables

PAGE = 1000


def make_ready(engine: Engine, keys: CustomerKeys) -> None:
    """Makes the tables those of this version, seals what an earlier one left in the clear, and begins the log.

    Raises `StoreUnavailableError`, also for tables of a newer version and without the key that the log is signed with;
    `EncryptionKeyError` when the data keys are not those that the database was used with.
    """
    migrate.bring_up_to_date(engine)
    with writing(engine) as connection:
        log.lock(connection)
        keys.open(connection)
        seal_existing(connection, keys)
        begin(connection)
        key_entries.adopt_existing(connection)
    with reading(engine) as connection:
        catch_up(connection)


def begin(connection: Connection) -> None:
    """Makes the log ready to be added to, in a transaction of `writing`.

    An empty log begins with the signing key; rows that were stored before there was a log follow, so that each has an
    entry, with the time of now. Raises `SigningKeyError` when the log is signed with a key that is not ours.
    """
    log.lock(connection)
    head = log.newest_head(connection)
    if head is not None:
        notary_of(connection).signer(head.key)
        return
    # The migration numbered them from 1: the entry of the key is 0.
    for page in pages(connection, decisions, PAGE):
        log.append(connection, [log.Entry("decision", row["decision_id"], dict(row)) for row in page])
    for kind, table in proved_tables().items():
        if table.info["proved"].position is None and kind != log.KEY:
            for page in pages(connection, table, PAGE):
                log.append(connection, [log.Entry(kind, _subject(table, row), dict(row)) for row in page])


def catch_up(connection: Connection) -> None:
    """Witnesses the newest head, if the process that signed it came to an end before it did."""
    head, file = log.newest_head(connection), notary_of(connection).witness
    if head is not None and file is not None and not witness.holds(file, head):
        witness.write(file, [head])


def _subject(table: Table, row: RowMapping) -> str:
    return "/".join(str(row[name]) for name in table.info["proved"].subject)

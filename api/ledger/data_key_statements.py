"""SQL about data keys, without the keys themselves: whose each is, and what the log is told of that.

An entry holds a commitment to the customer, whose salt stands in the key's row. Erasing removes both from there: the
entry then leads to nobody, and still proves the rest of the row.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from greenlane.api.ledger import lookup_statements
from greenlane.api.ledger.database import chunks, pages
from greenlane.api.ledger.log import LogWriter, NewEntry
from greenlane.api.ledger.proof.leaf import commitment, new_salt
from greenlane.api.ledger.tables import data_keys, decisions, erasures, log_events

KIND = "data_key"
"""Of the entries that tell of data keys."""

_BEFORE: Mapping[str, Any] = {"reason": "erased_before", "caller": "restore"}
"""How it is recorded that a key was found destroyed: the record of why was in what the database has lost."""

PAGE = 1000
_FIRST = select(log_events.c.seq).where(log_events.c.kind == KIND).limit(1)
_SALT = update(data_keys).where(data_keys.c.id == bindparam("key_id")).values(salt=bindparam("new_salt"))


class Owner(NamedTuple):
    """Whose a data key is (a keyed token), and for what of theirs (`scope_of`)."""

    customer: str
    scope: str


def scope_of(year: str, status: str) -> str:
    """What of a customer's a data key is for: the decisions of a year, as four digits, and status."""
    return f"{year} {status}"


def owned(connection: Connection, owners: Iterable[Owner]) -> dict[Owner, str]:
    """The id of the key of those that have one; it stays theirs until the transaction ends."""
    wanted = set(owners)
    found: dict[Owner, str] = {}
    for part in chunks(sorted({owner.customer for owner in wanted})):
        query = select(data_keys.c.id, data_keys.c.customer, data_keys.c.scope)
        for row in connection.execute(query.where(data_keys.c.customer.in_(part)).with_for_update(read=True)):
            owner = Owner(row.customer, row.scope)
            if owner in wanted:
                found[owner] = row.id
    return found


def register(log: LogWriter, ids: Mapping[Owner, str], now: str) -> None:
    """Says whose new keys are, and tells the log; passes over owners that have one, and ids that were used before."""
    rows = [
        {"id": i, "customer": o.customer, "scope": o.scope, "created_at": now, "salt": new_salt()}
        for o, i in sorted(ids.items())
    ]
    add = _insert(log.connection, data_keys).on_conflict_do_nothing().returning(data_keys.c.id)
    added = set(log.connection.execute(add, rows).scalars())
    _tell(log, [row for row in rows if row["id"] in added])


def disown(connection: Connection, ids: Sequence[str]) -> None:
    """Leaves nothing that leads from these keys, or what the log was told of them, to their customer, nor from what is
    looked up to their decisions.
    """
    lookup_statements.forget(connection, ids)
    for part in chunks(ids):
        connection.execute(update(data_keys).where(data_keys.c.id.in_(part)).values(customer=None, salt=None))


def disown_destroyed(log: LogWriter, ids: Iterable[str], now: str) -> None:
    """Says of these keys, which the key store has destroyed, that they are nobody's any more, with a record of it.

    A database that was put back as it was before an erasure says of them that they are somebody's.
    """
    for part in chunks(sorted(ids)):
        query = select(data_keys.c.id).where(data_keys.c.id.in_(part), data_keys.c.customer.is_not(None))
        owned = list(log.connection.execute(query.order_by(data_keys.c.id)).scalars())
        rows = [{"id": str(uuid.uuid4()), "data_key_id": i, "erased_at": now, **_BEFORE} for i in owned]
        for row in rows:
            held = select(func.count()).select_from(decisions).where(decisions.c.data_key_id == row["data_key_id"])
            row["decisions"] = log.connection.execute(held).scalar_one()
        disown(log.connection, owned)
        if rows:
            log.connection.execute(insert(erasures), rows)
            log.append([NewEntry("erasure", str(row["id"]), row) for row in rows])


def live(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these keys that have not been destroyed."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(data_keys.c.id).where(data_keys.c.id.in_(part), data_keys.c.customer.is_not(None))
        found.update(connection.execute(query).scalars())
    return found


def destroyed_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these keys that have been destroyed; not those that there never were."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(data_keys.c.id).where(data_keys.c.id.in_(part), data_keys.c.customer.is_(None))
        found.update(connection.execute(query).scalars())
    return found


def any_told(connection: Connection) -> bool:
    """Whether the log was ever told of a data key; from then on it was told of every one."""
    return connection.execute(_FIRST).first() is not None


def tell_existing(log: LogWriter) -> None:
    """Tells the log, which has begun, of every data key, if it was told of none: those that a version before made.

    Later a key without an entry is never given one: it would vouch for what somebody else put there.
    """
    connection = log.connection
    if any_told(connection):
        return
    for page in pages(connection, data_keys, PAGE):
        rows = [dict(row) for row in page]
        salted = [row for row in rows if row["customer"] is not None and row["salt"] is None]
        for row in salted:
            row["salt"] = new_salt()
        if salted:
            connection.execute(_SALT, [{"key_id": row["id"], "new_salt": row["salt"]} for row in salted])
        _tell(log, rows)


def commitment_to(customer: str, salt: bytes) -> str:
    """What an entry says of a customer, given as the token in `data_keys`. The salt has 32 bytes."""
    return commitment("customer", salt, customer.encode("utf-8", "surrogateescape"))


def _tell(log: LogWriter, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds an entry for each of these rows, unless the log has not begun: `tell_existing` does so once it has."""
    if rows and log.head is not None:
        log.append([NewEntry(KIND, row["id"], _content(row)) for row in rows])


def _content(row: Mapping[str, Any]) -> Mapping[str, str | None]:
    customer = row["customer"]
    held = commitment_to(customer, row["salt"]) if customer is not None else None
    return {"commitment": held, "created_at": row["created_at"], "scope": row["scope"]}


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)

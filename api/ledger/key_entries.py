"""What the log is told of data keys: whose each is, proved without being told.

An entry holds a commitment to the customer, whose salt stands in the key's row. Erasing removes both from there: the
entry then leads to nobody, and still proves the rest of the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from greenlane.api.ledger import log
from greenlane.api.ledger.pages import pages
from greenlane.api.ledger.proof.commitment import commitment, new_salt
from greenlane.api.ledger.tables import data_keys, log_events

KIND = "data_key"
PAGE = 1000

_FIRST = select(log_events.c.seq).where(log_events.c.kind == KIND).limit(1)
_SALT = update(data_keys).where(data_keys.c.id == bindparam("key_id")).values(salt=bindparam("new_salt"))


def tell(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds an entry for each of these rows of `data_keys`, in the caller's transaction of `writing`.

    Where the log has not begun nothing is added: `adopt_existing` tells of all rows once it has.
    """
    if rows and log.newest_head(connection) is not None:
        log.append(connection, [log.Entry(KIND, row["id"], _content(row)) for row in rows])


def any_told(connection: Connection) -> bool:
    """Whether the log was ever told of a data key; from then on it was told of every one."""
    return connection.execute(_FIRST).first() is not None


def adopt_existing(connection: Connection) -> None:
    """Tells the log, which has begun, of every data key, if it was told of none: those that a version before made.

    Later a key without an entry is never given one: it would vouch for what somebody else put there.
    """
    log.lock(connection)
    if any_told(connection):
        return
    for page in pages(connection, data_keys, PAGE):
        rows = [dict(row) for row in page]
        salted = [row for row in rows if row["customer"] is not None and row["salt"] is None]
        for row in salted:
            row["salt"] = new_salt()
        if salted:
            connection.execute(_SALT, [{"key_id": row["id"], "new_salt": row["salt"]} for row in salted])
        tell(connection, rows)


def commitment_to(customer: str, salt: bytes) -> str:
    """What an entry says of a customer, given as the token in `data_keys`. The salt has 32 bytes."""
    return commitment("customer", salt, customer.encode("utf-8", "surrogateescape"))


def _content(row: Mapping[str, Any]) -> Mapping[str, str | None]:
    customer = row["customer"]
    held = commitment_to(customer, row["salt"]) if customer is not None else None
    return {"commitment": held, "created_at": row["created_at"], "scope": row["scope"]}

"""A database of an earlier version brought under the log: rows are sealed, and each gets its entry. SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, RowMapping, Table, select, update

from greenlane.api.ledger import data_key_statements, lookup_statements
from greenlane.api.ledger.data_key_statements import Owner
from greenlane.api.ledger.data_keys import DataKeys
from greenlane.api.ledger.database import pages
from greenlane.api.ledger.log import KEY, LogWriter, NewEntry
from greenlane.api.ledger.lookup_statements import FOUND_BY_NOTHING, add_lookups, lookup_of
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.sealing.values import DataKey, seal_committed
from greenlane.api.ledger.tables import decisions, proved_tables

PAGE = 1000
SEALED_AT_ONCE = 500
CUSTOMER = ("applicant", "uscc")
APPLICATION_ID = ("application_id",)
"""Where applications named them when decisions were stored in the clear."""

_IN_CLEAR = select(decisions).where(decisions.c.sealed == 0).order_by(decisions.c.seq).limit(SEALED_AT_ONCE)


def bring_under_log(log: LogWriter, keys: DataKeys) -> bool:
    """Makes the log ready to be added to: what an earlier version stored without it is sealed and proved from now on.

    Says whether there may be more than a page of decisions of which it is to be told by what they are found
    (`lookup_statements.tell_existing`). Raises `SigningKeyError` when the log is signed with a key that is not ours.
    """
    seal_existing(log, keys)
    begin(log)
    data_key_statements.tell_existing(log)
    return lookup_statements.tell_existing(log)


def begin(log: LogWriter) -> None:
    """Gives each row that was stored before there was a log an entry, with the time of now. Raises as above.

    Where no row is, the log begins with the first entry that is added.
    """
    if log.head is not None:
        log.check_key()
        return
    # The migration numbered them from 1: the entry of the key is 0.
    for page in pages(log.connection, decisions, PAGE):
        log.append([NewEntry("decision", row["decision_id"], dict(row)) for row in page])
    for kind, table in proved_tables().items():
        if table.info["proved"].position is None and kind != KEY:
            for page in pages(log.connection, table, PAGE):
                log.append([NewEntry(kind, _subject(table, row), dict(row)) for row in page])


def seal_existing(log: LogWriter, keys: DataKeys) -> None:
    """Seals the decisions that are in the clear, if the log has not begun.

    A row that the log tells of already is never changed: it can be read as it is.
    """
    if log.head is not None:
        return
    while rows := log.connection.execute(_IN_CLEAR).all():
        with unguarded(log.connection, "decisions"):
            _seal(log, rows, keys)


def _seal(log: LogWriter, rows: Sequence[Row[Any]], keys: DataKeys) -> None:
    applications = {row.decision_id: json.loads(row.inputs) for row in rows}
    owners = {row.decision_id: _owner(row, applications[row.decision_id], keys) for row in rows}
    held = keys.settle(log, keys.found(log.connection, owners.values()), rows[-1].decided_at)
    lookups = []
    for row in rows:
        values = _sealed(row, held[owners[row.decision_id]], keys)
        named = _text_at(applications[row.decision_id], APPLICATION_ID)
        if named:
            lookups.append(lookup_of(keys.token("application", named), row.decision_id))
        values["lookup_commitment"] = lookups[-1].commitment if named else FOUND_BY_NOTHING
        log.connection.execute(update(decisions).where(decisions.c.decision_id == row.decision_id).values(**values))
    add_lookups(log.connection, lookups)


def _owner(row: Row[Any], application: Any, keys: DataKeys) -> Owner:
    customer = _text_at(application, CUSTOMER)
    return keys.owner(customer, row.decision_id, row.decided_at, row.status)


def _sealed(row: Row[Any], key: DataKey, keys: DataKeys) -> dict[str, Any]:
    """The columns of a decision that are others once it is sealed. The request's hash stood where its code is to be."""
    values: dict[str, Any] = {"sealed": 1, "data_key_id": key.id, "request_mac": key.request_mac(row.request_mac)}
    if row.idempotency_key:
        values["idempotency_key"] = keys.token("idempotency", row.idempotency_key)
    for name in ("inputs", "answer", "trace"):
        content = getattr(row, name)
        if content is not None:
            values[name], values[f"{name}_commitment"] = seal_committed(key, row.decision_id, name, content)
    return values


def _subject(table: Table, row: RowMapping) -> str:
    return "/".join(str(row[name]) for name in table.info["proved"].subject)


def _text_at(tree: Any, path: tuple[str, ...]) -> str | None:
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, str) else None

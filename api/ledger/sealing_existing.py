"""Sealing the decisions that a version before stored in the clear, before the log begins and tells of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, select, update

from greenlane.api.ledger import data_keys, log
from greenlane.api.ledger.customer_keys import CustomerKeys
from greenlane.api.ledger.guards import unguarded
from greenlane.api.ledger.records import DecisionRecord, DecisionRow
from greenlane.api.ledger.sealed_rows import lookups_of, owner_of, row_of
from greenlane.api.ledger.tables import decisions

PAGE = 500
CUSTOMER = ("applicant", "uscc")
APPLICATION_ID = ("application_id",)
"""Where applications named them when decisions were stored in the clear."""

_COLUMNS = [decisions.c[f.name] for f in fields(DecisionRow)]


def seal_existing(connection: Connection, keys: CustomerKeys) -> None:
    """Seals what is in the clear, in the caller's transaction, if the log has not begun.

    A row that the log tells of already is never changed: it can be read as it is.
    """
    if log.newest_head(connection) is not None:
        return
    while rows := _page(connection):
        with unguarded(connection, "decisions"):
            _seal(connection, rows, keys)


def _page(connection: Connection) -> list[DecisionRow]:
    query = select(*_COLUMNS).where(decisions.c.sealed == 0).order_by(decisions.c.seq).limit(PAGE)
    return [DecisionRow(*row) for row in connection.execute(query)]


def _seal(connection: Connection, rows: Sequence[DecisionRow], keys: CustomerKeys) -> None:
    records = [_record(row) for row in rows]
    owners = [owner_of(record, keys.token) for record in records]
    held = keys.settle(connection, keys.found(connection, owners), rows[-1].decided_at)
    for record, owner in zip(records, owners, strict=True):
        sealed = asdict(row_of(record, held[owner], keys.token))
        connection.execute(update(decisions).where(decisions.c.decision_id == record.decision_id).values(**sealed))
    data_keys.add_lookups(connection, lookups_of(records, keys.token))


def _record(row: DecisionRow) -> DecisionRecord:
    inputs = row.inputs.decode()
    application = json.loads(inputs)
    return DecisionRecord(
        decision_id=row.decision_id,
        idempotency_key=row.idempotency_key,
        request_sha256=row.request_mac,
        release_id=row.release_id,
        engine=row.engine,
        decided_at=row.decided_at,
        as_of=row.as_of,
        customer=_text_at(application, CUSTOMER),
        application_id=_text_at(application, APPLICATION_ID),
        product=row.product,
        tier=row.tier,
        route=row.route,
        status=row.status,
        trace_level=row.trace_level,
        path=row.path,
        inputs=inputs,
        answer=row.answer.decode(),
        trace=row.trace,
        caller=row.caller,
        region=row.region,
    )


def _text_at(tree: Any, path: tuple[str, ...]) -> str | None:
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree if isinstance(tree, str) else None

"""Decisions as rows at rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from greenlane.api.ledger.data_keys import Owner
from greenlane.api.ledger.log_view import Opened
from greenlane.api.ledger.proof.commitment import commitment
from greenlane.api.ledger.records import DecisionRecord, DecisionRow
from greenlane.api.ledger.sealing.values import DataKey, opened, seal

SEALED = 1
CONTENT = ("inputs", "answer", "trace")
Token = Callable[[str, str], str]
"""What stands at rest for a value of a kind."""

YEAR = slice(0, 4)


def owner_of(record: DecisionRecord, token: Token) -> Owner:
    """Whose key seals the decision: the customer's for that year and status; its own where no customer is named."""
    kind, name = ("customer", record.customer) if record.customer else ("decision", record.decision_id)
    return Owner(token(kind, name), f"{record.decided_at[YEAR]} {record.status}")


def row_of(record: DecisionRecord, key: DataKey, token: Token) -> DecisionRow:
    """The decision as it is stored."""
    decision_id = record.decision_id
    inputs = _sealed(key, decision_id, "inputs", record.inputs.encode())
    answer = _sealed(key, decision_id, "answer", record.answer.encode())
    trace = (None, None) if record.trace is None else _sealed(key, decision_id, "trace", record.trace)
    return DecisionRow(
        decision_id=decision_id,
        idempotency_key=token("idempotency", record.idempotency_key) if record.idempotency_key else None,
        request_mac=key.request_mac(record.request_sha256),
        release_id=record.release_id,
        engine=record.engine,
        decided_at=record.decided_at,
        as_of=record.as_of,
        product=record.product,
        tier=record.tier,
        route=record.route,
        status=record.status,
        trace_level=record.trace_level,
        path=record.path,
        inputs=inputs[0],
        answer=answer[0],
        trace=trace[0],
        sealed=SEALED,
        data_key_id=key.id,
        inputs_commitment=inputs[1],
        answer_commitment=answer[1],
        trace_commitment=trace[1],
        caller=record.caller,
        region=record.region,
    )


def _sealed(key: DataKey, decision_id: str, column: str, value: bytes) -> tuple[bytes, str]:
    """The value at rest, and the commitment to it."""
    sealed = seal(key, decision_id, column, value)
    return sealed.blob, commitment(column, sealed.salt, value)


def lookups_of(records: Sequence[DecisionRecord], token: Token) -> list[tuple[str, str]]:
    """The tokens that decisions are found by, with the decisions' ids."""
    return [(token("application", r.application_id), r.decision_id) for r in records if r.application_id]


def opened_columns(columns: Mapping[str, Any], keys: Mapping[str, DataKey]) -> Mapping[str, Opened] | None:
    """What is sealed in the columns of a row, with its salts; None when its key is not among the keys.

    Raises `api.ledger.sealing.values.Unreadable`.
    """
    key_id, row_id = columns["data_key_id"], columns["decision_id"]
    if key_id is None:
        return {name: Opened(columns[name]) for name in CONTENT}
    if key_id not in keys:
        return None
    found = {}
    for name in CONTENT:
        salt, value = opened(keys[key_id], row_id, name, columns[name]) if columns[name] is not None else (None, None)
        found[name] = Opened(value, salt)
    return found


def asks_the_same(row: DecisionRow, keys: Mapping[str, DataKey], sha256: str) -> bool:
    """Whether the decision was made for the request with this hash. What is erased is taken to be: nobody can tell."""
    if row.data_key_id is None:
        return row.request_mac == sha256
    key = keys.get(row.data_key_id)
    return key is None or key.request_mac(sha256) == row.request_mac

"""Decisions at rest: sealed into rows, read back, altered told apart from erased. No SQL of its own.

What is sealed must be what the commitment beside it was made of. Decisions that an earlier version left in the clear
have no commitment: they must be what their entries in the log were made of. No SQL of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from greenlane.api.decisions.records import Content, DecisionRecord, DecisionRow, DecisionSummary
from greenlane.api.decisions.statements import leaves
from greenlane.api.ledger.data_key_statements import destroyed_among
from greenlane.api.ledger.lookup_statements import FOUND_BY_NOTHING, Lookup, lookup_of
from greenlane.api.ledger.proof.leaf import Leaf, digest
from greenlane.api.ledger.sealing.values import DataKey, UnsealError, open_committed, opened, seal_committed
from greenlane.api.ledger.unit_of_work import Reading
from greenlane.api.logs import logger

SEALED = 1
CONTENT = ("inputs", "answer", "trace")
"""The columns that are sealed."""

SEARCHED = ("inputs",)
"""Those whose content a search shows something of."""

CLEAR = (
    *("decision_id", "release_id", "engine", "decided_at", "as_of", "product", "tier", "route", "status"),
    *("trace_level", "path", "caller", "region"),
)
"""The columns that hold what the record does."""

SHOWN = [f.name for f in fields(DecisionSummary) if f.name not in ("inputs", "altered")]
Token = Callable[[str, str], str]
"""What stands at rest for a value of a kind."""

Plain = Mapping[str, bytes | None]
"""The values of columns in clear; None for null."""


class Unread(Enum):
    """Why there is nothing to be read in a row."""

    ERASED = "erased"
    """Its data key was destroyed."""

    ALTERED = "altered"
    """What it holds is not what was stored."""


@dataclass(frozen=True, slots=True)
class OpenedColumn:
    """What a column holds in clear: the value that was sealed and its salt, or the stored value itself and no salt."""

    value: bytes | None
    salt: bytes | None = None


def row_of(record: DecisionRecord, key: DataKey, token: Token, found_by: Lookup | None) -> DecisionRow:
    """The decision as it is stored, to be found by a token."""
    values: dict[str, Any] = {name: getattr(record, name) for name in CLEAR}
    sealed = {"inputs": record.inputs, "answer": record.answer, "trace": record.trace}
    for name, content in sealed.items():
        at_rest = (None, None) if content is None else seal_committed(key, record.decision_id, name, content)
        values[name], values[f"{name}_commitment"] = at_rest
    return DecisionRow(
        idempotency_key=token("idempotency", record.idempotency_key) if record.idempotency_key else None,
        request_mac=key.request_mac(record.request_sha256),
        sealed=SEALED,
        data_key_id=key.id,
        lookup_commitment=found_by.commitment if found_by is not None else FOUND_BY_NOTHING,
        **values,
    )


def lookups_of(records: Sequence[DecisionRecord], token: Token) -> dict[str, Lookup]:
    """What decisions are found by, new, by the decisions' ids."""
    named = {r.decision_id: r.application_id for r in records if r.application_id}
    return {decision_id: lookup_of(token("application", name), decision_id) for decision_id, name in named.items()}


def asks_the_same(row: DecisionRow, keys: Mapping[str, DataKey], sha256: str) -> bool:
    """Whether the decision was made for the request with this hash. What is erased is taken to be: nobody can tell."""
    if row.data_key_id is None:
        return row.request_mac == sha256
    key = keys.get(row.data_key_id)
    return key is None or key.request_mac(sha256) == row.request_mac


def opened_columns(columns: Mapping[str, Any], keys: Mapping[str, DataKey]) -> Mapping[str, OpenedColumn] | None:
    """What is sealed in the columns of a row, with its salts; None when its key is not among the keys.

    Raises `UnsealError`.
    """
    key_id, row_id = columns["data_key_id"], columns["decision_id"]
    if key_id is None:
        return {name: OpenedColumn(columns[name]) for name in CONTENT}
    if key_id not in keys:
        return None
    found = {}
    for name in CONTENT:
        salt, value = opened(keys[key_id], row_id, name, columns[name]) if columns[name] is not None else (None, None)
        found[name] = OpenedColumn(value, salt)
    return found


def read(work: Reading, rows: Sequence[Any], columns: Sequence[str]) -> list[Plain | Unread]:
    """What these columns of each row of `decisions` hold. A row has them, their commitments, `decision_id` and key.

    Raises `StoreUnavailableError`, also when the key store has lost a key.
    """
    ids = {row.data_key_id for row in rows if row.data_key_id is not None}
    found = work.data_keys(ids)
    destroyed = destroyed_among(work.connection, sorted(ids - found.keys()))
    in_clear = leaves(work.connection, [row.decision_id for row in rows if row.data_key_id is None])
    known = _Known(found, destroyed, in_clear)
    told = [_read(row, columns, known) for row in rows]
    for row, one in zip(rows, told, strict=True):
        if one is Unread.ALTERED:
            logger.error("decision altered", decision=row.decision_id)
    return told


def content_of(found: Plain | Unread) -> Content | None:
    """What a decision holds, of `CONTENT` as read; None where there is nothing to be read."""
    if isinstance(found, Unread):
        return None
    return Content(found["inputs"] or b"", found["answer"] or b"", found["trace"])


def summaries(rows: Sequence[Any], found: Sequence[Plain | Unread]) -> list[DecisionSummary]:
    """The rows of a search with what was read in `SEARCHED` of them: no inputs where nothing could be read."""
    return [
        DecisionSummary(
            **{name: getattr(row, name) for name in SHOWN},
            inputs=(one["inputs"] or b"") if not isinstance(one, Unread) else None,
            altered=one is Unread.ALTERED,
        )
        for row, one in zip(rows, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are read by: keys by id, those that were destroyed, and entries by decision."""

    keys: Mapping[str, DataKey]
    destroyed: Collection[str]
    leaves: Mapping[str, Leaf]


def _read(row: Any, columns: Sequence[str], known: _Known) -> Plain | Unread:
    if row.data_key_id is None:
        return _in_clear(row, columns, known.leaves.get(row.decision_id))
    key = known.keys.get(row.data_key_id)
    if key is None:
        return Unread.ERASED if row.data_key_id in known.destroyed else Unread.ALTERED
    try:
        return {name: _column(key, row, name) for name in columns}
    except UnsealError:
        return Unread.ALTERED


def _column(key: DataKey, row: Any, name: str) -> bytes | None:
    sealed, committed = getattr(row, name), getattr(row, f"{name}_commitment")
    if sealed is None and committed is None:
        return None
    return open_committed(key, row.decision_id, name, sealed or b"", committed)


def _in_clear(row: Any, columns: Sequence[str], leaf: Leaf | None) -> Plain | Unread:
    found = {name: getattr(row, name) for name in columns}
    if leaf is None or any(digest(value) != leaf.columns.get(name) for name, value in found.items()):
        return Unread.ALTERED
    return found

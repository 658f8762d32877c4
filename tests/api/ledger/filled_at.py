"""Rows for every table of every revision of the tables, written as the version of that time would have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert

from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import Database, writing

Row = Mapping[str, Any]
AT = "2026-03-02T01:00:00.000000Z"
RELEASE = {"id": "rel-1", "sha256": "0" * 64, "name": "规则", "version": "1.0.0", "files": "{}", "stored_at": AT}


def decision(number: int, revision: str) -> Row:
    """A decision in the columns of a revision, in the clear; every other one without what may be missing."""
    given = number % 2 == 1
    application = {"application_id": f"APP-{number}", "applicant": {"uscc": "91320500XXXX00019A"}} if given else {}
    inputs, answer = json.dumps(application | {"名": "企业"}, ensure_ascii=False), '{"status":"通过"}'
    row: dict[str, Any] = {
        "decision_id": f"d{number}",
        "idempotency_key": f"k{number}" if given else None,
        "release_id": "rel-1",
        "engine": "1.0.0",
        "decided_at": AT,
        "as_of": "2026-03-02",
        "status": "DONE",
        "trace_level": "full",
        **{name: name if given else None for name in ("product", "tier", "route")},
        "trace": b"\x00\xff" if given else None,
    }
    if revision >= "0002":
        row["seq"] = number
    if revision >= "0003":
        row |= {"caller": "key-1", "region": "32"} if given else {"caller": None, "region": None}
    if revision >= "0005":
        return row | {"request_mac": "1" * 64, "inputs": inputs.encode(), "answer": answer.encode(), "sealed": 0}
    names = {"application_id": f"APP-{number}", "uscc": "91320500XXXX00019A"} if given else {}
    return row | {"application_id": None, "uscc": None, "request_sha256": "1" * 64} | names | {
        "inputs": inputs,
        "answer": answer,
    }  # fmt: skip


def _step(seq: int, kind: str, **more: Any) -> Row:
    return {"seq": seq, "release_id": "rel-1", "kind": kind, "actor": "ann", "recorded_at": f"2026-03-0{seq}"} | more


KEY_STEP = {
    "key_id": "key-1",
    "version": 1,
    "step": "created",
    "at": AT,
    "by": "local",
    "name": "分行",
    "roles": "read decide",
    "regions": "32",
    "expires_at": AT,
    "secret_sha256": "3" * 64,
    "previous_sha256": "4" * 64,
    "previous_until": AT,
}
EVIDENCE = {"release_id": "rel-1", "sha256": "5" * 64, "passed": True, "content": "好", "recorded_at": AT}

NEW_ROWS: Mapping[str, Mapping[str, list[Row]]] = {
    "0001": {"releases": [RELEASE]},
    "0002": {
        "log": [
            {"position": 0, "data": "{}", "nodes": b"\x00" * 32, "topic": None, "head": None},
            {"position": 1, "data": "{}", "nodes": b"\xff" * 64, "topic": "release/rel-1", "head": "{}"},
        ],
        "log_keys": [{"id": "k" * 16, "public_key": "a" * 64, "added_at": AT}],
        "log_events": [{"seq": 1, "kind": "access", "subject": "d1", "content": '{"谁":"x"}'}],
    },
    "0003": {"key_steps": [KEY_STEP, KEY_STEP | {"version": 2, "regions": None, "expires_at": None}]},
    "0004": {
        "release_evidence": [EVIDENCE | {"kind": "files"}, EVIDENCE | {"kind": "check", "sha256": "6" * 64}],
        "release_steps": [
            _step(1, "loaded"),
            _step(2, "drafted", comment="更严"),
            _step(3, "stopped", release_id=None),
            _step(4, "seeded", effective_from=AT, effective_until="2027-01-01", check_sha256="6" * 64),
        ],
    },
    "0005": {
        "data_keys": [{"id": "d" * 32, "customer": None, "scope": "2026 DONE", "created_at": AT}],
        "decision_lookups": [{"token": "t" * 64, "decision_id": "d1"}],
        "key_binding": [{"id": 1, "key_store": "s" * 32}],
        "erasures": [
            {"id": "e", "data_key_id": "d" * 32, "erased_at": AT, "reason": "x", "caller": "dpo", "decisions": 1}
        ],
        "reviews": [
            {"id": "r", "decision_id": "d1", "kind": "requested", "said_by": "officer", "caller": "c", "at": AT}
            | {"text": b"\x00", "text_commitment": "c" * 64}
        ],
    },
    "0006": {
        "data_keys": [
            {"id": "f" * 32, "customer": "t" * 64, "scope": "2026 DONE", "created_at": AT, "salt": b"\x00" * 32}
        ],
        "log_events": [{"seq": 2, "kind": "data_key", "subject": "f" * 32, "content": "{}"}],
    },
    "0007": {
        "decision_lookups": [{"token": "u" * 64, "decision_id": "d3", "salt": b"\x01" * 32}],
        "write_probes": [{"id": 1, "at": AT, "filler": b""}],
        "log": [{"position": 2, "data": "{}", "nodes": b"\x01" * 32, "topic": "key_binding/1", "head": "{}"}],
        "log_events": [{"seq": 3, "kind": "decision_lookups", "subject": "1-4", "content": "{}"}],
    },
}
"""By revision, rows for the tables and columns that it made; `decisions` is filled by `decision`."""


def filled(engine: Database, revision: str) -> None:
    """Makes the tables of a revision, with rows in each of them."""
    migrate.upgrade(engine, revision)
    with writing(engine) as connection:
        tables = MetaData()
        tables.reflect(connection)
        for of, rows in NEW_ROWS.items():
            for table, added in rows.items() if of <= revision else ():
                for row in added:
                    connection.execute(insert(tables.tables[table]), [row])
            if of == "0001":
                decide(connection, revision, 1, 2, 3, 4)


def decide(connection: Connection, revision: str, *numbers: int) -> None:
    """Adds decisions as that version did."""
    table = Table("decisions", MetaData(), autoload_with=connection)
    for number in numbers:
        connection.execute(insert(table), [decision(number, revision)])

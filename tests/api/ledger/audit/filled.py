"""A store with something of everything in it: rows in each table, and a value in each column of each table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import delete

from greenlane.api.access.statements import KeyStep, add_step
from greenlane.api.decisions.statements import add as add_decisions
from greenlane.api.ledger.database import Database, open_database
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.proof.signing_key import new_signing_key, write_signing_key
from greenlane.api.ledger.tables import decisions
from greenlane.api.releases.statements import add_release
from greenlane.api.reviews.statements import Remark
from tests.api.ledger.records import RELEASE, at_rest, record, retired
from tests.api.ledger.stores import Stores, open_stores
from tests.api.releases.steps import AT, step, write

SECOND = replace(RELEASE, id="rel-2", sha256="2" * 64, version="1.0.1", files={"a.yaml": "规则二"})
CREATED = KeyStep("key-1", 1, "created", "2026-03-02", "operator", "branch", "read", "32", None, "3" * 64)
ROTATED = replace(CREATED, version=2, step="rotated", secret_sha256="4" * 64, previous_sha256="3" * 64)
LIFE = (
    step("drafted", "ann", comment="更严"),
    step("submitted", "ann"),
    step("approved", "bob"),
    step("activated", "bob", effective_until="2026-12-01T00:00:00.000000Z"),
    step("stopped", "bob", comment="错误"),
    step("resumed", "bob"),
)


def fill(url: str, folder: Path, number: int = 120) -> Database:
    """A database with `number` decisions and, besides, some erased, reviewed, unsealed, and one removed by the book."""
    store = open_stores(url, folder)
    for at in range(0, number, 8):
        keyed = [record(idempotency_key=f"k{n}", application_id=None, trace=None) for n in range(at, at + 2)]
        store.decisions.add([*keyed, *(record(inputs=b'{"n":%d}' % n, tier=None) for n in range(at + 2, at + 8))])
    gone = record()
    store.decisions.add([gone])
    with store.ledger.writing() as work:
        add_release(work, SECOND)
        work.append([NewEntry("access", gone.decision_id, {"caller": "auditor", "n": n}) for n in range(5)])
        work.append([retired("decision", gone.decision_id, {"because": "retention"})])
        work.connection.execute(delete(decisions).where(decisions.c.decision_id == gone.decision_id))
    rotated = new_signing_key()
    with store.ledger.writing() as work:
        work.log.rotate(rotated)
    write_signing_key(folder / "signing.key", rotated, replace=True)
    with store.ledger.writing() as work:
        add_step(work, CREATED)
        add_step(work, replace(ROTATED, expires_at="2027-01-01", previous_until="2026-04-01"))
        add_step(work, replace(CREATED, version=3, step="revoked", regions=None))
        work.append([NewEntry("access", "somebody", {"caller": "auditor"})])
        # As an earlier version stored them, in the clear.
        clear = replace(at_rest(record(trace=None)), sealed=0, data_key_id=None, inputs=b"{}", answer=b"{}")
        clear = replace(clear, inputs_commitment=None, answer_commitment=None, path=None, lookup_commitment=None)
        nothing = replace(clear, decision_id="d-clear", product=None, tier=None, route=None)
        add_decisions(work, [clear, nothing])
    store.close()
    _live(open_stores(url, folder))
    return open_database(url)


def _live(store: Stores) -> None:
    """What people do: releases under four eyes, reviews, erasures."""
    write(store, *LIFE)
    asked = [record(customer=f"customer {n}", caller="branch", region="32") for n in range(6)]
    store.decisions.add(asked)
    for n, made in enumerate(asked[:3]):
        said = Remark(f"review-{n}", made.decision_id, "requested", "customer", "officer", AT, f"理由{n}")
        store.reviews.add(said)
        store.reviews.add(replace(said, id=f"outcome-{n}", kind="upheld", said_by="reviewer", text="维持"))
    for n in (2, 3):
        store.erasing.erase(f"customer {n}", "customer_request", "dpo", AT)
    store.close()

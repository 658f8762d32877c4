"""A store with something of everything in it: rows in each table, and a value in each column of each table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, delete

from greenlane.api.json_text import canonical
from greenlane.api.ledger import decisions as decision_rows
from greenlane.api.ledger import keys, log, releases
from greenlane.api.ledger.database import open_database, writing
from greenlane.api.ledger.log import Entry
from greenlane.api.ledger.notary import Notary
from greenlane.api.ledger.proof.keys import KeyPlace, new_key, write_key
from greenlane.api.ledger.records import KeyStep
from greenlane.api.ledger.repository import Store
from greenlane.api.ledger.tables import decisions
from greenlane.api.privacy.statements import ErasingStore
from greenlane.api.reviews.statements import Remark, ReviewStore
from tests.api.store.lives import AT, step, write
from tests.api.store.records import RELEASE, at_rest, record
from tests.api.store.stores import key_store

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


def opened(url: str, folder: Path) -> Engine:
    """The database with its key and its witness in `folder`."""
    return open_database(url, notary=Notary(KeyPlace(folder / "signing.key"), folder / "heads.jsonl"))


def fill(url: str, folder: Path, number: int = 120) -> Engine:
    """A database with `number` decisions and, besides, some erased, reviewed, unsealed, and one removed by the book."""
    store = Store(opened(url, folder), RELEASE, key_store(folder))
    for at in range(0, number, 8):
        keyed = [record(idempotency_key=f"k{n}", application_id=None, trace=None) for n in range(at, at + 2)]
        store.add([*keyed, *(record(inputs=f'{{"n":{n}}}', tier=None) for n in range(at + 2, at + 8))])
    retired = record()
    store.add([retired])
    store.close()
    engine = opened(url, folder)
    with writing(engine) as connection:
        releases.add(connection, SECOND, canonical)
        log.append(connection, [Entry("access", retired.decision_id, {"caller": "auditor", "n": n}) for n in range(5)])
        log.retire(connection, "decision", [retired.decision_id], {"because": "retention"})
        connection.execute(delete(decisions).where(decisions.c.decision_id == retired.decision_id))
    rotated = new_key()
    with writing(engine) as connection:
        log.rotate(connection, rotated)
    write_key(folder / "signing.key", rotated, replace=True)
    with writing(engine) as connection:
        keys.add_step(connection, CREATED)
        keys.add_step(connection, replace(ROTATED, expires_at="2027-01-01", previous_until="2026-04-01"))
        keys.add_step(connection, replace(CREATED, version=3, step="revoked", regions=None))
        log.append(connection, [Entry("access", "somebody", {"caller": "auditor"})])
        # As an earlier version stored them, in the clear.
        clear = replace(at_rest(record(trace=None)), sealed=0, data_key_id=None, inputs=b"{}", answer=b"{}")
        clear = replace(clear, inputs_commitment=None, answer_commitment=None, path=None)
        nothing = replace(clear, decision_id="d-clear", product=None, tier=None, route=None)
        decision_rows.add(connection, [clear, nothing])
    _live(Store(opened(url, folder), RELEASE, key_store(folder)), engine)
    return engine


def _live(store: Store, engine: Engine) -> None:
    """What people do: releases under four eyes, reviews, erasures."""
    write(store, *LIFE)
    asked = [record(customer=f"customer {n}", caller="branch", region="32") for n in range(6)]
    store.add(asked)
    reviews = ReviewStore(engine, store.keys, store.prepare)
    for n, made in enumerate(asked[:3]):
        said = Remark(f"review-{n}", made.decision_id, "requested", "customer", "officer", AT, f"理由{n}")
        reviews.add(said)
        reviews.add(replace(said, id=f"outcome-{n}", kind="upheld", said_by="reviewer", text="维持"))
    erasing = ErasingStore(engine, store.keys, store.prepare)
    for n in (2, 3):
        erasing.erase(f"customer {n}", "customer_request", "dpo", AT)
    store.close()

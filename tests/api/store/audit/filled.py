"""A store with something of everything in it: releases, decisions with and without keys, events, two signing keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, delete

from api.json_text import canonical
from api.proof.keys import KeyPlace, new_key, write_key
from api.store import log, releases
from api.store.database import open_database, writing
from api.store.log import Entry
from api.store.notary import Notary
from api.store.repository import Store
from api.store.tables import decisions
from tests.api.store.records import RELEASE, record
from tests.api.store.stores import key_store

SECOND = replace(RELEASE, id="rel-2", sha256="2" * 64, version="1.0.1", files={"a.yaml": "规则二"})


def opened(url: str, folder: Path) -> Engine:
    """The database with its key and its witness in `folder`."""
    return open_database(url, notary=Notary(KeyPlace(folder / "signing.key"), folder / "heads.jsonl"))


def fill(url: str, folder: Path, number: int = 120) -> Engine:
    """A database with `number` decisions, one of them removed by the book, and both releases."""
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
        log.append(connection, [Entry("access", "somebody", {"caller": "auditor"})])
    return engine

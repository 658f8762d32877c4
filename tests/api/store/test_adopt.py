"""What was stored before there was a log is proved from the first start on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select, text

from api.proof.leaf import decode_leaf
from api.store import migrate
from api.store.audit.verify import verify
from api.store.database import reading, writing
from api.store.repository import Store
from api.store.tables import log as entries
from tests.api.store.audit.filled import opened
from tests.api.store.records import RELEASE, record
from tests.api.store.stores import key_store


def test_rows_from_before_there_was_a_log(database_url: str, tmp_path: Path) -> None:
    """A database of the version before keeps its decisions, in their order; each gets an entry at the first start."""
    engine = opened(database_url, tmp_path)
    migrate.upgrade(engine, "0001")
    old = [record(application_id=f"A{n}", inputs=f'{{"application_id":"A{n}"}}') for n in range(7)]
    columns = "id, sha256, name, version, files, stored_at"
    with writing(engine) as connection:
        connection.execute(text(f"INSERT INTO releases ({columns}) VALUES ('rel-0', 'x', 'n', '1', '{{}}', 't')"))
        for made in old:
            row = {**asdict(made), "release_id": "rel-0", "uscc": made.customer}
            names = [name for name in row if name not in {"customer", "path", "caller", "region"}]
            statement = f"INSERT INTO decisions ({', '.join(names)}) VALUES ({', '.join(':' + n for n in names)})"
            connection.execute(text(statement), {name: row[name] for name in names})
        connection.execute(text("DELETE FROM decisions WHERE application_id IN ('A2', 'A5')"))
    store = Store(opened(database_url, tmp_path), RELEASE, key_store(tmp_path))
    new = record()
    store.add([new])
    kept = [made.decision_id for made in old if made.application_id not in ("A2", "A5")]
    assert [s.decision_id for s in store.search({}, None, None, None, 10)] == [new.decision_id, *reversed(kept)]
    found = verify(engine, [tmp_path / "heads.jsonl"])
    assert found.faults == []
    assert found.checked["decisions"] == 6
    with reading(engine) as connection:
        leaves = connection.execute(select(entries.c.data).order_by(entries.c.position)).scalars()
        kinds = [decode_leaf(data).kind for data in leaves]
    began = ["log_key", *["decision"] * 5, *["release"] * 2]
    assert kinds == [*began, "release_evidence", "release_step", "decision"]
    store.close()
    engine.dispose()

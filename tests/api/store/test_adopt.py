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
from api.store.tables import decisions
from api.store.tables import log as entries
from tests.api.store.audit.filled import opened
from tests.api.store.records import RELEASE, record


def test_rows_from_before_there_was_a_log(database_url: str, tmp_path: Path) -> None:
    """A database of the version before keeps its decisions, in their order; each gets an entry at the first start."""
    engine = opened(database_url, tmp_path)
    migrate.upgrade(engine, "0001")
    old = [record(application_id=f"A{n}") for n in range(7)]
    columns = "id, sha256, name, version, files, stored_at"
    with writing(engine) as connection:
        connection.execute(text(f"INSERT INTO releases ({columns}) VALUES ('rel-0', 'x', 'n', '1', '{{}}', 't')"))
        for made in old:
            row = {**asdict(made), "release_id": "rel-0"}
            names = [c.name for c in decisions.columns if c.name in row and c.name not in ("caller", "region")]
            statement = f"INSERT INTO decisions ({', '.join(names)}) VALUES ({', '.join(':' + n for n in names)})"
            connection.execute(text(statement), {name: row[name] for name in names})
        connection.execute(text("DELETE FROM decisions WHERE application_id IN ('A2', 'A5')"))
    store = Store(opened(database_url, tmp_path), RELEASE)
    store.add([record(application_id="new")])
    assert [s.application_id for s in store.search({}, None, None, None, 10)] == ["new", "A6", "A4", "A3", "A1", "A0"]
    found = verify(engine, [tmp_path / "heads.jsonl"])
    assert found.faults == []
    assert found.checked["decisions"] == 6
    with reading(engine) as connection:
        leaves = connection.execute(select(entries.c.data).order_by(entries.c.position)).scalars()
        kinds = [decode_leaf(data).kind for data in leaves]
    adopted = [*["decision"] * 5, *["release"] * 2]
    assert kinds == ["log_key", *adopted, "release_evidence", "release_step", "decision"]
    store.close()
    migrate.downgrade(engine, "0001")
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM decisions")).scalar() == 6
    engine.dispose()

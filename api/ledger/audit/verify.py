"""The whole audit: one walk along the log, in pages, with everything that hangs on its entries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from greenlane.api.ledger.audit.beginning import tell, waiting
from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.audit.guard_check import check_guards
from greenlane.api.ledger.audit.head_check import check_heads, kept_head, size_of
from greenlane.api.ledger.audit.key_check import check_keys
from greenlane.api.ledger.audit.row_check import PAGE, RowCheck
from greenlane.api.ledger.audit.tree_check import TreeCheck
from greenlane.api.ledger.database import reading
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.tables import log, log_events, log_keys
from greenlane.engine.json_text import JsonError, decode

TRUST = "trust"
Progress = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    pass


def verify(
    engine: Engine,
    witnesses: Sequence[Path],
    progress: Progress = _silent,
    kept: Sequence[Path] = (),
    accepted: Collection[str] = (),
) -> Findings:
    """Checks the whole store as it is at one moment against witness files, and heads that were `kept`; and its guards.

    Changes nothing. A key that took over by force is a fault unless its id is among the `accepted`.

    Works in pages, so that memory does not grow with the log; only what was removed from tables is kept count of.
    Raises `StoreUnavailableError`.
    """
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            # What a request may not wait for, an audit of millions of rows may.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        findings = verify_in(connection, witnesses, progress, kept, accepted)
        check_guards(connection, findings)
        return findings


def verify_in(
    connection: Connection,
    witnesses: Sequence[Path],
    progress: Progress = _silent,
    kept: Sequence[Path] = (),
    accepted: Collection[str] = (),
) -> Findings:
    """The same in a transaction that the caller has begun, and without the guards."""
    findings = Findings()
    # Before the first look at the log: a running service goes on adding entries, and their heads to the file.
    ends = {file: size_of(file) for file in witnesses}
    with _any_bytes(connection):
        keys = _keys(connection)
        total = connection.execute(select(func.count()).select_from(log)).scalar_one()
        old = waiting(connection) if not total else {}
        if old:
            tell(findings, old)
        else:
            _walk(connection, findings, keys, lambda done: progress(done, total))
            check_keys(connection, findings)
            _breaks(connection, findings, accepted)
        for file, end in ends.items():
            # A log that has not begun has been witnessed by nothing.
            if total or end is not None:
                check_heads(connection, findings, file, keys, end=end)
        for file in kept:
            check_heads(connection, findings, file, keys, kept_head)
    return findings


def _walk(
    connection: Connection, findings: Findings, keys: Mapping[str, PublicKey], done: Callable[[int], None]
) -> None:
    """Checks every entry of the log, and the rows that they tell of."""
    tree, rows = TreeCheck(findings, keys), RowCheck(connection, findings)
    for page in _pages(connection):
        rows.page(page[-1].position)
        for row in page:
            leaf = tree.entry(row)
            if leaf is not None:
                rows.leaf(row.position, leaf)
        rows.page_end()
        done(findings.checked["log"])
    tree.end()
    rows.end()


def _breaks(connection: Connection, findings: Findings, accepted: Collection[str]) -> None:
    """Who forced a key on the log, and why: as their entries' rows tell, which have been compared with the entries."""
    for at, found in enumerate(findings.breaks):
        query = select(log_events.c.content).where(log_events.c.seq == found.position)
        try:
            told = decode(str(connection.execute(query).scalar_one_or_none()).encode())
            broken = replace(found, by=str(told["by"]), reason=str(told["reason"]))
        except (JsonError, KeyError, TypeError):
            broken = found
        findings.breaks[at] = broken
        if found.key not in accepted:
            findings.fault(TRUST, found.position, None, broken.text.zh, broken.text.en)


def _pages(connection: Connection) -> Iterator[Sequence[Any]]:
    query = select(log).order_by(log.c.position).limit(PAGE)
    page = connection.execute(query).all()
    while page:
        yield page
        page = connection.execute(query.where(log.c.position > page[-1].position)).all()


def _keys(connection: Connection) -> Mapping[str, PublicKey]:
    found = {}
    for row in connection.execute(select(log_keys)):
        try:
            found[row.id] = PublicKey(bytes.fromhex(row.public_key))
        except (ValueError, TypeError):
            # What is wrong with the row shows when it is compared with its entry.
            continue
    return found


@contextmanager
def _any_bytes(connection: Connection) -> Iterator[None]:
    """Lets SQLite give text that is not UTF-8 any more: a damaged value is a fault, not the end of the audit."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str

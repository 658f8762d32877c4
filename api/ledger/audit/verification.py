"""The whole audit: one walk along the log, in pages, with all that hangs on its entries. SQL; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from greenlane.api.ledger.audit.guard_check import check_guards
from greenlane.api.ledger.audit.head_check import check_heads, check_kept, size_of
from greenlane.api.ledger.audit.key_check import check_keys
from greenlane.api.ledger.audit.log_check import TreeCheck
from greenlane.api.ledger.audit.lookup_check import check_lookups
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.row_check import RowCheck
from greenlane.api.ledger.database import Database, reading
from greenlane.api.ledger.forks import settlements
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.tables import data_keys, decisions, log, log_events, log_keys, proved_tables, releases
from greenlane.engine.json_text import JsonError, decode

TRUST = "trust"
PAGE = 1000
OLD = (decisions.name, releases.name)
"""The tables that were there before the log."""

Progress = Callable[[int, int], None]


def _silent(_done: int, _total: int) -> None:
    pass


def verify(
    database: Database,
    witnesses: Sequence[Path],
    progress: Progress = _silent,
    kept: Sequence[Path] = (),
    accepted: Collection[str] = (),
) -> AuditReport:
    """Checks the whole store as it is at one moment against witness files, and heads that were `kept`; and its guards.

    Changes nothing. A key that took over by force is a fault unless its id is among the `accepted`.

    Works in pages, so that memory does not grow with the log; only what was removed from tables is kept count of.
    Raises `StoreUnavailableError`.
    """
    with reading(database) as connection:
        if database.dialect == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            # What a request may not wait for, an audit of millions of rows may.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        report = verify_in(connection, witnesses, progress, kept, accepted)
        check_guards(connection, report)
        return report


def verify_in(
    connection: Connection,
    witnesses: Sequence[Path],
    progress: Progress = _silent,
    kept: Sequence[Path] = (),
    accepted: Collection[str] = (),
) -> AuditReport:
    """The same in a transaction that the caller has begun, and without the guards."""
    report = AuditReport()
    # Before the first look at the log: a running service goes on adding entries, and their heads to the file.
    ends = {file: size_of(file) for file in witnesses}
    with _any_bytes(connection):
        keys = _keys(connection)
        total = connection.execute(select(func.count()).select_from(log)).scalar_one()
        old = rows_before_the_log(connection) if not total else {}
        if old:
            _not_begun(report, old)
        else:
            _walk(connection, report, keys, lambda done: progress(done, total))
            check_keys(connection, report)
            check_lookups(connection, report)
            _breaks(connection, report, accepted)
            report.settled = settlements(connection)
        for file, end in ends.items():
            # A log that has not begun has been witnessed by nothing.
            if total or end is not None:
                check_heads(connection, report, file, keys, end=end)
        for file in kept:
            check_kept(connection, report, file, keys)
    return report


def rows_before_the_log(connection: Connection) -> Mapping[str, int]:
    """How many rows of each old table wait for the log to begin; nothing when it has begun, or did once.

    A log that was emptied leaves keys or events, or decisions that are sealed: none of these came before it.
    """
    tables = {table.name: table for table in (log, data_keys, *proved_tables().values())}
    held = {n: connection.execute(select(func.count()).select_from(table)).scalar_one() for n, table in tables.items()}
    sealed = select(func.count()).select_from(decisions).where(decisions.c.sealed != 0)
    if any(number for name, number in held.items() if name not in OLD) or connection.execute(sealed).scalar_one():
        return {}
    return {name: held[name] for name in OLD if held[name]}


def _not_begun(report: AuditReport, rows: Mapping[str, int]) -> None:
    """One fault for all of them: what they are, and what to do."""
    for name, number in rows.items():
        report.count(name, number)
    what = ", ".join(f"{number} {name}" for name, number in rows.items())
    report.fault(
        log.name,
        "-",
        None,
        f"日志尚未开始：旧版本存储的数据（{what}）还没有日志条目，无从证明。"
        "请先启动一次服务（greenlane serve，使用正式的签名密钥和主密钥），再重新核验",
        f"the log has not begun: what an earlier version stored ({what}) has no entries yet, and nothing proves it. "
        "Start the service once (`greenlane serve`, with the signing key and master key that it is to have), "
        "then verify again",
    )


def _walk(
    connection: Connection, report: AuditReport, keys: Mapping[str, PublicKey], done: Callable[[int], None]
) -> None:
    """Checks every entry of the log, and the rows that they tell of."""
    tree, rows = TreeCheck(report, keys), RowCheck(connection, report)
    for page in _pages(connection):
        rows.page(page[-1].position)
        for row in page:
            leaf = tree.entry(row)
            if leaf is not None:
                rows.leaf(row.position, leaf)
        rows.page_end()
        done(report.checked["log"])
    tree.end()
    rows.end()


def _breaks(connection: Connection, report: AuditReport, accepted: Collection[str]) -> None:
    """Who forced a key on the log, and why: as their entries' rows tell, which have been compared with the entries."""
    for at, found in enumerate(report.breaks):
        query = select(log_events.c.content).where(log_events.c.seq == found.position)
        try:
            told = decode(str(connection.execute(query).scalar_one_or_none()).encode())
            broken = replace(found, by=str(told["by"]), reason=str(told["reason"]))
        except (JsonError, KeyError, TypeError):
            broken = found
        report.breaks[at] = broken
        if found.key not in accepted:
            report.fault(TRUST, found.position, None, broken.text.zh, broken.text.en)


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

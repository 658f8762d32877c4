"""A database of an earlier version, whose rows get their entries at the first start: all of them, or its data keys."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.tables import data_keys, decisions, log, proved_tables, releases

OLD = (decisions.name, releases.name)
"""The tables that were there before the log."""


def waiting(connection: Connection) -> Mapping[str, int]:
    """How many rows of each old table wait for the log to begin; nothing when it has begun, or did once.

    A log that was emptied leaves keys or events, or decisions that are sealed: none of these came before it.
    """
    tables = {table.name: table for table in (log, data_keys, *proved_tables().values())}
    held = {n: connection.execute(select(func.count()).select_from(table)).scalar_one() for n, table in tables.items()}
    sealed = select(func.count()).select_from(decisions).where(decisions.c.sealed != 0)
    if any(number for name, number in held.items() if name not in OLD) or connection.execute(sealed).scalar_one():
        return {}
    return {name: held[name] for name in OLD if held[name]}


def tell(findings: Findings, rows: Mapping[str, int]) -> None:
    """One fault for all of them: what they are, and what to do."""
    for name, number in rows.items():
        findings.count(name, number)
    what = ", ".join(f"{number} {name}" for name, number in rows.items())
    findings.fault(
        log.name,
        "-",
        None,
        f"日志尚未开始：旧版本存储的数据（{what}）还没有日志条目，无从证明。"
        "请先启动一次服务（greenlane serve，使用正式的签名密钥和主密钥），再重新核验",
        f"the log has not begun: what an earlier version stored ({what}) has no entries yet, and nothing proves it. "
        "Start the service once (`greenlane serve`, with the signing key and master key that it is to have), "
        "then verify again",
    )


def tell_keys(findings: Findings, number: int) -> None:
    """One fault for all data keys where the log was told of none: what they are, and what to do."""
    findings.fault(
        data_keys.name,
        "-",
        None,
        f"旧版本生成的 {number} 个数据密钥还没有日志条目，其归属无从证明。"
        "请先启动一次服务（greenlane serve），再重新核验",
        f"{number} data keys that an earlier version made have no entries in the log yet, and nothing proves whose "
        "they are. Start the service once (`greenlane serve`), then verify again",
    )

"""One row against the entry that tells of it: no value changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import RowMapping, Table

from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.proof.leaf import Leaf, digest
from greenlane.api.ledger.tables import log_events

CHANGED = "值已被更改", "the value was changed"
NO_LEAF = "日志中没有此行", "the log has no entry of this row"
NO_ROW = "日志中的行已不存在", "the row that the log tells of is not there"
STILL_THERE = "已注销的行仍然存在", "the row is there though the log says that it was removed"


def compare(findings: Findings, table: Table, row: RowMapping, leaf: Leaf) -> None:
    """Finds each column whose value is not the one that the entry was written of."""
    key = subject_of(table, row)
    for name, kind in _types(table):
        value = row[name]
        # A column that the table got after the leaf was written has no value in old rows.
        if value is not None and type(value) is not kind:
            findings.fault(table.name, key, name, "值的类型有误", "the value is of another type")
        elif digest(row[name]) != leaf.columns.get(name):
            findings.fault(table.name, key, name, *CHANGED)
    for name in leaf.columns.keys() - table.columns.keys():
        findings.fault(table.name, key, name, "列已不存在", "the column is not there any more")
    if table is not log_events and key != leaf.subject:
        findings.fault(table.name, key, None, "日志条目属于另一行", "the entry is of another row")


def subject_of(table: Table, row: RowMapping) -> str:
    """What entries name the row by."""
    return "/".join(str(row[name]) for name in table.info["proved"].subject)


@cache
def _types(table: Table) -> Sequence[tuple[str, type]]:
    return [(name, column.type.python_type) for name, column in table.columns.items()]

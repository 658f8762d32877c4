"""Data keys against decisions, erasures and their entries in the log. SQL; reads only.

A decision whose key is not there, or is nobody's, is taken for erased: so it must have been. And an erasure takes the
keys that are a customer's: so each must be whose it was when the log was told of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select

from greenlane.api.ledger import data_key_statements
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.row_check import CHANGED, NO_LEAF, NO_ROW
from greenlane.api.ledger.proof.leaf import SALT_BYTES
from greenlane.api.ledger.tables import data_keys, decisions, erasures, log_events
from greenlane.engine.json_text import JsonError, decode

TABLE = data_keys.name
PAGE = 1000
GONE = "决策的数据密钥缺失", "the data key of decisions is not there"
NOT_RECORDED = "密钥已不属于任何客户，却无删除记录", "the key is nobody's any more, and no erasure tells why"
ALIVE = "密钥已删除，却仍属于客户", "the key was erased and is somebody's all the same"
ANOTHERS = "密钥并非日志所载客户的密钥", "the key is not that of the customer whom the log was told of"
LEFT = "密钥已不属于任何客户，盐值却仍存在", "the key is nobody's any more, and its salt is there all the same"

_OF_KEY = and_(log_events.c.kind == data_key_statements.KIND, log_events.c.subject == data_keys.c.id)
_erased = select(erasures.c.data_key_id).distinct().subquery()
_LOST = (
    select(decisions.c.data_key_id)
    .outerjoin(data_keys, data_keys.c.id == decisions.c.data_key_id)
    .where(decisions.c.data_key_id.is_not(None), data_keys.c.id.is_(None))
    .distinct()
    .order_by(decisions.c.data_key_id)
)
_REMOVED = (
    select(log_events.c.subject)
    .outerjoin(data_keys, data_keys.c.id == log_events.c.subject)
    .where(log_events.c.kind == data_key_statements.KIND, data_keys.c.id.is_(None))
    .order_by(log_events.c.subject)
)
# A key with several entries comes with each of them, and is to be as each says.
_KEYS = (
    select(data_keys, _erased.c.data_key_id.is_not(None).label("erased"), log_events.c.content.label("told"))
    .outerjoin(_erased, _erased.c.data_key_id == data_keys.c.id)
    .outerjoin(log_events, _OF_KEY)
    .order_by(data_keys.c.id)
)


def check_keys(connection: Connection, report: AuditReport) -> None:
    """Checks every data key, and every one that decisions or entries name. Memory does not grow with their number.

    Entries are read as `log_events` has them: that these are what the log says is for others to check.
    """
    pages = {"yield_per": PAGE}
    for key_id in connection.execute(_LOST, execution_options=pages).scalars():
        report.fault(TABLE, key_id, None, *GONE)
    for key_id in connection.execute(_REMOVED, execution_options=pages).scalars():
        report.fault(TABLE, key_id, None, *NO_ROW)
    told = data_key_statements.any_told(connection)
    for row in connection.execute(_KEYS, execution_options=pages).mappings():
        report.count(TABLE)
        owned = row["customer"] is not None
        if owned == bool(row["erased"]):
            report.fault(TABLE, row["id"], "customer", *(ALIVE if owned else NOT_RECORDED))
        if told:
            _compare(report, row)
    if not told and report.checked.get(TABLE):
        _none_told(report, report.checked[TABLE])


def _none_told(report: AuditReport, number: int) -> None:
    """One fault for all data keys where the log was told of none: what they are, and what to do."""
    report.fault(
        data_keys.name,
        "-",
        None,
        f"旧版本生成的 {number} 个数据密钥还没有日志条目，其归属无从证明。"
        "请先启动一次服务（greenlane serve），再重新核验",
        f"{number} data keys that an earlier version made have no entries in the log yet, and nothing proves whose "
        "they are. Start the service once (`greenlane serve`), then verify again",
    )


def _compare(report: AuditReport, row: RowMapping) -> None:
    """Finds each column that is not as the key's entry says."""
    if row["told"] is None:
        report.fault(TABLE, row["id"], None, *NO_LEAF)
        return
    told, salt = _content(row["told"]), row["salt"]
    for name in ("scope", "created_at"):
        if row[name] != told.get(name):
            report.fault(TABLE, row["id"], name, *CHANGED)
    if row["customer"] is None:
        if salt is not None:
            report.fault(TABLE, row["id"], "salt", *LEFT)
    elif not isinstance(salt, bytes) or len(salt) != SALT_BYTES:
        report.fault(TABLE, row["id"], "salt", *CHANGED)
    elif not _opens(row["customer"], salt, told.get("commitment")):
        report.fault(TABLE, row["id"], "customer", *ANOTHERS)


def _opens(customer: object, salt: bytes, held: object) -> bool:
    return isinstance(customer, str) and data_key_statements.commitment_to(customer, salt) == held


def _content(told: object) -> Mapping[str, Any]:
    try:
        found = decode(str(told).encode("utf-8", "surrogateescape"))
    except JsonError:
        return {}
    return found if isinstance(found, dict) else {}

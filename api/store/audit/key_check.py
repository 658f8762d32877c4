"""Data keys against decisions and erasures: none is gone, and none was taken from a customer, without a record of it.

The log has no entry of a data key, since nothing may lead from the log to a customer. But a decision whose key is not
there, or is nobody's, is taken for erased: so it must have been.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.store.audit.findings import Findings
from api.store.tables import data_keys, decisions, erasures

TABLE = data_keys.name
PAGE = 1000
GONE = "决策的数据密钥缺失", "the data key of decisions is not there"
NOT_RECORDED = "密钥已不属于任何客户，却无删除记录", "the key is nobody's any more, and no erasure tells why"
ALIVE = "密钥已删除，却仍属于客户", "the key was erased and is somebody's all the same"

_erased = select(erasures.c.data_key_id).distinct().subquery()
_LOST = (
    select(decisions.c.data_key_id)
    .outerjoin(data_keys, data_keys.c.id == decisions.c.data_key_id)
    .where(decisions.c.data_key_id.is_not(None), data_keys.c.id.is_(None))
    .distinct()
    .order_by(decisions.c.data_key_id)
)
_KEYS = (
    select(
        data_keys.c.id,
        data_keys.c.customer.is_not(None).label("owned"),
        _erased.c.data_key_id.is_not(None).label("erased"),
    )
    .outerjoin(_erased, _erased.c.data_key_id == data_keys.c.id)
    .order_by(data_keys.c.id)
)


def check_keys(connection: Connection, findings: Findings) -> None:
    """Checks every data key, and every one that decisions name. Memory does not grow with their number."""
    pages = {"yield_per": PAGE}
    for key_id in connection.execute(_LOST, execution_options=pages).scalars():
        findings.fault(TABLE, key_id, None, *GONE)
    for row in connection.execute(_KEYS, execution_options=pages):
        findings.count(TABLE)
        if row.owned == row.erased:
            findings.fault(TABLE, row.id, "customer", *(ALIVE if row.owned else NOT_RECORDED))

"""What decisions are found by, against what the log was told of it. SQL; reads only.

A token that was removed hides a decision from whoever looks for its application, and one that was added shows a wrong
one. So each decision has exactly those whose commitments stand in its row or, of earlier versions, in an event.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, and_, literal, select

from greenlane.api.ledger import lookup_statements
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.row_check import NO_LEAF, NO_ROW
from greenlane.api.ledger.log import RETIRED
from greenlane.api.ledger.lookup_statements import FOUND_BY_NOTHING, Told, told_of
from greenlane.api.ledger.proof.leaf import SALT_BYTES
from greenlane.api.ledger.tables import data_keys, decisions, log_events, lookups

TABLE = lookups.name
PAGE = 1000
ANOTHER = "检索标记并非日志所载", "the decision is found by something else than the log was told"
LEFT = "客户已删除，检索标记却仍存在", "the customer was erased, and the decision is found all the same"
OF_NOTHING = "检索标记指向不存在的决策", "there is no such decision"

_ERASED = and_(data_keys.c.id.is_not(None), data_keys.c.customer.is_(None))
_FOUND = (
    select(
        decisions.c.seq,
        decisions.c.decision_id,
        decisions.c.lookup_commitment,
        _ERASED.label("erased"),
        lookups.c.token,
        lookups.c.salt,
    )
    .outerjoin(data_keys, data_keys.c.id == decisions.c.data_key_id)
    .outerjoin(lookups, lookups.c.decision_id == decisions.c.decision_id)
    .order_by(decisions.c.seq, decisions.c.decision_id, lookups.c.token)
)
_RETIRED = and_(log_events.c.kind == RETIRED, log_events.c.subject == literal("decision/") + lookups.c.decision_id)
_ORPHANS = (
    select(lookups.c.token, lookups.c.decision_id)
    .outerjoin(decisions, decisions.c.decision_id == lookups.c.decision_id)
    .outerjoin(log_events, _RETIRED)
    .where(decisions.c.decision_id.is_(None), log_events.c.seq.is_(None))
    .order_by(lookups.c.token)
)
_EVENTS = select(log_events.c.content).where(log_events.c.kind == lookup_statements.KIND).order_by(log_events.c.seq)


def check_lookups(connection: Connection, report: AuditReport) -> None:
    """Checks what every decision is found by, and that nothing is found that is not there. Memory does not grow.

    What is left of a decision that was retired leads nowhere, and is passed over. Decisions are compared with their
    entries by others, and so are the events.
    """
    report.count(TABLE, 0)
    pages = {"yield_per": PAGE}
    for row in connection.execute(_ORPHANS, execution_options=pages):
        report.count(TABLE)
        report.fault(TABLE, _key(row.token, row.decision_id), None, *OF_NOTHING)
    earlier, waiting = _Earlier(connection), 0
    rows = connection.execute(_FOUND, execution_options=pages)
    for decision_id, found in itertools.groupby(rows, key=attrgetter("decision_id")):
        each = list(found)
        held = [row for row in each if row.token is not None]
        report.count(TABLE, len(held))
        wanted = _wanted(each[0], earlier)
        if wanted is None:
            waiting += 1
        elif each[0].erased:
            for row in held:
                report.fault(TABLE, _key(row.token, decision_id), None, *LEFT)
        else:
            _compare(report, decision_id, held, wanted)
    if waiting:
        _wait(report, waiting)


class _Earlier:
    """What events tell of decisions of earlier versions, which are asked for in the order of their `seq`."""

    def __init__(self, connection: Connection) -> None:
        self._events: Iterator[Any] = iter(connection.execute(_EVENTS, execution_options={"yield_per": 1}).scalars())
        self._told: Told | None = None

    def of(self, seq: int, decision_id: str) -> Sequence[str] | None:
        """The commitments of a decision; None where it was never told of."""
        while self._told is None or self._told.last < seq:
            content = next(self._events, None)
            if content is None:
                return None
            # One that was changed is named by others; the next one may be whole.
            self._told = told_of(content)
        return self._told.commitments.get(decision_id, ())


def _wanted(row: Any, earlier: _Earlier) -> Sequence[str] | None:
    """The commitments of what a decision is to be found by; None where the log was not told yet."""
    if row.lookup_commitment is None:
        return earlier.of(row.seq, row.decision_id)
    return () if row.lookup_commitment == FOUND_BY_NOTHING else (row.lookup_commitment,)


def _compare(report: AuditReport, decision_id: str, held: Sequence[Any], wanted: Sequence[str]) -> None:
    missing = list(wanted)
    for row in held:
        made = _commitment(row)
        if made in missing:
            missing.remove(made)
        elif wanted:
            report.fault(TABLE, _key(row.token, decision_id), "token", *ANOTHER)
        else:
            report.fault(TABLE, _key(row.token, decision_id), None, *NO_LEAF)
    if missing and len(held) < len(wanted):
        report.fault(TABLE, decision_id, None, *NO_ROW)


def _commitment(row: Any) -> str | None:
    if not isinstance(row.token, str) or not isinstance(row.salt, bytes) or len(row.salt) != SALT_BYTES:
        return None
    return lookup_statements.commitment_to(row.token, row.salt)


def _wait(report: AuditReport, number: int) -> None:
    """One fault for all decisions of which the log was not told yet: what they are, and what to do."""
    report.fault(
        TABLE,
        "-",
        None,
        f"旧版本存储的 {number} 笔决策，其检索标记还没有日志条目，无从证明。"
        "请先启动一次服务（greenlane serve），再重新核验",
        f"by what {number} decisions of an earlier version are found has no entries in the log yet, and nothing proves "
        "it. Start the service once (`greenlane serve`), then verify again",
    )


def _key(token: object, decision_id: object) -> str:
    return f"{token}/{decision_id}"

"""Whether the log still holds the heads that were witnessed, and what an admin settled where it does not. SQL.

An older copy of the database, beside newer heads, would sign on from where it stands: of the same entries there would
then be two histories, both signed. So nothing is signed on top of a log that lacks a head which was signed before,
until an admin settles it: the heads are given up, for ever on record in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from greenlane.api.ledger.errors import LogForkError, SigningKeyError
from greenlane.api.ledger.log_rows import nodes, not_held
from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.proof.leaf import decode_leaf, digest
from greenlane.api.ledger.proof.tree import hashes_of, inclusion_spans, leaf_hash, rooted
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.tables import log, log_events
from greenlane.api.whole_numbers import LARGEST, whole
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.text import Text

KIND = "log_settled"
"""Of the entries that tell which heads were given up."""

_SETTLED = (
    select(log_events, log.c.data)
    .outerjoin(log, log.c.position == log_events.c.seq)
    .where(log_events.c.kind == KIND)
    .order_by(log_events.c.seq)
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an admin settled, at an entry of the log: of heads that were signed until `at` those of more than `agreed`
    entries are given up, unless the log holds them. `size` is of the newest that was found then; all else was said.
    """

    position: int
    at: str
    agreed: int
    size: int
    by: str
    reason: str

    def covers(self, head: Head) -> bool:
        """Whether a head that the log does not hold was given up here."""
        return self.agreed < head.size and head.time <= self.at

    @property
    def text(self) -> Text:
        """What it means."""
        zh = (
            f"此处之前日志曾被回退：自第 {self.agreed} 条之后（至第 {self.size} 条）签署过的树头已作废。"
            f"操作人：{self.by}；原因：{self.reason}"
        )
        en = (
            f"the log was set back before: heads that were signed for more than {self.agreed} entries (up to "
            f"{self.size}) are given up; by {self.by}, because: {self.reason}"
        )
        return Text(zh, en)


def refuse_fork(connection: Connection, head: Head | None, signer: LogSigner) -> None:
    """Returns when the log, whose newest head is given, holds every head that is known to have been signed.

    Known are the newest that this process saw, and at first those at the end of the witness file. Heads that were given
    up are known no more. Raises `LogForkError`.
    """
    known = signer.known
    if known is not None and _holds(connection, head, known):
        signer.saw(head or known)
        return
    seen = [known] if known is not None else []
    suspects = not_held(connection, [*seen, *signer.file.newest()])
    if suspects:
        settled = _proved(connection, head, signer)
        suspects = [each for each in suspects if not any(one.covers(each) for one in settled)]
    if suspects:
        newest = max(suspects, key=lambda each: each.size)
        raise LogForkError(
            f"the log has {head.size if head else 0} entries and lacks a head of {newest.size} entries that was signed "
            f"at {newest.time} (witness file `{signer.witness}`): is the database an older copy, or the file that of "
            "another log? Nothing is signed until it is settled: `greenlane audit settle`, docs/operations.md"
        )
    if head is not None:
        signer.saw(head)


def settlements(connection: Connection) -> list[Settlement]:
    """What was settled, as events tell; whether these are what the log says is for others to check."""
    rows = connection.execute(_SETTLED)
    return [found for row in rows if (found := _settlement(row.seq, row.content)) is not None]


def _holds(connection: Connection, head: Head | None, known: Head) -> bool:
    if head is not None and head.size == known.size:
        return head.root == known.root
    return head is not None and not not_held(connection, [known])


def _proved(connection: Connection, head: Head | None, signer: LogSigner) -> list[Settlement]:
    """What was settled, each under the newest head, which our own key signed.

    Who put an older copy there could also have put the row of an event there.
    """
    try:
        if head is None or not head.verifies(signer.key(head.key).public):
            return []
    except SigningKeyError:
        return []
    found = []
    for row in connection.execute(_SETTLED).all():
        settlement = _settlement(row.seq, row.content)
        if settlement is not None and row.data is not None and _is_under(connection, head, row):
            found.append(settlement)
    return found


def _is_under(connection: Connection, head: Head, row: Any) -> bool:
    try:
        leaf = decode_leaf(row.data)
        spans = hashes_of(inclusion_spans(row.seq, head.size), lambda wanted: nodes(connection, wanted))
    except (ValueError, KeyError):
        return False
    told = {"seq": row.seq, "kind": row.kind, "subject": row.subject, "content": row.content}
    if leaf.columns != {name: digest(value) for name, value in told.items()}:
        return False
    return rooted(leaf_hash(row.data.encode()), row.seq, head.size, spans).hex() == head.root


def _settlement(position: int, content: object) -> Settlement | None:
    try:
        told: Mapping[str, Any] = decode(str(content).encode("utf-8", "surrogateescape"))
        agreed, size = whole(told["agreed"], 0, LARGEST), whole(told["given_up"]["size"], 0, LARGEST)
        at, by, reason = (str(told[name]) for name in ("at", "by", "reason"))
    except (JsonError, KeyError, TypeError):
        return None
    return Settlement(position, at, agreed, size, by, reason) if agreed is not None and size is not None else None

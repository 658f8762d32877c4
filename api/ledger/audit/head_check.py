"""Heads that were kept outside the database: whether the log still is the one that they were signed for. SQL."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from greenlane.api.json_objects import canonical
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.database import Database, reading
from greenlane.api.ledger.forks import settlements
from greenlane.api.ledger.log_rows import ASKED, newest_head, not_held
from greenlane.api.ledger.proof.head import Head, decode_head, encode_head
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.tables import log, log_keys

LONGEST = 1 << 16
"""Bytes of a line that is read of a file of heads."""

Placed = tuple[int, Head]
Read = Callable[[str], Head]


def size_of(file: Path) -> int | None:
    """The bytes in a file, None where they cannot be told."""
    try:
        return file.stat().st_size
    except OSError:
        return None


def check_heads(
    connection: Connection,
    report: AuditReport,
    file: Path,
    keys: Mapping[str, PublicKey],
    end: int | None = None,
) -> None:
    """Checks each line of a witness file, a head, against the log; heads that were given up are as they should be.

    With `end`, only the lines that begin before that byte: those after it may be of entries that came after the moment
    at which the log is looked at.
    """
    check = _HeadCheck(connection, report, keys)
    for part in _parts(file, report, decode_head, end):
        check.compare(str(file), part, given_up=True)


def check_kept(connection: Connection, report: AuditReport, file: Path, keys: Mapping[str, PublicKey]) -> None:
    """The same of heads that somebody else kept: that one was given up since is no excuse."""
    check = _HeadCheck(connection, report, keys)
    for part in _parts(file, report, kept_head, None):
        check.compare(str(file), part, given_up=False)


def kept_head(line: str) -> Head:
    """A head as somebody kept it: an answer of `/v1/log/head`, or a decision's receipt, in whatever layout.

    Raises `ValueError` for anything else.
    """
    found = json.loads(line)
    inner = found.get("head", found) if isinstance(found, dict) else found
    return decode_head(canonical(inner).decode())


def _heads(file: Path, report: AuditReport, read: Read, end: int | None) -> Iterator[Placed]:
    begins = 0
    with file.open("rb") as lines:
        for number in itertools.count(1):
            content = lines.readline(LONGEST)
            if not content or (end is not None and begins >= end):
                return
            begins += len(content)
            try:
                line = content.decode("utf-8", "surrogateescape")
                text = line.removesuffix("\r\n" if line.endswith("\r\n") else "\n")
                yield number, read(text)
            except ValueError:
                report.fault(str(file), f"line {number}", None, "不是树头", "this is not a whole head")


def _parts(file: Path, report: AuditReport, read: Read, end: int | None) -> Iterator[Sequence[Placed]]:
    """The heads in a file, with their lines, some at a time."""
    name = str(file)
    report.count(name, 0)
    try:
        placed = _heads(file, report, read, end)
        while part := list(itertools.islice(placed, ASKED)):
            report.count(name, len(part))
            yield part
    except OSError as error:
        report.fault(name, "-", None, "无法读取", f"cannot be read: {error.strerror}")


class _HeadCheck:
    """Compares heads with those that the log has."""

    def __init__(self, connection: Connection, report: AuditReport, keys: Mapping[str, PublicKey]) -> None:
        self._connection = connection
        self._report = report
        self._keys = keys
        self._settled = settlements(connection)

    def compare(self, name: str, part: Sequence[Placed], *, given_up: bool) -> None:
        """Finds each head that the log does not hold, unless it may be one that was `given_up`."""
        query = select(log.c.position, log.c.head).where(log.c.position.in_([head.size - 1 for _, head in part]))
        known = {row.position + 1: row.head for row in self._connection.execute(query)}
        for number, head in part:
            if known.get(head.size) == encode_head(head):
                continue
            settled = next((one for one in self._settled if one.covers(head)), None)
            if settled is not None and given_up:
                continue
            zh, en = self._words(head, known)
            if settled is not None:
                zh, en = (
                    f"{zh}；已在日志条目 {settled.position} 作废",
                    f"{en}; it was given up at entry {settled.position}",
                )
            self._report.fault(name, f"line {number}", None, zh, en)

    def _words(self, head: Head, known: Mapping[int, str | None]) -> tuple[str, str]:
        key = self._keys.get(head.key)
        if key is None or not head.verifies(key):
            return "树头不是由本日志的密钥签名", "this head was not signed by a key of this log"
        if head.size not in known:
            return f"日志曾有 {head.size} 条，现已缺失", f"the log had {head.size} entries once; they are gone"
        return "日志曾有另一内容：签名的树根不同", "the log was another once: this root was signed for it"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Heads in a witness file that the log, of `size` entries, does not hold, and that were not given up either.

    There are `number`, of which `newest` has most entries. The log and the file agree up to `agreed` entries. `ours`
    says whether the newest was signed by a key of this log.
    """

    size: int
    agreed: int
    number: int
    newest: Head
    ours: bool


def unsettled(database: Database, witness: Path) -> Unsettled | None:
    """What is to be settled of a witness file; None where nothing is. Raises `StoreUnavailableError`."""
    with reading(database) as connection:
        settled, number = settlements(connection), 0
        newest: Head | None = None
        since = ""
        for heads in _all_heads(witness):
            for head in not_held(connection, heads):
                if not any(one.covers(head) for one in settled):
                    number += 1
                    newest = max(newest or head, head, key=lambda each: each.size)
                    since = min(since or head.time, head.time)
        if newest is None:
            return None
        # What was signed later is of the log that took the other's place.
        agreed = 0
        for heads in _all_heads(witness):
            missing = set(not_held(connection, heads))
            agreed = max(agreed, *(h.size for h in heads if h not in missing and h.time <= since), 0)
        now = newest_head(connection)
        key = connection.execute(select(log_keys.c.public_key).where(log_keys.c.id == newest.key)).scalar_one_or_none()
        ours = key is not None and newest.verifies(PublicKey(bytes.fromhex(key)))
        return Unsettled(now.size if now is not None else 0, agreed, number, newest, ours)


def _all_heads(witness: Path) -> Iterator[Sequence[Head]]:
    for part in _parts(witness, AuditReport(), decode_head, None):
        yield [head for _, head in part]

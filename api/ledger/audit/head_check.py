"""Heads kept outside the database against the log: it still is the one that they were signed for."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from greenlane.api.json_text import canonical
from greenlane.api.ledger.audit.findings import Findings
from greenlane.api.ledger.log import ASKED
from greenlane.api.ledger.proof.head import Head, decode_head, encode_head
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.tables import log

LONGEST = 1 << 16
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
    findings: Findings,
    file: Path,
    keys: Mapping[str, PublicKey],
    read: Read = decode_head,
    end: int | None = None,
) -> None:
    """Checks each line of `file`, a head, against the log. `read` raises `ValueError` for what is none.

    With `end`, only the lines that begin before that byte: those after it may be of entries that came after the moment
    at which the log is looked at.
    """
    name = str(file)
    findings.count(name, 0)
    try:
        placed = _heads(file, findings, read, end)
        while part := list(itertools.islice(placed, ASKED)):
            findings.count(name, len(part))
            _compare(connection, findings, name, part, keys)
    except OSError as error:
        findings.fault(name, "-", None, "无法读取", f"cannot be read: {error.strerror}")


def kept_head(line: str) -> Head:
    """A head as somebody kept it: an answer of `/v1/log/head`, or a decision's receipt, in whatever layout.

    Raises `ValueError` for anything else.
    """
    found = json.loads(line)
    inner = found.get("head", found) if isinstance(found, dict) else found
    return decode_head(canonical(inner).decode())


def _heads(file: Path, findings: Findings, read: Read, end: int | None) -> Iterator[Placed]:
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
                findings.fault(str(file), f"line {number}", None, "不是树头", "this is not a whole head")


def _compare(
    connection: Connection, findings: Findings, name: str, part: Sequence[Placed], keys: Mapping[str, PublicKey]
) -> None:
    query = select(log.c.position, log.c.head).where(log.c.position.in_([head.size - 1 for _, head in part]))
    known = {row.position + 1: row.head for row in connection.execute(query)}
    for number, head in part:
        if known.get(head.size) == encode_head(head):
            continue
        place = f"line {number}"
        key = keys.get(head.key)
        if key is None or not head.verifies(key):
            zh, en = "树头不是由本日志的密钥签名", "this head was not signed by a key of this log"
            findings.fault(name, place, None, zh, en)
        elif head.size not in known:
            zh = f"日志曾有 {head.size} 条，现已缺失"
            findings.fault(name, place, None, zh, f"the log had {head.size} entries once; they are gone")
        else:
            zh, en = "日志曾有另一内容：签名的树根不同", "the log was another once: this root was signed for it"
            findings.fault(name, place, None, zh, en)

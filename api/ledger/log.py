"""The log of everything that must be provable, written in the transaction of what it tells of. SQL on its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert, select, text

from greenlane.api.json_objects import canonical
from greenlane.api.ledger.database import Database, writing
from greenlane.api.ledger.errors import SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.forks import refuse_fork
from greenlane.api.ledger.log_rows import DAMAGED, newest_head, nodes
from greenlane.api.ledger.proof.head import Head, encode_head, sign
from greenlane.api.ledger.proof.leaf import encode_leaf
from greenlane.api.ledger.proof.signing_key import PublicKey, SigningKey
from greenlane.api.ledger.proof.tree import Frontier, leaf_hash, subtrees
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.tables import log, log_events, log_keys, proved_tables

LOCK = 0x6C6F67
"""The advisory lock that lets one PostgreSQL transaction at a time add to the log."""

KEY = "log_key"
FORCED = "log_key_forced"
"""The kind of the entry that tells of a key which took over without the one before it."""

EVENT = "event"
RETIRED = "retired"

# Built once: each costs as much to build as to run.
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something that happened. `content` is what is proved: all values of the row that was written, by column.

    `kind` is one of `decision`, `release`, `release_step`, `access`, `key`, `erasure`, …; `subject` names the thing.
    The content of a kind that no table is kept for (see `proved` in `api.ledger.tables`) is stored as an event.
    """

    kind: str
    subject: str
    content: Mapping[str, Any]


@contextmanager
def appending(database: Database, signer: LogSigner, *, checked: bool = True) -> Iterator[LogWriter]:
    """A transaction that adds to the log; what was signed in it is witnessed as soon as it is on disk.

    The tables are taken as they are: a `Ledger` brings them up to date first. Raises as `database.writing` does.
    """
    signed: list[Head] = []
    with writing(database, lambda: signer.witness_all(signed)) as connection:
        yield LogWriter(connection, signer, signed, checked=checked)
    if signed:
        database.outage.worked()


class LogWriter:
    """The end of the log in one transaction: locked once, read once, and added to until the transaction ends.

    Writers take turns from the making of one to the end of its transaction. What it signs is added to `signed`.

    Unless it is not `checked`, it adds only to a log that holds what was witnessed: nothing else may be signed.
    """

    def __init__(self, connection: Connection, signer: LogSigner, signed: list[Head], *, checked: bool = True) -> None:
        lock(connection)
        self.connection = connection
        self._signer = signer
        self._signed = signed
        self._checked = checked
        self._head: Head | None = None
        self._tree: Frontier | None = None

    @property
    def head(self) -> Head | None:
        """The signed head of the log as it is now; None before the first entry.

        Raises `StoreUnavailableError`: `LogForkError` where to add to the log would fork it.
        """
        if self._head is None:
            found = newest_head(self.connection)
            if self._checked:
                refuse_fork(self.connection, found, self._signer)
                self._checked = False
            self._head = found
        return self._head

    def next_position(self) -> int:
        """Where the next entry will stand, for rows that tell it."""
        return (self.head or self.begin()).size

    def begin(self) -> Head:
        """Adds the first entry of all: the key that the log is signed with. Raises `SigningKeyError`."""
        key = self._signer.first_key()
        return self._add([self._keep_key(key)], None, key)

    def append(self, entries: Sequence[NewEntry]) -> None:
        """Adds entries at the end of the log, in order, and signs the tree as it is then.

        Raises `SigningKeyError` when the log is signed with another key, `StoreUnavailableError` when its end was
        changed by somebody else, `ValueError` when the content of an entry is not a whole row of its table.
        """
        if entries:
            head = self.head or self.begin()
            self._add(entries, head, self._signer.key(head.key))

    def check_key(self) -> None:
        """Returns when what is added can be signed. Raises `SigningKeyError`."""
        if self.head is not None:
            self._signer.key(self.head.key)

    def rotate(self, new: SigningKey) -> Head:
        """Signs with the key `new` from now on. The key in use vouches for it: it signs the entry that names it."""
        head = self.head or self.begin()
        named = self._add([self._keep_key(new)], head, self._signer.key(head.key))
        return self._add([NewEntry("log_key_in_use", new.public.id, {"before": head.key})], named, new)

    def force(self, new: SigningKey, by: str, reason: str) -> Head:
        """Signs with the key `new` from now on though nobody vouches for it: the key in use is lost.

        Who did it and why is an entry beside the key's own, under a head that the new key signs. Every audit tells of
        it. Raises `SigningKeyError` when the log has not begun or knows the key, `StoreUnavailableError` when its end
        was changed.
        """
        head = self.head
        if head is None:
            raise SigningKeyError("the log has not begun: no key of it can be lost")
        query = select(log_keys.c.public_key).where(log_keys.c.id == head.key)
        stored = self.connection.execute(query).scalar_one_or_none()
        if stored is None or not head.verifies(PublicKey(bytes.fromhex(stored))):
            raise StoreUnavailableError(DAMAGED)
        told = {"before": head.key, "by": by, "reason": reason}
        return self._add([self._keep_key(new), NewEntry(FORCED, new.public.id, told)], head, new)

    def _add(self, entries: Sequence[NewEntry], head: Head | None, key: SigningKey) -> Head:
        tree, moment = self._open_tree(head), self._signer.moment()
        before = tree.size
        rows: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        for entry in entries:
            content = entry.content
            if entry.kind in proved_tables():
                _check(entry)
            else:
                content = _event(entry, tree.size)
                events.append(content)
            data = encode_leaf(entry.kind, entry.subject, moment, content)
            row = {"position": tree.size, "data": data.decode(), "topic": topic(entry.kind, entry.subject)}
            tree, made = tree.add(leaf_hash(data))
            rows.append(row | {"nodes": b"".join(made), "head": None})
        new = sign(key, tree.size, tree.root, moment, before)
        rows[-1]["head"] = encode_head(new)
        self.connection.execute(insert(log), rows)
        if events:
            self.connection.execute(insert(log_events), events)
        self._head, self._tree = new, tree
        self._signed.append(new)
        return new

    def _open_tree(self, head: Head | None) -> Frontier:
        if self._tree is None:
            self._tree = _frontier(self.connection, head.size if head is not None else 0)
            if head is not None and self._tree.root.hex() != head.root:
                # To sign on top of hashes that somebody changed would vouch for them.
                raise StoreUnavailableError(DAMAGED)
        return self._tree

    def _keep_key(self, key: SigningKey) -> NewEntry:
        public = key.public
        known = select(log_keys.c.id).where(log_keys.c.id == public.id)
        if self.connection.execute(known).first() is not None:
            raise SigningKeyError(f"key {public.id} is one of this log already: a new one is needed")
        row = {"id": public.id, "public_key": public.raw.hex(), "added_at": self._signer.moment()}
        self.connection.execute(insert(log_keys), [row])
        return NewEntry(KEY, public.id, row)


def lock(connection: Connection) -> None:
    """Returns when it is this transaction's turn to add to the log. SQLite's `BEGIN IMMEDIATE` has seen to it."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"key": LOCK})


def topic(kind: str, subject: str) -> str | None:
    """By what an entry is found whose row does not tell its position; None for others."""
    table = proved_tables().get(kind)
    return f"{kind}/{subject}" if table is not None and table.info["proved"].position is None else None


def _event(entry: NewEntry, position: int) -> dict[str, Any]:
    content = canonical(entry.content).decode()
    return {"seq": position, "kind": entry.kind, "subject": entry.subject, "content": content}


def _check(entry: NewEntry) -> None:
    columns = _columns(entry.kind)
    if entry.kind == EVENT or entry.content.keys() != columns:
        wrong = sorted(entry.content.keys() ^ columns)
        raise ValueError(f"an entry of kind {entry.kind} is not a whole row: {', '.join(wrong)}")


@cache
def _columns(kind: str) -> frozenset[str]:
    return frozenset(proved_tables()[kind].columns.keys())


def _frontier(connection: Connection, size: int) -> Frontier:
    complete = subtrees((0, size))
    try:
        known = nodes(connection, complete)
    except KeyError:
        raise StoreUnavailableError(DAMAGED) from None
    return Frontier(size, tuple(known[node] for node in complete))

"""Proofs: that an entry is in the log, that the log only grew, that a decision is as it was stored. Reads the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from greenlane.api.evidence.answers import (
    ConsistencyDocument,
    EntriesDocument,
    EntryDocument,
    HeadDocument,
    IncludedDocument,
    InclusionDocument,
    KeyDocument,
    KeysDocument,
    ReceiptDocument,
)
from greenlane.api.json_objects import canonical
from greenlane.api.ledger.log_reader import LogEntry, LogReader, ProvedRow
from greenlane.api.ledger.proof.head import Head
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.proof.tree import Hash, consistency_spans, inclusion_spans, leaf_hash
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError

PAGE = 1000


@dataclass(frozen=True, slots=True)
class ProofService:
    """Everything the log can prove, as JSON. Every method raises `StoreUnavailableError`."""

    log: LogReader

    def head(self) -> bytes:
        """The newest signed head, byte for byte as it is stored and witnessed."""
        return canonical(_head(self.log.head()))

    def keys(self) -> KeysDocument:
        """Every key that heads were signed with, the oldest first."""
        current = self.log.head().key
        return KeysDocument([_key(row, current) for row in self.log.rows("log_key")])

    def key(self) -> KeyDocument:
        """The key that heads are signed with now."""
        current = self.log.head().key
        return _key(self.log.rows("log_key", id=current)[0], current)

    def entries(self, first: int, end: int | None) -> EntriesDocument:
        """Entries from a position to before another, at most 1,000; `next` is where to go on, null at the end."""
        size = self.log.head().size
        end = size if end is None else min(end, size)
        found = self.log.entries(first, max(0, min(end - first, PAGE)))
        reached = first + len(found)
        return EntriesDocument(size, [_entry(e) for e in found], reached if reached < end else None)

    def inclusion(self, position: int, size: int | None) -> InclusionDocument:
        """The proof that an entry is in the tree of the first `size` entries. Raises `ProblemError` not_in_log."""
        size = self._size(size)
        if not 0 <= position < size:
            raise ProblemError("not_in_log")
        found = self.log.entries(position, 1)[0]
        proof = self.included(found, size)
        root = self.log.hashes([(0, size)])[0].hex()
        return InclusionDocument(proof.entry, proof.size, proof.path, root)

    def consistency(self, old: int, new: int | None) -> ConsistencyDocument:
        """The proof that the tree of `old` entries begins that of `new`. Raises `ProblemError` not_in_log."""
        new = self._size(new)
        if not 0 < old <= new:
            raise ProblemError("not_in_log")
        first, second, *path = self.log.hashes([(0, old), (0, new), *consistency_spans(old, new)])
        return ConsistencyDocument(old=old, to=new, path=_hex(path), from_root=first.hex(), to_root=second.hex())

    def row(self, decision_id: str, by: Principal) -> ProvedRow:
        """The row of a decision. Raises `ProblemError` not_found, also when the caller may not see it."""
        rows = self.log.rows("decision", decision_id=decision_id)
        if not rows or not by.visibility.includes(rows[0].columns["region"], rows[0].columns["caller"]):
            raise ProblemError("not_found", denied=bool(rows))
        return rows[0]

    def decision(self, decision_id: str, by: Principal) -> ReceiptDocument:
        """The receipt of a decision: its entry, the newest head, and the proof that the one is under the other.

        Raises `ProblemError` not_found.
        """
        row, head = self.row(decision_id, by), self.log.head()
        proof = self.included(row.entry, head.size)
        return ReceiptDocument(decision_id, proof.entry, proof.size, proof.path, _head(head))

    def included(self, entry: LogEntry, size: int) -> IncludedDocument:
        """An entry with the proof that it is in the tree of the first `size` entries, which has it."""
        path = self.log.hashes(inclusion_spans(entry.position, size))
        return IncludedDocument(_entry(entry), size, _hex(path))

    def _size(self, asked: int | None) -> int:
        size = self.log.head().size
        if asked is not None and not 0 < asked <= size:
            raise ProblemError("not_in_log")
        return asked or size


def _head(head: Head) -> HeadDocument:
    return HeadDocument(head.size, head.root, head.time, head.previous, head.key, head.signature)


def _entry(entry: LogEntry) -> EntryDocument:
    return EntryDocument(entry.position, entry.data, leaf_hash(entry.data.encode()).hex())


def _key(row: ProvedRow, current: str) -> KeyDocument:
    public = PublicKey(bytes.fromhex(row.columns["public_key"]))
    added, position = row.columns["added_at"], row.entry.position
    return KeyDocument(public.id, "Ed25519", public.raw.hex(), public.pem(), added, position, public.id == current)


def _hex(hashes: Sequence[Hash]) -> list[str]:
    return [one.hex() for one in hashes]

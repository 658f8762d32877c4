"""Proofs: that an entry is in the log, that the log only grew, that a decision is as it was stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from greenlane.api.ledger.log_reader import LogEntry, LogReader, ProvedRow
from greenlane.api.ledger.proof.head import encode_head
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.proof.tree import Hash, consistency_spans, inclusion_spans, leaf_hash
from greenlane.api.principals import Principal
from greenlane.api.problems import Problem

PAGE = 1000


@dataclass(frozen=True, slots=True)
class ProofService:
    """Everything the log can prove, as JSON. Every method raises `StoreUnavailableError`."""

    log: LogReader

    def head(self) -> bytes:
        """The newest signed head, byte for byte as it is stored and witnessed."""
        return encode_head(self.log.head()).encode()

    def keys(self) -> dict[str, Any]:
        """Every key that heads were signed with, the oldest first."""
        current = self.log.head().key
        return {"keys": [_key(row, current) for row in self.log.rows("log_key")]}

    def key(self) -> dict[str, Any]:
        """The key that heads are signed with now."""
        current = self.log.head().key
        return _key(self.log.rows("log_key", id=current)[0], current)

    def entries(self, first: int, end: int | None) -> dict[str, Any]:
        """Entries from a position to before another, at most 1,000; `next` is where to go on, null at the end."""
        size = self.log.head().size
        end = size if end is None else min(end, size)
        found = self.log.entries(first, max(0, min(end - first, PAGE)))
        reached = first + len(found)
        return {"size": size, "entries": [_entry(e) for e in found], "next": reached if reached < end else None}

    def inclusion(self, position: int, size: int | None) -> dict[str, Any]:
        """The proof that an entry is in the tree of the first `size` entries. Raises `Problem` not_in_log."""
        size = self._size(size)
        if not 0 <= position < size:
            raise Problem("not_in_log")
        found = self.log.entries(position, 1)[0]
        proof = self.included(found, size)
        return {**proof, "root": self.log.hashes([(0, size)])[0].hex()}

    def consistency(self, old: int, new: int | None) -> dict[str, Any]:
        """The proof that the tree of `old` entries is the beginning of that of `new`. Raises `Problem` not_in_log."""
        new = self._size(new)
        if not 0 < old <= new:
            raise Problem("not_in_log")
        first, second, *path = self.log.hashes([(0, old), (0, new), *consistency_spans(old, new)])
        return {"from": old, "to": new, "path": _hex(path), "from_root": first.hex(), "to_root": second.hex()}

    def row(self, decision_id: str, by: Principal) -> ProvedRow:
        """The row of a decision. Raises `Problem` not_found, also when the caller may not see it."""
        rows = self.log.rows("decision", decision_id=decision_id)
        if not rows or not by.scope.includes(rows[0].columns["region"], rows[0].columns["caller"]):
            raise Problem("not_found", denied=bool(rows))
        return rows[0]

    def decision(self, decision_id: str, by: Principal) -> dict[str, Any]:
        """The receipt of a decision: its entry, the newest head, and the proof that the one is under the other.

        Raises `Problem` not_found.
        """
        row, head = self.row(decision_id, by), self.log.head()
        proof = self.included(row.entry, head.size)
        return {"decision_id": decision_id, **proof, "head": asdict(head)}

    def included(self, entry: LogEntry, size: int) -> dict[str, Any]:
        """An entry with the proof that it is in the tree of the first `size` entries, which has it."""
        path = self.log.hashes(inclusion_spans(entry.position, size))
        return {"entry": _entry(entry), "size": size, "path": _hex(path)}

    def _size(self, asked: int | None) -> int:
        size = self.log.head().size
        if asked is not None and not 0 < asked <= size:
            raise Problem("not_in_log")
        return asked or size


def _entry(entry: LogEntry) -> dict[str, Any]:
    return {"position": entry.position, "data": entry.data, "hash": leaf_hash(entry.data.encode()).hex()}


def _key(row: ProvedRow, current: str) -> dict[str, Any]:
    public = PublicKey(bytes.fromhex(row.columns["public_key"]))
    return {
        "id": public.id,
        "algorithm": "Ed25519",
        "public_key": public.raw.hex(),
        "pem": public.pem(),
        "added_at": row.columns["added_at"],
        "position": row.entry.position,
        "current": public.id == current,
    }


def _hex(hashes: Sequence[Hash]) -> list[str]:
    return [one.hex() for one in hashes]

"""Checking proofs, as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say it."""

from __future__ import annotations

from collections.abc import Sequence

from greenlane.api.ledger.proof.tree import Hash, node_hash


def includes(leaf: Hash, position: int, size: int, path: Sequence[Hash], root: Hash) -> bool:
    """Whether `path` proves that the tree of `size` leaves with this root has `leaf` at `position`."""
    if not 0 <= position < size:
        return False
    at, last, found = position, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, old_root: Hash, new: int, new_root: Hash, path: Sequence[Hash]) -> bool:
    """Whether `path` proves that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, other)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root

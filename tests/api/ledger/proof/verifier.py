"""Proofs as the verifier in evidence packs checks them, which is the only code that does."""

from __future__ import annotations

from collections.abc import Sequence

from greenlane.api.evidence.pack.verify import PackError, grown, included


def includes(leaf: bytes, position: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the tree of `size` leaves with this root has `leaf` at `position`."""
    try:
        return included(leaf, position, size, list(path)) == root
    except PackError:
        return False


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    try:
        return grown(old, old_root, new, list(path)) == (old_root, new_root)
    except PackError:
        return False

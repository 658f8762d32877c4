"""The Merkle tree of RFC 9162 section 2.1: hashes, a frontier to append to, which hashes prove what. Pure.

A tree of `size` leaves is cut into complete subtrees, left to right, one for each bit of `size`. Their hashes, the
frontier, are all that appending needs; a hash once made by appending never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

Hash = bytes
Span = tuple[int, int]
"""The leaves from a position to before another."""

Node = tuple[int, int]
"""A complete subtree: its level, and its index among those of that level. It has `2 ** level` leaves."""


def leaf_hash(data: bytes) -> Hash:
    """The hash of a leaf's data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash of the tree whose two halves have these hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[Hash]) -> Hash:
    """The hash of a span, from the hashes of the complete subtrees that it is cut into."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def subtrees(span: Span) -> tuple[Node, ...]:
    """The complete subtrees that a span of an RFC 9162 tree is cut into, left to right."""
    start, end = span
    found: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree to which leaves can be added: its size and the hashes of its complete subtrees, the largest first."""

    size: int = 0
    hashes: tuple[Hash, ...] = ()

    @property
    def root(self) -> Hash:
        """The hash of the whole tree."""
        return root_of(self.hashes)

    def add(self, leaf: Hash) -> tuple[Frontier, tuple[Hash, ...]]:
        """The tree with one more leaf, and the hashes of the complete subtrees that end with it, the smallest first.

        There are as many as `size + 1` has trailing zero bits, and the leaf itself.
        """
        hashes, made = list(self.hashes), [leaf]
        left_over = self.size
        while left_over & 1:
            made.append(node_hash(hashes.pop(), made[-1]))
            left_over >>= 1
        return Frontier(self.size + 1, (*hashes, made[-1])), tuple(made)


def made_with(node: Node) -> int:
    """The position of the leaf with which a complete subtree became complete: its last."""
    level, index = node
    return ((index + 1) << level) - 1


def inclusion_spans(position: int, size: int) -> tuple[Span, ...]:
    """The spans whose hashes prove that the leaf at `position` is in the tree of `size` leaves, in RFC order.

    Raises `ValueError` unless 0 <= position < size.
    """
    if not 0 <= position < size:
        raise ValueError(f"no leaf {position} in a tree of {size}")
    found: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return tuple(reversed(found))


def rooted(leaf: Hash, position: int, size: int, path: Sequence[Hash]) -> Hash:
    """The root that a proof leads to: `path` are the hashes of `inclusion_spans`."""
    root = leaf
    for (start, _), other in zip(inclusion_spans(position, size), path, strict=True):
        root = node_hash(root, other) if start > position else node_hash(other, root)
    return root


def consistency_spans(old: int, new: int) -> tuple[Span, ...]:
    """The spans whose hashes prove that the tree of `old` leaves is the beginning of that of `new`, in RFC order.

    Raises `ValueError` unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} leaves cannot have grown to {new}")
    found: list[Span] = []
    start, end = 0, new
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    if start:
        found.append((start, end))
    return tuple(reversed(found))


def hashes_of(spans: Iterable[Span], nodes: Callable[[Sequence[Node]], Mapping[Node, Hash]]) -> tuple[Hash, ...]:
    """The hash of each span; `nodes` is asked once, for the O(log n) complete subtrees that they need."""
    cut = [subtrees(span) for span in spans]
    known = nodes([node for each in cut for node in each])
    return tuple(root_of([known[node] for node in each]) for each in cut)


def _half(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)

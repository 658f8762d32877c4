"""The tree is that of RFC 9162, for every size to a few hundred and random ones beyond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.api.ledger.proof.tree import (
    EMPTY_ROOT,
    Frontier,
    Hash,
    Node,
    consistency_spans,
    hashes_of,
    inclusion_spans,
    leaf_hash,
    made_with,
    root_of,
    subtrees,
)
from tests.api.ledger.proof import rfc9162
from tests.api.ledger.proof.verifier import extends, includes
from tests.examples import examples

EVERY = 130
MOST = 3000
LEAVES = [f"leaf {n}".encode() for n in range(MOST)]


class Grown:
    """A tree grown leaf by leaf that keeps what each leaf made, as the log does."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.roots, self.made = [EMPTY_ROOT], []
        frontier = Frontier()
        for leaf in leaves:
            frontier, made = frontier.add(leaf_hash(leaf))
            self.roots.append(frontier.root)
            self.made.append(made)

    def nodes(self, wanted: Sequence[Node]) -> Mapping[Node, Hash]:
        """The hashes of complete subtrees."""
        return {node: self.made[made_with(node)][node[0]] for node in wanted}


@cache
def grown() -> Grown:
    """One tree for all tests."""
    return Grown(LEAVES)


def test_the_empty_tree() -> None:
    """Its root is the hash of nothing."""
    assert Frontier().root == EMPTY_ROOT == rfc9162.mth([])
    assert root_of(()) == EMPTY_ROOT


def test_a_known_root() -> None:
    """The root of the eight leaves that implementations of certificate transparency test with."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    root = Grown([bytes.fromhex(leaf) for leaf in leaves]).roots[-1]
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@pytest.mark.parametrize("size", range(1, EVERY))
def test_every_inclusion_proof_of_small_trees(size: int) -> None:
    """Root and proofs are the RFC's, and each proof proves its leaf and no other place."""
    tree, leaves = grown(), LEAVES[:size]
    root = rfc9162.mth(leaves)
    assert tree.roots[size] == root
    for position in range(size):
        made = hashes_of(inclusion_spans(position, size), tree.nodes)
        assert list(made) == rfc9162.path(position, leaves)
        assert includes(leaf_hash(leaves[position]), position, size, made, root)
        assert not includes(leaf_hash(leaves[position]), (position + 1) % size, size, made, root) or size == 1


@pytest.mark.parametrize("new", range(1, EVERY))
def test_every_consistency_proof_of_small_trees(new: int) -> None:
    """Proofs are the RFC's, and each proves growth from its own old root only."""
    tree, leaves = grown(), LEAVES[:new]
    for old in range(1, new + 1):
        made = hashes_of(consistency_spans(old, new), tree.nodes)
        assert list(made) == rfc9162.proof(old, leaves)
        assert extends(old, tree.roots[old], new, tree.roots[new], made)
        assert not extends(old, tree.roots[old - 1], new, tree.roots[new], made)
        assert not extends(old, tree.roots[old], new, tree.roots[new - 1], made)


@given(st.data())
@settings(max_examples=examples(20), deadline=None)
def test_random_larger_trees(data: st.DataObject) -> None:
    """The same beyond the sizes that are gone through one by one."""
    size = data.draw(st.integers(EVERY, MOST))
    position, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    tree, leaves = grown(), LEAVES[:size]
    assert tree.roots[size] == rfc9162.mth(leaves)
    included = hashes_of(inclusion_spans(position, size), tree.nodes)
    assert list(included) == rfc9162.path(position, leaves)
    assert includes(leaf_hash(leaves[position]), position, size, included, tree.roots[size])
    consistent = hashes_of(consistency_spans(old, size), tree.nodes)
    assert list(consistent) == rfc9162.proof(old, leaves)
    assert extends(old, tree.roots[old], size, tree.roots[size], consistent)


@given(st.data())
@settings(max_examples=examples(65), deadline=None)
def test_a_changed_proof_proves_nothing(data: st.DataObject) -> None:
    """Any bit of a proof, of the leaf or of a root turned over, a hash left out, doubled or swapped: refused."""
    size = data.draw(st.integers(2, 600))
    position, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    tree = grown()
    leaf, root = leaf_hash(LEAVES[position]), tree.roots[size]
    included = list(hashes_of(inclusion_spans(position, size), tree.nodes))
    consistent = list(hashes_of(consistency_spans(old, size), tree.nodes))
    assert not includes(leaf, position, size, changed(data, included), root)
    assert not includes(changed(data, [leaf])[0], position, size, included, root)
    assert not extends(old, tree.roots[old], size, root, changed(data, consistent))


def changed(data: st.DataObject, path: list[bytes]) -> list[bytes]:
    """The path with one thing different."""
    at = data.draw(st.integers(0, len(path) - 1))
    bit = data.draw(st.integers(0, 255))
    turned = (int.from_bytes(path[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    return [*path[:at], turned, *path[at + 1 :]]


@given(st.data())
@settings(max_examples=examples(35), deadline=None)
def test_a_proof_of_another_length_proves_nothing(data: st.DataObject) -> None:
    """One hash more or less than needed is refused."""
    size = data.draw(st.integers(2, 600))
    position, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    tree, extra = grown(), data.draw(st.binary(min_size=32, max_size=32))
    included = hashes_of(inclusion_spans(position, size), tree.nodes)
    consistent = hashes_of(consistency_spans(old, size), tree.nodes)
    leaf, root = leaf_hash(LEAVES[position]), tree.roots[size]
    for path in (included[:-1], (*included, extra), (extra, *included)):
        assert not includes(leaf, position, size, path, root)
    for path in (consistent[:-1], (*consistent, extra), (extra, *consistent)):
        assert not extends(old, tree.roots[old], size, root, path)


@given(st.integers(0, MOST))
def test_what_a_leaf_makes(size: int) -> None:
    """Each complete subtree is made with its last leaf, so that its place is known without a search."""
    for level, index in subtrees((0, size)):
        assert len(grown().made[made_with((level, index))]) > level
    assert sum(1 << level for level, _ in subtrees((0, size))) == size


@pytest.mark.parametrize(("position", "size"), [(0, 0), (-1, 3), (3, 3), (4, 3)])
def test_no_proof_of_a_leaf_that_is_not_there(position: int, size: int) -> None:
    """Neither made nor accepted."""
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_spans(position, size)
    assert not includes(EMPTY_ROOT, position, size, [], EMPTY_ROOT)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 3), (4, 3), (-1, 3)])
def test_no_proof_of_growth_from_nothing_or_backwards(old: int, new: int) -> None:
    """Neither made nor accepted."""
    with pytest.raises(ValueError, match="cannot have grown"):
        consistency_spans(old, new)
    assert not extends(old, EMPTY_ROOT, new, EMPTY_ROOT, [])

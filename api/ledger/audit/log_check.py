"""The log itself: no entry missing or changed, every hash made again, every head signed by a key that may. No SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlane.api.ledger.audit.report import AuditReport, TrustBreak
from greenlane.api.ledger.log import FORCED, KEY, topic
from greenlane.api.ledger.proof.head import Head, decode_head
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf
from greenlane.api.ledger.proof.signing_key import PublicKey
from greenlane.api.ledger.proof.tree import HASH_BYTES, Frontier, leaf_hash

LOG = "log"


class TreeCheck:
    """Takes the entries one by one, in order. Once the tree cannot be told any more, roots are compared no longer."""

    def __init__(self, report: AuditReport, keys: Mapping[str, PublicKey]) -> None:
        self._report = report
        self._keys = keys
        self._tree: Frontier | None = Frontier()
        self._expected = 0
        self._head: Head | None = None
        self._named: dict[str, int] = {}
        self._forced: dict[str, int] = {}
        self._last_has_head = True

    def entry(self, row: Any) -> Leaf | None:
        """Checks one row of the log; gives what its leaf says, if it can be read."""
        self._report.count(LOG)
        if row.position != self._expected:
            self._gap(row.position)
        self._expected = row.position + 1
        data = row.data if isinstance(row.data, str) else ""
        self._hashes(row, leaf_hash(data.encode("utf-8", "surrogateescape")))
        try:
            leaf = decode_leaf(data)
        except ValueError:
            self._report.fault(LOG, row.position, "data", "不是日志条目", "this is not an entry")
            leaf = None
        if leaf is not None:
            self._named_in(row, leaf)
        self._last_has_head = row.head is not None
        if row.head is not None:
            self._check_head(row)
        return leaf

    def end(self) -> None:
        """After the last entry."""
        if not self._last_has_head:
            self._report.fault(LOG, self._expected - 1, "head", "最新条目缺少签名树头", "the newest entry has no head")
        if self._head is not None:
            self._report.size, self._report.root = self._head.size, self._head.root

    def _named_in(self, row: Any, leaf: Leaf) -> None:
        if leaf.kind == KEY:
            self._named.setdefault(leaf.subject, row.position)
        if leaf.kind == FORCED:
            self._forced[leaf.subject] = row.position
        if row.topic != topic(leaf.kind, leaf.subject):
            zh, en = "检索项与条目不符", "the entry is not about what it is found by"
            self._report.fault(LOG, row.position, "topic", zh, en)

    def _gap(self, position: int) -> None:
        if position < self._expected:
            self._report.fault(LOG, position, None, "条目位置有误", "an entry is out of place")
        else:
            missing = f"{self._expected}..{position - 1}"
            self._report.fault(LOG, missing, None, "日志条目缺失", "entries are missing")
        self._tree = None

    def _hashes(self, row: Any, leaf: bytes) -> None:
        stored = row.nodes if isinstance(row.nodes, bytes) else b""
        if stored[:HASH_BYTES] != leaf:
            zh, en = "条目内容与其哈希不符", "the entry is not the one its hash was taken of"
            self._report.fault(LOG, row.position, "data", zh, en)
            # Most likely the data was changed: with the stored hash the rest can still be checked.
            leaf = stored[:HASH_BYTES].ljust(HASH_BYTES, b"\0")
        if self._tree is None:
            return
        self._tree, made = self._tree.add(leaf)
        if stored != b"".join(made):
            zh, en = "树节点哈希有误", "the hashes of the tree are not those its entries give"
            self._report.fault(LOG, row.position, "nodes", zh, en)

    def _check_head(self, row: Any) -> None:
        report = self._report
        report.count("heads")
        try:
            head = decode_head(row.head if isinstance(row.head, str) else "")
        except ValueError:
            report.fault(LOG, row.position, "head", "不是树头", "this is not a head")
            self._head = None
            return
        if head.size != row.position + 1:
            report.fault(LOG, row.position, "head", "树头位置有误", "this head is of another entry")
        if head.previous != (self._head.size if self._head else 0):
            report.fault(LOG, row.position, "head", "之前的树头缺失", "the head before this one is missing")
        key = self._keys.get(head.key)
        if key is None or not head.verifies(key):
            report.fault(LOG, row.position, "head", "树头签名无效", "the head's signature does not verify")
        elif not self._may_sign(head):
            zh, en = "签名密钥此时尚未获授权", "the key that signed was not vouched for by the one before"
            report.fault(LOG, row.position, "head", zh, en)
        if self._tree is not None and self._tree.root.hex() != head.root:
            zh, en = "条目与签名的树根不符", "the entries are not those whose root was signed"
            report.fault(LOG, row.position, "head", zh, en)
            self._tree = None
        self._head = head

    def _may_sign(self, head: Head) -> bool:
        """The key of the head before goes on, or one that it has signed the entry of takes over.

        Or one by force, which is told for what it is.
        """
        named = self._named.get(head.key)
        if named is None:
            return False
        if head.previous == 0:
            return named == 0
        before = self._head
        if before is None or head.key == before.key or named < before.size:
            return True
        forced = self._forced.get(head.key)
        if forced is None or forced < before.size:
            return False
        self._report.breaks.append(TrustBreak(forced, before.key, head.key))
        return True

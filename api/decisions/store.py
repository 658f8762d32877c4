"""The store of decisions as the services see it: written in groups, sealed, read back. No SQL of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from greenlane.api.decisions import statements
from greenlane.api.decisions.records import (
    Content,
    DecisionRecord,
    DecisionRow,
    DecisionSummary,
    Stored,
    StoredDecision,
)
from greenlane.api.decisions.sealed_rows import (
    CONTENT,
    SEARCHED,
    OpenedColumn,
    Unread,
    asks_the_same,
    content_of,
    lookups_of,
    opened_columns,
    read,
    row_of,
    summaries,
)
from greenlane.api.ledger.data_key_statements import Owner
from greenlane.api.ledger.group_commit import GroupCommit
from greenlane.api.ledger.log_reader import ProvedRow
from greenlane.api.ledger.lookup_statements import add_lookups
from greenlane.api.ledger.sealing.cursors import CursorKey
from greenlane.api.ledger.sealing.values import DataKey
from greenlane.api.ledger.unit_of_work import Ledger, Reading
from greenlane.api.principals import EVERYTHING, Visibility


class DecisionStore:
    """Decisions in the ledger. Safe for many threads; one per process. Every method raises `StoreUnavailableError`."""

    def __init__(
        self,
        ledger: Ledger,
        commit_timeout: float = 10.0,
        observe: Callable[[int, float], None] = lambda _size, _seconds: None,
    ) -> None:
        self._ledger = ledger
        self._writer: GroupCommit[DecisionRecord, Stored] = GroupCommit(self._commit, commit_timeout, observe)

    def add(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        """Stores decisions, all or none; returns when they are on disk."""
        # Outside of the time limit, which is for the commit.
        if not self._ledger.opened.is_set():
            self._ledger.open()
        return self._writer.write(records)

    def with_keys(self, hashes: Mapping[str, str]) -> Mapping[str, Stored]:
        """The stored decision of each idempotency key that has one; `hashes` are those of the requests, by key."""
        with self._ledger.reading() as work:
            # Rows of earlier versions have the key itself.
            at_rest = {form: key for key in hashes for form in (self._ledger.keys.token("idempotency", key), key)}
            rows = statements.with_idempotency_keys(work.connection, list(at_rest))
            return {at_rest[form]: _earlier(work, row, hashes[at_rest[form]]) for form, row in rows.items()}

    def decision(self, decision_id: str) -> StoredDecision | None:
        """The decision with this id."""
        with self._ledger.reading() as work:
            row = statements.get(work.connection, decision_id)
            if row is None:
                return None
            (found,) = read(work, [row], CONTENT)
        return StoredDecision(row, content_of(found), altered=found is Unread.ALTERED)

    def search(
        self,
        equal: Mapping[str, str],
        since: str | None,
        before: str | None,
        below: int | None,
        limit: int,
        visibility: Visibility = EVERYTHING,
    ) -> list[DecisionSummary]:
        """Decisions newest first; see `statements.search`. `customer` and `application` are in the clear."""
        with self._ledger.reading() as work:
            token = self._ledger.keys.token
            at_rest = {n: token(n, v) if n in statements.TOKENS else v for n, v in equal.items()}
            rows = statements.search(work.connection, at_rest, since, before, below, limit, visibility)
            found = read(work, rows, SEARCHED)
        return summaries(rows, found)

    def cursors(self) -> CursorKey:
        """What seals the cursors of searches."""
        self._ledger.open()
        return self._ledger.keys.cursors()

    def newest(self, below: int | None, limit: int) -> list[tuple[int, str]]:
        """`seq` and id of decisions, the newest first, below a `seq`."""
        with self._ledger.reading() as work:
            return statements.newest(work.connection, below, limit)

    def was_asked(self, row: DecisionRow, hashes: Sequence[str]) -> bool:
        """Whether the decision was made for a request with one of these hashes."""
        with self._ledger.reading() as work:
            keys = work.data_keys([row.data_key_id] if row.data_key_id else [])
        return any(asks_the_same(row, keys, sha256) for sha256 in hashes)

    def opened(self, row: ProvedRow) -> Mapping[str, OpenedColumn] | None:
        """What `inputs`, `answer` and `trace` of a decision's row hold in clear; None once its key was destroyed.

        Raises `UnsealError` for what was altered (`StoredDecision` says so).
        """
        with self._ledger.reading() as work:
            key_id = row.columns["data_key_id"]
            keys = work.data_keys([key_id] if key_id is not None else [])
        return opened_columns(row.columns, keys)

    def close(self) -> None:
        """Writes what waits."""
        self._writer.close()

    def _commit(self, records: Sequence[DecisionRecord]) -> Sequence[Stored]:
        ledger = self._ledger
        # Before the transaction, which others wait for: keys are made, and decisions sealed.
        ledger.open()
        token = ledger.keys.token
        owners = [ledger.keys.owner(r.customer, r.decision_id, r.decided_at, r.status) for r in records]
        held, found_by = ledger.keys.at_hand(owners), lookups_of(records, token)

        def at_rest(keys: Mapping[Owner, DataKey]) -> list[DecisionRow]:
            pairs = zip(records, owners, strict=True)
            return [row_of(record, keys[owner], token, found_by.get(record.decision_id)) for record, owner in pairs]

        rows = at_rest(held)
        with ledger.writing() as work:
            settled = work.settle(held, records[0].decided_at)
            if settled != held:
                rows = at_rest(settled)
            stored_under = statements.add(work, rows)
            stored = [_settled(work, *pair, stored_under) for pair in zip(records, rows, strict=True)]
            created = {found.decision_id for found in stored if found.created}
            add_lookups(work.connection, [each for name, each in found_by.items() if name in created])
        return stored


def _settled(
    work: Reading, record: DecisionRecord, row: DecisionRow, stored_under: Mapping[str, DecisionRow]
) -> Stored:
    earlier = stored_under.get(row.idempotency_key or "", row)
    if earlier.decision_id != row.decision_id:
        return _earlier(work, earlier, record.request_sha256)
    return Stored(record.decision_id, Content(record.inputs, record.answer, record.trace), created=True)


def _earlier(work: Reading, row: DecisionRow, sha256: str) -> Stored:
    keys = work.data_keys([row.data_key_id] if row.data_key_id else [])
    if not asks_the_same(row, keys, sha256):
        return Stored(row.decision_id, None, created=False, same=False)
    (found,) = read(work, [row], CONTENT)
    return Stored(row.decision_id, content_of(found), created=False, altered=found is Unread.ALTERED)

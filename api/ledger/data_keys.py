"""SQL about data keys: which customer's they are, as long as they are; and their erasure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from greenlane.api.ledger import key_entries
from greenlane.api.ledger.proof.commitment import new_salt
from greenlane.api.ledger.tables import data_keys, decisions, erasures, key_binding, lookups

CHUNK = 500
Part = TypeVar("Part")


class Owner(NamedTuple):
    """Whose a data key is (a keyed token), and for what of theirs."""

    customer: str
    scope: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A data key that was destroyed, as stored. `decisions` is how many cannot be read any more."""

    id: str
    data_key_id: str
    erased_at: str
    reason: str
    caller: str
    decisions: int


def owned(connection: Connection, owners: Iterable[Owner]) -> dict[Owner, str]:
    """The id of each owner's key, for those that have one; it stays theirs until the transaction ends."""
    wanted = set(owners)
    found: dict[Owner, str] = {}
    for part in chunks(sorted({owner.customer for owner in wanted})):
        query = select(data_keys.c.id, data_keys.c.customer, data_keys.c.scope)
        for row in connection.execute(query.where(data_keys.c.customer.in_(part)).with_for_update(read=True)):
            owner = Owner(row.customer, row.scope)
            if owner in wanted:
                found[owner] = row.id
    return found


def register(connection: Connection, ids: Mapping[Owner, str], now: str) -> None:
    """Says whose new keys are, and tells the log; passes over owners that have one, and ids that were used before."""
    rows = [
        {"id": i, "customer": o.customer, "scope": o.scope, "created_at": now, "salt": new_salt()}
        for o, i in sorted(ids.items())
    ]
    add = _insert(connection, data_keys).on_conflict_do_nothing().returning(data_keys.c.id)
    added = set(connection.execute(add, rows).scalars())
    key_entries.tell(connection, [row for row in rows if row["id"] in added])


def disown(connection: Connection, ids: Sequence[str]) -> None:
    """Leaves nothing that leads from these keys, or what the log was told of them, to their customer, nor from what is
    looked up to their decisions.
    """
    for part in chunks(ids):
        theirs = select(decisions.c.decision_id).where(decisions.c.data_key_id.in_(part))
        connection.execute(delete(lookups).where(lookups.c.decision_id.in_(theirs)))
        connection.execute(update(data_keys).where(data_keys.c.id.in_(part)).values(customer=None, salt=None))


def of_customer(connection: Connection, customer: str) -> list[str]:
    """The ids of a customer's keys, to be changed in this transaction."""
    query = select(data_keys.c.id).where(data_keys.c.customer == customer).order_by(data_keys.c.id).with_for_update()
    return list(connection.execute(query).scalars())


def live(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these keys that have not been destroyed."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(data_keys.c.id).where(data_keys.c.id.in_(part), data_keys.c.customer.is_not(None))
        found.update(connection.execute(query).scalars())
    return found


def destroyed(connection: Connection) -> list[str]:
    """The ids of all keys that have been destroyed."""
    return list(connection.execute(select(data_keys.c.id).where(data_keys.c.customer.is_(None))).scalars())


def destroyed_among(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these keys that have been destroyed; not those that there never were."""
    found: set[str] = set()
    for part in chunks(ids):
        query = select(data_keys.c.id).where(data_keys.c.id.in_(part), data_keys.c.customer.is_(None))
        found.update(connection.execute(query).scalars())
    return found


def decided_under(connection: Connection, key_id: str) -> int:
    """How many decisions a key is for."""
    query = select(func.count()).select_from(decisions).where(decisions.c.data_key_id == key_id)
    return int(connection.execute(query).scalar_one())


def held_by_scope(connection: Connection) -> list[tuple[str, int, int]]:
    """Each scope that has keys, how many, and how many decisions they are for; in order of scope."""
    joined = data_keys.outerjoin(decisions, decisions.c.data_key_id == data_keys.c.id)
    columns = (data_keys.c.scope, func.count(data_keys.c.id.distinct()), func.count(decisions.c.decision_id))
    query = select(*columns).select_from(joined).where(data_keys.c.customer.is_not(None))
    rows = connection.execute(query.group_by(data_keys.c.scope).order_by(data_keys.c.scope))
    return [(str(scope), int(keys), int(held)) for scope, keys, held in rows]


def of_scope(connection: Connection, scope: str, limit: int) -> list[str]:
    """Up to `limit` ids of a scope's keys."""
    query = select(data_keys.c.id).where(data_keys.c.scope == scope, data_keys.c.customer.is_not(None))
    return list(connection.execute(query.order_by(data_keys.c.id).limit(limit)).scalars())


def add_erasures(connection: Connection, done: Sequence[Erasure]) -> None:
    """Stores erasures."""
    connection.execute(insert(erasures), [asdict(erasure) for erasure in done])


def erasure_of(connection: Connection, key_id: str) -> Erasure | None:
    """The erasure of a data key."""
    columns = [erasures.c[name] for name in Erasure.__slots__]
    row = connection.execute(select(*columns).where(erasures.c.data_key_id == key_id)).first()
    return Erasure(*row) if row is not None else None


def add_lookups(connection: Connection, found_by: Sequence[tuple[str, str]]) -> None:
    """Makes decisions (their ids second) be found by tokens."""
    if found_by:
        connection.execute(insert(lookups), [{"token": t, "decision_id": d} for t, d in found_by])


def bound_to(connection: Connection, key_store: str) -> str:
    """The name of the key store this database is used with: from now on the one given, where there was none."""
    bind = _insert(connection, key_binding).on_conflict_do_nothing()
    connection.execute(bind, [{"id": 1, "key_store": key_store}])
    return str(connection.execute(select(key_binding.c.key_store)).scalar_one())


def chunks(items: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """As many at a time as a statement may name."""
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)

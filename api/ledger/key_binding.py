"""SQL about the key store that a database was sealed with: which it is, once and for all, and what the log was told.

A database that was opened with another would go on, and nothing that it held before could be read. So it is bound to
its key store when it is first opened, and the row that says so is an entry of the log like any other.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, insert, select

from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.log import LogWriter, NewEntry, topic
from greenlane.api.ledger.migrations.triggers import unguarded
from greenlane.api.ledger.proof.leaf import Leaf, decode_leaf, digest
from greenlane.api.ledger.tables import data_keys, decisions, key_binding
from greenlane.api.ledger.tables import log as entries

KIND = "key_binding"
ROW_ID = 1
SUBJECT = str(ROW_ID)
PAGE = 1000
OTHERS = "set GREENLANE_KEY_STORE and the master key to those that the database was used with"
PUT_BACK = (
    "start nothing with other keys. With the key store that the database was used with, `greenlane keys bind` puts the "
    "row back; `greenlane audit verify` tells what else was changed"
)

_BOUND = select(key_binding.c.key_store)
_NEWEST = select(entries.c.data).where(entries.c.topic == topic(KIND, SUBJECT)).order_by(entries.c.position.desc())
_OWNED = select(data_keys.c.id).where(data_keys.c.customer.is_not(None)).order_by(data_keys.c.id).limit(PAGE)
_SEALED = select(decisions.c.seq).where(decisions.c.data_key_id.is_not(None)).limit(1)


def bind(log: LogWriter, keys: KeyStore, name: str) -> None:
    """Returns when the database is bound to the key store of this name; binds one that holds nothing sealed.

    A row that a version before left without an entry gets one. Raises `EncryptionKeyError` when the database is bound
    to another key store, or was bound once and the row that says so is missing, or is not as the log was told.
    """
    bound, told = log.connection.execute(_BOUND).scalar_one_or_none(), _told(log)
    if bound is None:
        if told is not None or _is_sealed(log):
            raise EncryptionKeyError(f"the row that binds the database to its key store was removed: {PUT_BACK}")
        _insert(log, name)
        return
    if told is not None and told.columns.get("key_store") != digest(bound):
        raise EncryptionKeyError(f"the row that binds the database to its key store was changed: {PUT_BACK}")
    if bound != name:
        raise EncryptionKeyError(
            f"the decisions were sealed with keys of the key store {bound}, and this one is {name}: {OTHERS}"
        )
    if told is None:
        _refuse_foreign(log, keys)
        _tell(log, name)


def bind_again(log: LogWriter, keys: KeyStore, name: str) -> bool:
    """Puts back the row that was removed or changed; says whether it was.

    Raises `EncryptionKeyError` unless the key store is the one that the log was told of, or, where it was told of none,
    has the keys that decisions are sealed with.
    """
    told = _told(log)
    if told is not None and told.columns.get("key_store") != digest(name):
        raise EncryptionKeyError(f"the log was told of another key store than {name}: {OTHERS}")
    if told is None:
        _refuse_foreign(log, keys)
    if log.connection.execute(_BOUND).scalar_one_or_none() == name:
        return False
    with unguarded(log.connection, key_binding.name):
        log.connection.execute(delete(key_binding))
        _insert(log, name)
    return True


def _insert(log: LogWriter, name: str) -> None:
    log.connection.execute(insert(key_binding), [{"id": ROW_ID, "key_store": name}])
    _tell(log, name)


def _tell(log: LogWriter, name: str) -> None:
    # A log that is to begin is told of it with all other rows.
    if log.head is not None:
        log.append([NewEntry(KIND, SUBJECT, {"id": ROW_ID, "key_store": name})])


def _told(log: LogWriter) -> Leaf | None:
    data = log.connection.execute(_NEWEST.limit(1)).scalar_one_or_none()
    with suppress(ValueError):
        return decode_leaf(data) if data is not None else None
    raise EncryptionKeyError(f"what the log was told of the key store was changed: {PUT_BACK}")


def _is_sealed(log: LogWriter) -> bool:
    held = (select(data_keys.c.id).limit(1), _SEALED)
    return any(log.connection.execute(query).first() is not None for query in held)


def _refuse_foreign(log: LogWriter, keys: KeyStore) -> None:
    """Raises `EncryptionKeyError` when the key store has none of the keys that decisions are sealed with."""
    owned = list(log.connection.execute(_OWNED).scalars())
    if owned and not keys.get(owned):
        raise EncryptionKeyError(f"the key store has none of the keys that the decisions were sealed with: {OTHERS}")

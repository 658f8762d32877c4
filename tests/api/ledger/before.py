"""Stores as the version before wrote them, of which the log was told less than it is now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from greenlane.api.decisions import sealed_rows
from greenlane.api.ledger import bootstrap, data_key_statements, data_keys, key_binding, lookup_statements
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.log import LogWriter
from greenlane.api.ledger.tables import lookups, proved_tables
from tests.api.ledger.stores import Stores, open_stores

NAME = "key_store"


def bind(log: LogWriter, _keys: object, name: str) -> None:
    """Binds a database to a key store, and tells nobody."""
    if log.connection.execute(key_binding._BOUND).first() is None:
        log.connection.execute(insert(key_binding.key_binding), [{"id": 1, NAME: name}])


def add_lookups(connection: Connection, found_by: Any) -> None:
    """Makes decisions be found by tokens that no salt goes with."""
    if found_by:
        connection.execute(insert(lookups), [{"token": f.token, "decision_id": f.decision_id} for f in found_by])


def open_before(url: str, folder: Path, then: pytest.MonkeyPatch, *, owners: bool = True) -> Stores:
    """Stores as a process of the version before has them; one of `0006` told the log whose data keys are (`owners`)."""
    if not owners:
        then.setattr(data_key_statements, "_tell", lambda _log, _rows: None)
    told = {kind: table for kind, table in proved_tables().items() if kind != key_binding.KIND}
    then.setattr(bootstrap, "proved_tables", lambda: told)
    then.setattr(data_keys.key_binding, "bind", bind)
    then.setattr(lookup_statements, "tell_existing", lambda _log: False)
    then.setattr(lookup_statements.Lookup, "commitment", property(lambda _self: None))
    then.setattr(sealed_rows, "FOUND_BY_NOTHING", None)
    then.setattr("greenlane.api.decisions.store.add_lookups", add_lookups)
    return open_stores(open_database(url), folder)

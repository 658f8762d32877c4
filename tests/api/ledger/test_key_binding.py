"""A database goes on with the key store that sealed it, and with no other, whatever somebody did to the row."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.key_binding import bind_again
from greenlane.api.ledger.log import appending
from tests.api.ledger.audit.damage import unprotect
from tests.api.ledger.before import open_before
from tests.api.ledger.records import content, read, record
from tests.api.ledger.stores import Stores, key_store, open_stores, signer_in

REMOVED = "DELETE FROM key_binding"
CHANGED = "UPDATE key_binding SET key_store = 'another'"


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> str:
    """The id of a decision in a store that was used with its keys."""
    store, decision = open_stores(database_url, tmp_path), record()
    store.decisions.add([decision])
    store.close()
    return decision.decision_id


def change(url: str, *statements: str) -> None:
    """Somebody at a database prompt."""
    engine = open_database(url)
    with engine.writer.begin() as connection:
        unprotect(connection)
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def others(url: str, folder: Path) -> Stores:
    """A process that is given other data keys and another master key, and the log's own signing key."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    shutil.copy(folder / "signing.key", elsewhere / "signing.key")
    return open_stores(url, elsewhere)


def refused(stores: Stores, why: str) -> None:
    """Neither read nor written, with what to do."""
    for ask in (stores.ledger.ping, lambda: stores.decisions.add([record()])):
        with pytest.raises(EncryptionKeyError, match=why) as error:
            ask()
        assert "key store" in str(error.value)
    stores.close()


def said(url: str) -> list[tuple[str, str | None, str]]:
    """What an audit finds, but for the guards that a test took away."""
    engine = open_database(url)
    found = verify(engine, []).faults
    engine.dispose()
    return [(fault.key, fault.column, fault.text.en) for fault in found if fault.table == "key_binding"]


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(("damage", "why"), [(REMOVED, "was removed"), (CHANGED, "was changed")])
def test_a_row_that_is_not_as_it_was(database_url: str, tmp_path: Path, damage: str, why: str) -> None:
    """Nothing starts, with other keys or its own; the audit names it."""
    change(database_url, damage)
    refused(others(database_url, tmp_path), why)
    refused(open_stores(database_url, tmp_path), f"{why}.*`greenlane keys bind` puts the row back")
    ((key, column, words),) = said(database_url)
    assert (key, column) == ("1", "key_store" if damage == CHANGED else None)
    assert words in ("the value was changed", "the row that the log tells of is not there")


@pytest.mark.usefixtures("made")
def test_a_row_that_names_the_other_key_store(database_url: str, tmp_path: Path) -> None:
    """Is not the one that the log was told of."""
    elsewhere = others(database_url, tmp_path)
    name = elsewhere.ledger.keys.key_store.open().name
    elsewhere.close()
    change(database_url, f"UPDATE key_binding SET key_store = '{name}'")
    refused(others(database_url, tmp_path), "was changed")
    change(database_url, "DELETE FROM log WHERE topic = 'key_binding/1'")
    refused(others(database_url, tmp_path), "none of the keys that the decisions were sealed with")


@pytest.mark.parametrize("damage", [REMOVED, CHANGED])
def test_put_back(database_url: str, tmp_path: Path, made: str, damage: str) -> None:
    """With the key store that the log was told of; everything is as it was."""
    change(database_url, damage)
    engine, keys = open_database(database_url), key_store(tmp_path)
    with appending(engine, signer_in(tmp_path)) as log:
        assert bind_again(log, keys, keys.open().name)
        assert not bind_again(log, keys, keys.open().name)
    assert said(database_url) == []
    store = open_stores(database_url, tmp_path)
    assert read(store.decisions, made) is not None
    store.close()
    keys.close()
    engine.dispose()


@pytest.mark.usefixtures("made")
def test_not_put_back_with_another(database_url: str, tmp_path: Path) -> None:
    """Whatever its name."""
    change(database_url, REMOVED)
    elsewhere = others(database_url, tmp_path).ledger.keys.key_store
    engine = open_database(database_url)
    with pytest.raises(EncryptionKeyError, match="told of another"), appending(engine, signer_in(tmp_path)) as log:
        bind_again(log, elsewhere, elsewhere.open().name)
    elsewhere.close()
    engine.dispose()


def test_a_store_that_holds_nothing_sealed(database_url: str, tmp_path: Path) -> None:
    """Is bound when it is first opened, by whoever opens it: once, and the log is told."""
    engine = open_database(database_url)
    migrate.upgrade(engine)
    store = open_stores(database_url, tmp_path)
    store.ledger.ping()
    store.close()
    with engine.reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM log WHERE topic = 'key_binding/1'")).scalar_one() == 1
    refused(others(database_url, tmp_path), "this one is")
    engine.dispose()


class Before:
    """A store of the version before, which told the log nothing of its key store."""

    def __init__(self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decision = record()
        with monkeypatch.context() as then:
            store = open_before(url, folder, then)
            store.decisions.add([self.decision])
            store.close()


@pytest.fixture
def before(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Before:
    """Such a store."""
    return Before(database_url, tmp_path, monkeypatch)


def test_a_store_of_the_version_before(before: Before, database_url: str, tmp_path: Path) -> None:
    """Is told of at the first start, with its own keys; from then on the row is proved."""
    ((key, column, words),) = said(database_url)
    assert (key, column, "gets it at the first start" in words) == ("1", None, True)
    store = open_stores(database_url, tmp_path)
    assert read(store.decisions, before.decision.decision_id) == content(before.decision)
    store.close()
    assert said(database_url) == []
    change(database_url, CHANGED)
    assert len(said(database_url)) == 1


@pytest.mark.usefixtures("before")
@pytest.mark.parametrize("damage", [REMOVED, "UPDATE key_binding SET key_store = '{name}'"])
def test_a_store_of_the_version_before_and_other_keys(database_url: str, tmp_path: Path, damage: str) -> None:
    """Are refused all the same: what is sealed there was not sealed with them."""
    keys = others(database_url, tmp_path).ledger.keys.key_store
    change(database_url, damage.format(name=keys.open().name))
    keys.close()
    refused(others(database_url, tmp_path), "was removed" if damage == REMOVED else "none of the keys")


def test_put_back_before_the_log_was_told(before: Before, database_url: str, tmp_path: Path) -> None:
    """By the key store that has the keys of what is sealed, and by no other."""
    change(database_url, REMOVED)
    engine = open_database(database_url)
    elsewhere = others(database_url, tmp_path).ledger.keys.key_store
    with pytest.raises(EncryptionKeyError, match="none of the keys"), appending(engine, signer_in(tmp_path)) as log:
        bind_again(log, elsewhere, elsewhere.open().name)
    own = key_store(tmp_path)
    with appending(engine, signer_in(tmp_path)) as log:
        assert bind_again(log, own, own.open().name)
    store = open_stores(database_url, tmp_path)
    assert read(store.decisions, before.decision.decision_id) == content(before.decision)
    store.close()
    for each in (elsewhere, own):
        each.close()
    engine.dispose()


@pytest.mark.usefixtures("made")
def test_the_row_is_never_changed_by_a_slip(database_url: str) -> None:
    """The database itself refuses it."""
    engine = open_database(database_url)
    with pytest.raises(DBAPIError, match="never changed or removed"), engine.writer.begin() as connection:
        connection.execute(text(CHANGED))
    engine.dispose()

"""Data keys are kept apart from the decisions, wrapped, and leave nothing behind when they are destroyed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from greenlane.api.ledger.errors import EncryptionKeyError, StoreUnavailableError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.sealing.master_key import KeyRing, MasterKey, key_ring
from greenlane.api.ledger.sealing.values import new_secret

Open = Callable[..., KeyStore]


@pytest.fixture
def open_keys(database_url: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the key store as a process would."""
    opened: list[KeyStore] = []

    def _open(ring: KeyRing | None = None) -> KeyStore:
        opened.append(KeyStore(database_url, ring or key_ring(None, tmp_path / "master.key")))
        opened[-1].open()
        return opened[-1]

    yield _open
    for store in opened:
        store.close()


def on_disk(database_url: str, tmp_path: Path) -> bytes:
    """Everything that the files of the key store hold."""
    if database_url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("greenlane.db*")))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        query = "SELECT pg_read_binary_file(pg_relation_filepath('wrapped_keys'))"
        (content,) = connection.execute(query).fetchone() or (b"",)
        return bytes(content)


def test_keys_come_back(open_keys: Open) -> None:
    """In this process and the next; an id never given is left out."""
    secrets = {f"k{n}": new_secret() for n in range(1200)}
    open_keys().add(secrets)
    assert open_keys().get([*secrets, "unknown"]) == secrets


def test_processes_that_start_together_make_one_store(open_keys: Open) -> None:
    """One name, one lookup key."""
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: open_keys().open(), range(6)))
    assert len({(each.name, each.lookup) for each in opened}) == 1


def test_nothing_is_kept_in_the_clear(open_keys: Open, database_url: str, tmp_path: Path) -> None:
    """What the files hold of a key is its wrapped form."""
    store, secret = open_keys(), new_secret()
    store.add({"k": secret})
    held = on_disk(database_url, tmp_path)
    assert b"k" in held
    assert secret not in held
    assert store.open().lookup not in held


def test_a_destroyed_key_leaves_its_id_alone(open_keys: Open, database_url: str, tmp_path: Path) -> None:
    """Not even the wrapped key can be found in the files; the id tells that it is destroyed and not lost."""
    store = open_keys()
    store.add({"gone": new_secret(), "kept": new_secret()})
    wrapped = _wrapped(store, "gone")
    assert wrapped in on_disk(database_url, tmp_path)
    store.destroy(["gone", "never here"])
    found = store.get(["gone", "kept", "never here"])
    assert (found["gone"], found["never here"], found["kept"] is None) == (None, None, False)
    assert store.alive(["gone", "kept"]) == ["kept"]
    assert wrapped not in on_disk(database_url, tmp_path)


def _wrapped(store: KeyStore, key_id: str) -> bytes:
    with store._database.reader.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT wrapped FROM wrapped_keys WHERE id = '{key_id}'").scalar_one()
    return bytes(found)


def test_another_master_key_is_refused(open_keys: Open) -> None:
    """Whoever starts with another key is told so, before anything is written with it."""
    right = open_keys().ring.current
    wrong = KeyRing((MasterKey(new_secret()),))
    with pytest.raises(EncryptionKeyError, match=f"under the master key {right.id}"):
        open_keys(wrong)


def test_rotation_while_others_go_on(open_keys: Open, tmp_path: Path) -> None:
    """Keys are wrapped anew a few at a time; a process that knows only the old key goes on."""
    rotating, serving = open_keys(), open_keys()
    secrets = {f"k{n}": new_secret() for n in range(25)}
    serving.add(secrets)
    old = rotating.ring.current
    ring = rotating.ring.with_new()
    ring.write()
    rotating.turn_to(ring)
    assert rotating.left() == 26
    assert rotating.rewrap(10) == 10
    late = new_secret()
    serving.add({"late": late})
    assert serving.get([*secrets, "late"]) == {**secrets, "late": late}
    assert [rotating.rewrap(10), rotating.rewrap(10), rotating.left()] == [10, 6, 0]
    rotating.ring.newest_only().write()
    assert open_keys().get(list(secrets)) == secrets
    with pytest.raises(EncryptionKeyError):
        open_keys(KeyRing((old,)))


def test_a_store_that_is_away(tmp_path: Path) -> None:
    """A key store that cannot be reached is unavailable, not a crash."""
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(StoreUnavailableError):
        KeyStore(f"sqlite:///{tmp_path}/var/data-keys.db", key_ring(None, tmp_path / "master.key")).open()
    with pytest.raises(StoreUnavailableError):
        KeyStore("postgresql://127.0.0.1:1/keys", key_ring(None, tmp_path / "master.key")).open()


def test_files_are_for_their_owner(tmp_path: Path) -> None:
    """Nobody else can read what SQLite writes."""
    store = KeyStore(f"sqlite:///{tmp_path}/keys/data-keys.db", key_ring(None, tmp_path / "master.key"))
    store.open()
    written = [path for path in (tmp_path / "keys").iterdir() if path.stat().st_size]
    assert "data-keys.db" in {path.name for path in written}
    assert {path.stat().st_mode & 0o77 for path in written} == {0}

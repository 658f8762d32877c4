"""What the service keeps on disk is for its owner alone: made so, and made so again where it was not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenlane.api.ledger import private_files
from greenlane.api.ledger.copying import back_up
from greenlane.api.ledger.database import open_database
from tests.api.ledger.records import record
from tests.api.ledger.stores import open_stores


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=["open", "usual", "shut"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever the process was started with."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(directory: Path) -> dict[str, str]:
    """The rights of everything in a directory, by path."""
    return {
        str(path.relative_to(directory)): f"{stat.S_IMODE(path.stat().st_mode):o}"
        for path in sorted(directory.rglob("*"))
    }


EVERYTHING = {
    "keys": "700",
    "keys/data-keys.db": "600",
    "keys/data-keys.db-shm": "600",
    "keys/data-keys.db-turn": "600",
    "keys/data-keys.db-wal": "600",
    "keys/master.key": "600",
    "greenlane.db": "600",
    "greenlane.db-shm": "600",
    "greenlane.db-turn": "600",
    "greenlane.db-wal": "600",
    "heads.jsonl": "600",
    "signing.key": "600",
}


def used(directory: Path) -> dict[str, str]:
    """A store is opened there and used; the rights of its files meanwhile."""
    store = open_stores(f"sqlite:///{directory}/greenlane.db", directory)
    store.decisions.add([record()])
    found = modes(directory)
    store.close()
    return found


@pytest.mark.usefixtures("umask")
def test_everything_that_is_made(tmp_path: Path) -> None:
    """Database, its files beside it, witness, keys; directories that were missing, all the way down."""
    directory = tmp_path / "a" / "b"
    assert used(directory) == EVERYTHING
    assert modes(tmp_path)["a"] == modes(tmp_path)["a/b"] == "700"


@pytest.mark.parametrize(
    "name", [name for name in EVERYTHING if name != "keys" and not name.endswith(("-wal", "-shm"))]
)
def test_a_file_that_others_could_read(tmp_path: Path, name: str) -> None:
    """Is theirs no more once the service was started; what the owner may do stays, and so does the directory."""
    used(tmp_path)
    (tmp_path / name).chmod(0o664)
    tmp_path.chmod(0o755)
    assert used(tmp_path)[name] == "600"
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.usefixtures("umask")
def test_a_backup(tmp_path: Path) -> None:
    """Holds what the database holds."""
    used(tmp_path)
    engine = open_database(f"sqlite:///{tmp_path}/greenlane.db")
    back_up(engine, tmp_path / "copy.db")
    engine.dispose()
    assert modes(tmp_path)["copy.db"] == "600"


@pytest.mark.usefixtures("umask")
def test_a_file_written_at_once(tmp_path: Path) -> None:
    """A new one, and one in place of another that anybody could read."""
    for _ in range(2):
        private_files.write(tmp_path / "pack.zip", b"pack")
        assert modes(tmp_path)["pack.zip"] == "600"
        assert (tmp_path / "pack.zip").read_bytes() == b"pack"
        (tmp_path / "pack.zip").chmod(0o644)


def test_what_is_no_file_stays_as_it_is(tmp_path: Path) -> None:
    """A pipe that others read from, or nothing at all."""
    os.mkfifo(tmp_path / "pipe", 0o644)
    (tmp_path / "pipe").chmod(0o644)
    private_files.tighten(tmp_path / "pipe")
    private_files.tighten(tmp_path / "nothing")
    assert modes(tmp_path) == {"pipe": "644"}


def test_a_file_of_another_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is used as it is."""
    used(tmp_path)
    (tmp_path / "heads.jsonl").chmod(0o644)

    def refused(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "not yours")

    with monkeypatch.context() as other:
        other.setattr(Path, "chmod", refused)
        assert used(tmp_path)["heads.jsonl"] == "644"

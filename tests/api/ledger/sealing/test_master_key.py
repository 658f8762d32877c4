"""The master key: given, or made at the first start and found again."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.sealing.master_key import KeyRing, MasterKey, key_ring

ONE, TWO = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Without a setting the key is made in a file nobody else can read, and is the same at the next start."""
    first = key_ring(None, tmp_path / "keys" / "master.key")
    assert key_ring(None, tmp_path / "keys" / "master.key") == first
    path = tmp_path / "keys" / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """One makes the key, all use it, and nothing else is left in the directory."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: key_ring(None, tmp_path / "keys" / "master.key"), range(16)))
    assert len({ring.current.id for ring in found}) == 1
    assert os.listdir(tmp_path / "keys") == ["master.key"]


def test_given_in_the_environment_or_a_file(tmp_path: Path) -> None:
    """The text wins over the file; several keys stand newest first."""
    file = tmp_path / "mounted"
    file.write_text(f"{TWO}\n{ONE}\n")
    assert [key.secret[0] for key in key_ring(f"{ONE},{TWO}", file).keys] == [1, 2]
    assert [key.secret[0] for key in key_ring(None, file).keys] == [2, 1]


@pytest.mark.parametrize("text", ["secret", "AAAA", ONE[:-4], f"{ONE},AAAA", "，"])
def test_what_is_not_a_key(text: str, tmp_path: Path) -> None:
    """The refusal says what is expected and never repeats what was given."""
    with pytest.raises(EncryptionKeyError, match="base64 of 32 bytes is expected") as refused:
        key_ring(text, tmp_path / "master.key")
    assert text not in str(refused.value)


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """Where no key can be made, that is said."""
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(EncryptionKeyError, match="cannot be written"):
        key_ring(None, tmp_path / "var" / "keys" / "master.key")


def test_wrapping_is_bound_to_the_name() -> None:
    """A wrapped key cannot be passed off as another one, nor be unwrapped by another master key."""
    one, two = MasterKey(b"1" * 32), MasterKey(b"2" * 32)
    wrapped = one.wrap("a", b"secret")
    assert one.unwrap("a", wrapped) == b"secret"
    for key, name in ((one, "b"), (two, "a")):
        with pytest.raises(EncryptionKeyError):
            key.unwrap(name, wrapped)


def test_an_unknown_master_key_is_named_not_shown() -> None:
    """Who starts with the wrong key is told the ids of both."""
    one, two = MasterKey(b"1" * 32), MasterKey(b"2" * 32)
    with pytest.raises(EncryptionKeyError, match=f"under the master key {one.id}, and the one at hand is {two.id}"):
        KeyRing((two,)).key(one.id)
    assert repr(one) == "MasterKey()"


def test_a_ring_written_anew_overwrites_the_old_key(tmp_path: Path) -> None:
    """A second name of the old file shows that its blocks no longer hold the key."""
    ring = key_ring(None, tmp_path / "master.key")
    old = base64.b64encode(ring.current.secret)
    os.link(tmp_path / "master.key", tmp_path / "kept")
    ring.with_new().newest_only().write()
    assert old not in (tmp_path / "kept").read_bytes()
    assert key_ring(None, tmp_path / "master.key").current.id != ring.current.id

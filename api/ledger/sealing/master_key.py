"""The master key: it wraps the other keys and is itself never stored with what it protects, but in a file of its own.

Only its owner may read that file, and it is on disk before it is used. Touches no database.
"""

from __future__ import annotations

import base64
import binascii
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import EncryptionKeyError
from greenlane.api.ledger.sealing.values import KEY_BYTES, NONCE_BYTES, derived, new_secret

SETTING = "GREENLANE_MASTER_KEY"


@dataclass(frozen=True)
class MasterKey:
    """256 bits that wrap other keys."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> str:
        """A name that tells keys apart and tells nothing about them."""
        return derived(self.secret, "name of the master key").hex()[:16]

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(derived(self.secret, "wrapping"))

    def wrap(self, name: str, secret: bytes) -> bytes:
        """`secret` encrypted under this key, bound to its name."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, name.encode())

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """The secret that was wrapped under this name. Raises `EncryptionKeyError`."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise EncryptionKeyError(f"the key `{name}` cannot be unwrapped with the master key {self.id}") from None


@dataclass(frozen=True)
class KeyRing:
    """The master key in use, first, and during a rotation those before it. `file` is where they were read from."""

    keys: tuple[MasterKey, ...]
    file: Path | None = None

    @property
    def current(self) -> MasterKey:
        """The one that wraps."""
        return self.keys[0]

    def key(self, master_id: str) -> MasterKey:
        """The key with this id. Raises `EncryptionKeyError` when it is not at hand."""
        for key in self.keys:
            if key.id == master_id:
                return key
        at_hand = ", ".join(key.id for key in self.keys)
        raise EncryptionKeyError(
            f"the keys are wrapped under the master key {master_id}, and the one at hand is {at_hand} "
            f"({self.file or SETTING}): give the service the key that it had before"
        )

    def again(self) -> KeyRing:
        """The keys as they are now, where they come from a file."""
        if self.file is None:
            return self
        try:
            return read_ring(self.file)
        except EncryptionKeyError:
            # Another process may have replaced the file between our opening it and our reading it.
            return read_ring(self.file)

    def with_new(self) -> KeyRing:
        """A ring with a new key in front."""
        return KeyRing((MasterKey(new_secret()), *self.keys), self.file)

    def newest_only(self) -> KeyRing:
        """The ring without the keys of before."""
        return KeyRing(self.keys[:1], self.file)

    def write(self) -> None:
        """Puts the ring in its file in place of what is there, which is overwritten first."""
        assert self.file is not None
        write_secret(self.file, _encoded(self.keys), replace=True)


def key_ring(text: str | None, file: Path) -> KeyRing:
    """The master keys: in `text`, else in `file`, where one is made when it is not there.

    Keys are base64 of 32 bytes, the newest first, with commas or line ends between. Raises `EncryptionKeyError`.
    """
    if text:
        return KeyRing(_decoded(text, SETTING))
    try:
        if not file.exists():
            write_secret(file, _encoded([MasterKey(new_secret())]), replace=False)
    except OSError as error:
        raise EncryptionKeyError(f"the master key cannot be written to `{file}`: {error.strerror}") from None
    return read_ring(file)


def read_ring(path: Path) -> KeyRing:
    """The master keys in a file, which nobody else may read from now on. Raises `EncryptionKeyError`."""
    private_files.tighten(path)
    try:
        return KeyRing(_decoded(path.read_text(encoding="ascii", errors="replace"), str(path)), path)
    except OSError as error:
        raise EncryptionKeyError(f"the master key in `{path}` cannot be read: {error.strerror}") from None


def _encoded(keys: list[MasterKey] | tuple[MasterKey, ...]) -> bytes:
    return b"".join(base64.b64encode(key.secret) + b"\n" for key in keys)


def _decoded(text: str, source: str) -> tuple[MasterKey, ...]:
    secrets = [_secret(word) for word in text.replace(",", " ").split()]
    if not secrets or any(len(secret) != KEY_BYTES for secret in secrets):
        raise EncryptionKeyError(f"`{source}` does not hold a master key: base64 of {KEY_BYTES} bytes is expected")
    return tuple(MasterKey(secret) for secret in secrets)


def _secret(word: str) -> bytes:
    try:
        return base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return b""


def write_secret(path: Path, content: bytes, *, replace: bool) -> None:
    """Writes the file whole. Of processes that start together one writes, unless `replace`. Raises `OSError`.

    What is replaced is written over first; a disk or file system that keeps earlier blocks may still have it.
    """
    private_files.make_directory(path.parent)
    new = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with os.fdopen(private_files.create(new), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        if replace:
            _replace(new, path)
        else:
            with suppress(FileExistsError):
                os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _replace(new: Path, path: Path) -> None:
    """The new name first: a crash between leaves the new content, and at worst the old blocks not written over."""
    before = path.open("r+b") if path.exists() else None
    os.replace(new, path)
    if before is not None:
        with before:
            size = os.fstat(before.fileno()).st_size
            before.write(os.urandom(size))
            before.flush()
            os.fsync(before.fileno())


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

"""Ed25519 keys that tree heads are signed with, and the file or text that holds one. Files, no database."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import SigningKeyError

KEY_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key to verify with. `raw` is its 32 bytes."""

    raw: bytes

    @property
    def id(self) -> str:
        """The first 16 hex digits of the SHA-256 of its bytes."""
        return hashlib.sha256(self.raw).hexdigest()[:KEY_ID_DIGITS]

    def verifies(self, signature: bytes, content: bytes) -> bool:
        """Whether `signature` over `content` was made by the private key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True

    def pem(self) -> str:
        """As other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class SigningKey:
    """A key to sign with. `public` is the key that verifies what this one signs."""

    __slots__ = ("private", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        # Deriving it takes as long as signing.
        self.public = PublicKey(private.public_key().public_bytes_raw())

    def sign(self, content: bytes) -> bytes:
        """64 bytes, always the same for the same content."""
        return self.private.sign(content)


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the signing key is: `text` from the environment if there is one, else in `file`."""

    file: Path
    text: str | None = field(default=None, repr=False)

    def next(self) -> KeySource:
        """Where the key waits that is to follow."""
        return KeySource(self.file.with_name(self.file.name + ".next"))

    def read(self) -> SigningKey:
        """The key; its file is for nobody else to read from now on.

        Raises `SigningKeyError` when there is none or it is not one, `FileNotFoundError` without a file.
        """
        if self.text is not None:
            return read_signing_key(self.text, "GREENLANE_SIGNING_KEY")
        private_files.tighten(self.file)
        try:
            return read_signing_key(self.file.read_text("ascii", "replace"), f"`{self.file}`")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise SigningKeyError(f"the signing key in `{self.file}` cannot be read: {error.strerror}") from None

    def read_or_make(self) -> SigningKey:
        """The key; when there was none, one made and kept in the file, for its owner only. Raises `SigningKeyError`."""
        try:
            return self.read()
        except FileNotFoundError:
            write_signing_key(self.file, new_signing_key(), replace=False)
            return self.read()


def new_signing_key() -> SigningKey:
    """A fresh random key."""
    return SigningKey(Ed25519PrivateKey.generate())


def read_signing_key(text: str, place: str) -> SigningKey:
    """The key in `text`: PKCS#8 PEM as `openssl genpkey -algorithm ed25519` writes it, or base64 of its 32 bytes.

    Raises `SigningKeyError` naming `place`.
    """
    try:
        if text.lstrip().startswith("-----BEGIN"):
            private = load_pem_private_key(text.strip().encode(), None)
            if isinstance(private, Ed25519PrivateKey):
                return SigningKey(private)
        else:
            return SigningKey(Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True)))
    except (ValueError, TypeError, binascii.Error):
        pass
    raise SigningKeyError(f"{place} holds no Ed25519 private key (PKCS#8 PEM, or base64 of 32 bytes)")


def write_signing_key(file: Path, signer: SigningKey, replace: bool) -> None:
    """Puts the key into the file at once and whole, for its owner only; keeps a file that is there unless `replace`.

    Raises `SigningKeyError` when it cannot be written.
    """
    content = signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        private_files.make_directory(file.parent)
        name = file.with_name(f".signing-{secrets.token_hex(8)}")
        try:
            with os.fdopen(private_files.create(name), "wb") as temporary:
                temporary.write(content)
                temporary.flush()
                os.fsync(temporary.fileno())
            if replace:
                os.replace(name, file)
            else:
                _link(name, file)
        finally:
            name.unlink(missing_ok=True)
    except OSError as error:
        raise SigningKeyError(f"the signing key cannot be kept in `{file}`: {error.strerror}") from None


def _link(name: Path, file: Path) -> None:
    try:
        os.link(name, file)
    except FileExistsError:
        # Another process was first: its key is the key.
        return

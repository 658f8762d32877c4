"""Signing keys: read from where they are, made once, never shown."""

from __future__ import annotations

import base64
import hashlib
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from greenlane.api.ledger.errors import SigningKeyError
from greenlane.api.ledger.proof.signing_key import KeySource, new_signing_key, read_signing_key, write_signing_key

SEED = bytes(range(32))
TEXT = base64.b64encode(SEED).decode()
PUBLIC = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"


def test_a_key_from_the_environment() -> None:
    """Base64 of 32 bytes; its public key is that of RFC 8032, its id the beginning of that one's SHA-256."""
    public = KeySource(Path("/nowhere"), TEXT).read().public
    assert public.raw.hex() == PUBLIC
    assert public.id == hashlib.sha256(public.raw).hexdigest()[:16]


def test_a_file_is_made_once(tmp_path: Path) -> None:
    """For its owner only, in directories made for it, and read again afterwards."""
    place = KeySource(tmp_path / "var" / "keys" / "signing.key")
    with pytest.raises(FileNotFoundError):
        place.read()
    made = place.read_or_make()
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    assert place.read().public == place.read_or_make().public == made.public
    assert [p.name for p in place.file.parent.iterdir()] == ["signing.key"]


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Whoever makes the file first has made the key."""
    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(lambda _: KeySource(tmp_path / "signing.key").read_or_make().public.id, range(32)))
    assert len(ids) == 1


def test_openssl_reads_and_writes_the_same_files(tmp_path: Path) -> None:
    """A key may be made elsewhere, and the public one checked elsewhere."""
    file = tmp_path / "signing.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True)
    signer = KeySource(file).read()
    written = tmp_path / "again.key"
    write_signing_key(written, signer, replace=False)
    shown = subprocess.run(["openssl", "pkey", "-in", written, "-pubout"], check=True, capture_output=True).stdout
    assert shown.decode() == signer.public.pem()


def test_replacing_a_key(tmp_path: Path) -> None:
    """Only when asked to."""
    file, first, second = tmp_path / "signing.key", new_signing_key(), new_signing_key()
    write_signing_key(file, first, replace=False)
    write_signing_key(file, second, replace=False)
    assert KeySource(file).read().public == first.public
    write_signing_key(file, second, replace=True)
    assert KeySource(file).read().public == second.public


def other_key() -> str:
    """A key of another kind."""
    private = generate_private_key(SECP256R1())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text", ["", "secret", TEXT[:-4], TEXT + "=", "-----BEGIN PRIVATE KEY-----\nsecret\n", other_key()]
)
def test_what_is_no_key(text: str) -> None:
    """Is refused by its place, without a word of it."""
    with pytest.raises(SigningKeyError) as refused:
        read_signing_key(text, "GREENLANE_SIGNING_KEY")
    assert str(refused.value) == (
        "GREENLANE_SIGNING_KEY holds no Ed25519 private key (PKCS#8 PEM, or base64 of 32 bytes)"
    )


def test_a_file_that_cannot_be_read_or_made(tmp_path: Path) -> None:
    """Says where and why."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SigningKeyError, match="cannot be read: Is a directory"):
        KeySource(tmp_path).read()
    with pytest.raises(SigningKeyError, match="cannot be"):
        KeySource(tmp_path / "file" / "signing.key").read_or_make()


def test_a_key_is_not_shown() -> None:
    """Nothing that prints a signer or its place tells the key."""
    assert TEXT not in repr(KeySource(Path("k"), TEXT))
    assert SEED.hex() not in repr(read_signing_key(TEXT, "here"))

"""Stores for tests: where their keys are."""

from __future__ import annotations

from pathlib import Path

from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.sealing.master_key import key_ring


def key_store(directory: Path) -> KeyStore:
    """The key store in a directory, under the master key there."""
    return KeyStore(f"sqlite:///{directory}/keys/data-keys.db", key_ring(None, directory / "keys" / "master.key"))

"""The parts of the ledger as the settings name them. Connects to nothing before it is first used."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from greenlane.api.config import Settings
from greenlane.api.ledger import migrate
from greenlane.api.ledger.database import Database, open_database, reading
from greenlane.api.ledger.errors import SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.proof.signing_key import KeySource
from greenlane.api.ledger.sealing.master_key import key_ring
from greenlane.api.ledger.signer import LogSigner
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork

KEY_FILE = "keys/signing.key"
WITNESS_FILE = "heads.jsonl"
MASTER_KEY_FILE = "keys/master.key"
KEY_STORE_FILE = "keys/data-keys.db"


def open_ledger(settings: Settings, pool_size: int = 8, at_start: Callable[[UnitOfWork], None] | None = None) -> Ledger:
    """The ledger of the settings. Raises `DatabaseUrlError`, `EncryptionKeyError`."""
    return Ledger(
        configured_database(settings, pool_size), configured_key_store(settings), configured_signer(settings), at_start
    )


def configured_database(settings: Settings, pool_size: int = 8) -> Database:
    """The database of the settings. Raises `DatabaseUrlError`."""
    return open_database(settings.database_url, pool_size)


def configured_signer(settings: Settings) -> LogSigner:
    """What signs: the key of the settings, made in its file when a log begins and there is none."""
    file = settings.signing_key_file or settings.directory / KEY_FILE
    return LogSigner(KeySource(file, settings.signing_key), settings.witness or settings.directory / WITNESS_FILE)


def configured_key_store(settings: Settings) -> KeyStore:
    """The store of data keys that the settings name, under their master key.

    A master key that is not there is made, unless it is to be in the environment. Raises `EncryptionKeyError`.
    """
    ring = key_ring(settings.master_key, settings.master_key_file or settings.directory / MASTER_KEY_FILE)
    return KeyStore(settings.key_store or f"sqlite:///{settings.directory / KEY_STORE_FILE}", ring)


def check_signing_key(database: Database, signer: LogSigner) -> None:
    """Returns when the log can be signed, has not begun, or cannot be reached now. Raises `SigningKeyError`."""
    try:
        if migrate.current(database) != migrate.newest():
            return
        with reading(database) as connection:
            head = newest_head(connection)
            if head is not None:
                signer.key(head.key)
    except SigningKeyError:
        raise
    except (StoreUnavailableError, SQLAlchemyError):
        return

"""The database as the settings name it, with the notary that signs its log."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from greenlane.api.config import Settings
from greenlane.api.ledger import log, migrate
from greenlane.api.ledger.database import notary_of, open_database, reading
from greenlane.api.ledger.errors import SigningKeyError, StoreUnavailableError
from greenlane.api.ledger.key_store import KeyStore
from greenlane.api.ledger.notary import Notary
from greenlane.api.ledger.proof.keys import KeyPlace
from greenlane.api.ledger.sealing.master_key import key_ring

KEY_FILE = "keys/signing.key"
WITNESS_FILE = "heads.jsonl"
MASTER_KEY_FILE = "keys/master.key"
KEY_STORE_FILE = "keys/data-keys.db"


def open_configured(settings: Settings, pool_size: int = 8) -> Engine:
    """The engine for the database of the settings. Raises `DatabaseUrlError`; connects only when first used."""
    return open_database(settings.database_url, pool_size, notary_for(settings))


def notary_for(settings: Settings) -> Notary:
    """Who signs: the key of the settings, made in its file when a log begins and there is none."""
    file = settings.signing_key_file or settings.directory / KEY_FILE
    return Notary(KeyPlace(file, settings.signing_key), settings.witness or settings.directory / WITNESS_FILE)


def check_key(engine: Engine) -> None:
    """Returns when the log can be signed, has not begun, or cannot be reached now. Raises `SigningKeyError`."""
    try:
        if migrate.current(engine) != migrate.newest():
            return
        with reading(engine) as connection:
            head = log.newest_head(connection)
            if head is not None:
                notary_of(connection).signer(head.key)
    except SigningKeyError:
        raise
    except (StoreUnavailableError, SQLAlchemyError):
        return


def open_key_store(settings: Settings) -> KeyStore:
    """The store of data keys that the settings name, under their master key; connects only when first used.

    A master key that is not there is made, unless it is to be in the environment. Raises `EncryptionKeyError`.
    """
    ring = key_ring(settings.master_key, settings.master_key_file or settings.directory / MASTER_KEY_FILE)
    return KeyStore(settings.key_store or f"sqlite:///{settings.directory / KEY_STORE_FILE}", ring)

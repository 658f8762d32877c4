"""What fails in the ledger, as callers see it. Pure: no clock, network or database."""

from __future__ import annotations


class StoreUnavailableError(Exception):
    """The store cannot be reached, is full, or refuses to write. Nothing was stored for certain."""


class LogForkError(StoreUnavailableError):
    """The log lacks a head that was signed for it: to sign on would fork it. The text says which, and what to do."""


class SigningKeyError(StoreUnavailableError):
    """The key that the log is signed with is not at hand. The text says why, and never holds the key."""


class EncryptionKeyError(StoreUnavailableError):
    """A key that seals what is stored cannot be used: the message says which, and what to do. Waiting does not help."""


class DatabaseUrlError(Exception):
    """`DATABASE_URL` names no database that the service can use."""

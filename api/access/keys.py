"""API keys: made, rotated, revoked, each step recorded for ever. No web framework and no SQL."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from greenlane.api.access.answers import ApiKeyDocument
from greenlane.api.access.statements import AccessStore, KeyConflictError, KeyStep
from greenlane.api.days import Clock, timestamp
from greenlane.api.principals import Principal, Role
from greenlane.api.problems import ProblemError
from greenlane.engine.text import Text

PREFIX = "gl_"
"""What keys start with, so that people and scanners of leaked secrets know them."""

SECRET_BYTES = 32

_key = re.compile(r"gl_[A-Za-z0-9_-]{43}")

CREATED, ROTATED, REVOKED = "created", "rotated", "revoked"
FIRST_ADMIN = "key-first-admin"
"""The id of the key made at the first start: one only, however many processes start at once."""

FIRST_ADMIN_LIFE = timedelta(hours=24)
TRIES = 5


@dataclass(frozen=True, slots=True)
class Issued:
    """A key with its secret, which nobody can be told again."""

    key: KeyStep
    secret: str


@dataclass(frozen=True, slots=True)
class KeyService:
    """Keeps keys. Callers limited to regions keep only keys of these. Safe for many threads and processes."""

    store: AccessStore
    clock: Clock

    def create(
        self, by: Principal, name: str, roles: frozenset[Role], regions: frozenset[str] | None, until: date | None
    ) -> Issued:
        """A new key, good to the end of the day `until` (UTC) or without end. Raises `ProblemError` forbidden."""
        expires = datetime.combine(until, datetime.min.time()) + timedelta(days=1) if until else None
        step = KeyStep(
            key_id=f"key-{secrets.token_hex(6)}",
            version=1,
            step=CREATED,
            at=timestamp(self.clock()),
            by=by.id,
            name=name,
            roles=_words(role.value for role in roles),
            regions=None if regions is None else _words(regions),
            expires_at=f"{expires.isoformat()}.000000Z" if expires else None,
            secret_sha256="",
        )
        _limited(by, step)
        return self._issue(step)

    def rotate(self, by: Principal, key_id: str, grace: timedelta) -> Issued:
        """A new secret; the one before stays good for `grace`, any older one no more.

        Raises `ProblemError` not_found, forbidden, key_not_valid.
        """
        secret = new_secret()

        def rotated(key: KeyStep, now: datetime) -> KeyStep:
            if not is_valid(key, timestamp(now)):
                raise ProblemError("key_not_valid")
            until = timestamp(now + grace) if grace else None
            held = key.secret_sha256 if grace else None
            return replace(key, secret_sha256=digest(secret), previous_sha256=held, previous_until=until)

        return Issued(self._change(by, key_id, ROTATED, rotated), secret)

    def revoke(self, by: Principal, key_id: str) -> KeyStep:
        """The key is good no more. Revoking it again changes nothing. Raises `ProblemError` not_found, forbidden."""
        return self._change(by, key_id, REVOKED, lambda key, _now: key)

    def document(self, key: KeyStep) -> ApiKeyDocument:
        """What may be told of a key now."""
        return key_document(key, timestamp(self.clock()))

    def key(self, by: Principal, key_id: str) -> KeyStep:
        """The key as it is now. Raises `ProblemError` not_found, forbidden."""
        found = self.store.key(key_id)
        if found is None:
            raise ProblemError("not_found")
        _limited(by, found)
        return found

    def all(self, by: Principal) -> list[KeyStep]:
        """Every key that the caller may keep, by id."""
        return [key for key in self.store.all_keys() if _may_keep(by, key)]

    def first_admin(self) -> Issued | None:
        """A key for the first admin, good for a day, if there never was a key for an admin; else None."""
        if any(Role.ADMIN.value in key.roles.split() for key in self.store.all_keys()):
            return None
        now = self.clock()
        at, until = timestamp(now), timestamp(now + FIRST_ADMIN_LIFE)
        try:
            return self._issue(
                KeyStep(FIRST_ADMIN, 1, CREATED, at, "first start", "first admin", Role.ADMIN.value, None, until, "")
            )
        except KeyConflictError:
            return None

    def _issue(self, step: KeyStep) -> Issued:
        secret = new_secret()
        key = replace(step, secret_sha256=digest(secret))
        self.store.add_step(key)
        return Issued(key, secret)

    def _change(self, by: Principal, key_id: str, step: str, change: Callable[[KeyStep, datetime], KeyStep]) -> KeyStep:
        for _ in range(TRIES):
            key, now = self.key(by, key_id), self.clock()
            if step == key.step == REVOKED:
                return key
            changed = replace(change(key, now), version=key.version + 1, step=step, at=timestamp(now), by=by.id)
            try:
                self.store.add_step(changed)
            except KeyConflictError:
                continue
            return changed
        raise ProblemError("overloaded")


def is_valid(key: KeyStep, now: str) -> bool:
    """Whether the key is neither revoked nor expired at a moment."""
    return key.step != REVOKED and (key.expires_at is None or now < key.expires_at)


def key_document(key: KeyStep, now: str) -> ApiKeyDocument:
    """What may be told of a key."""
    regions = regions_of(key)
    waits = key.previous_until is not None and now < key.previous_until
    return ApiKeyDocument(
        id=key.key_id,
        name=key.name,
        roles=key.roles.split(),
        regions=None if regions is None else sorted(regions),
        state="active" if is_valid(key, now) else REVOKED if key.step == REVOKED else "expired",
        expires_at=key.expires_at,
        previous_until=key.previous_until if waits and key.step != REVOKED else None,
        version=key.version,
        step=key.step,
        at=key.at,
        by=key.by,
    )


def roles_of(key: KeyStep) -> frozenset[Role]:
    """The roles a key gives; those that this version does not know are left out."""
    words = key.roles.split()
    return frozenset(role for role in Role if role.value in words)


def regions_of(key: KeyStep) -> frozenset[str] | None:
    """The regions a key is limited to, None for none."""
    return None if key.regions is None else frozenset(key.regions.split())


def _words(found: Iterable[str]) -> str:
    return " ".join(sorted(found))


def _may_keep(by: Principal, key: KeyStep) -> bool:
    regions = regions_of(key)
    return by.regions is None or (regions is not None and regions <= by.regions)


def _limited(by: Principal, key: KeyStep) -> None:
    if not _may_keep(by, key):
        raise ProblemError("forbidden", subject=Text("admin（本地区以外）", "admin (of other regions)"))


def new_secret() -> str:
    """A key that nobody can guess: `gl_` and 256 random bits in base64url."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    return _key.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What is stored of a key. One round of SHA-256 is enough: there are no 256 random bits to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()

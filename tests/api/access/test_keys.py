"""Keys of access, from their making to their end, on each kind of database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from greenlane.api.access.keys import FIRST_ADMIN, Issued, KeyService, digest, is_key
from greenlane.api.access.statements import AccessStore
from greenlane.api.json_objects import members_of
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.proof.leaf import digest as fingerprint
from greenlane.api.principals import OPERATOR, Principal, Role
from greenlane.api.problems import ProblemError
from tests.api.access.conftest import SetClock
from tests.api.access.log_entries import leaves

EAST = Principal("key-east", frozenset((Role.ADMIN,)), frozenset(("31", "32")))
DAY = timedelta(days=1)


def make(keys: KeyService, *roles: Role, regions: frozenset[str] | None = None, until: date | None = None) -> Issued:
    """A key."""
    return keys.create(OPERATOR, "for a test", frozenset(roles), regions, until)


def test_a_key_as_it_is_told(keys: KeyService) -> None:
    """All but its secret, of which only the hash is kept."""
    issued = make(keys, Role.READ, Role.AUDIT, regions=frozenset(("44", "32")), until=date(2026, 6, 30))
    assert is_key(issued.secret)
    assert issued.key.secret_sha256 == digest(issued.secret)
    assert members_of(keys.document(keys.key(OPERATOR, issued.key.key_id))) == {
        "id": issued.key.key_id,
        "name": "for a test",
        "roles": ["audit", "read"],
        "regions": ["32", "44"],
        "state": "active",
        "expires_at": "2026-07-01T00:00:00.000000Z",
        "previous_until": None,
        "version": 1,
        "step": "created",
        "at": "2026-03-02T01:00:00.000000Z",
        "by": "operator",
    }


def test_no_two_secrets_are_alike(keys: KeyService) -> None:
    """Every key has an id and a secret of its own."""
    made = [make(keys) for _ in range(20)]
    assert len({m.secret for m in made}) == len({m.key.key_id for m in made}) == 20


def test_the_secret_is_nowhere_in_the_database(keys: KeyService, access_store: AccessStore) -> None:
    """What is stored does not open anything."""
    issued = make(keys, Role.ADMIN)
    again = keys.rotate(OPERATOR, issued.key.key_id, DAY)
    with access_store.ledger.database.reader.connect() as connection:
        held = str(connection.execute(text("SELECT * FROM key_steps")).all())
    assert issued.secret not in held
    assert again.secret not in held


def test_every_state_has_its_name(keys: KeyService, clock: SetClock) -> None:
    """A key ends with its last day, or when it is revoked."""
    ending, ended = make(keys, until=date(2026, 3, 2)), make(keys)
    keys.revoke(OPERATOR, ended.key.key_id)
    clock.forward(hours=22, minutes=59, seconds=59)
    assert state(keys, ending) == "active"
    clock.forward(seconds=1)
    assert (state(keys, ending), state(keys, ended)) == ("expired", "revoked")


def state(keys: KeyService, issued: Issued) -> str:
    """What a key's state is said to be."""
    return keys.document(keys.key(OPERATOR, issued.key.key_id)).state


def test_rotation_and_revocation(keys: KeyService) -> None:
    """Each is a new version; what the key is for stays; the secret before is kept for its grace."""
    first = make(keys, Role.DECIDE, regions=frozenset(("32",)), until=date(2026, 6, 30))
    second = keys.rotate(EAST, first.key.key_id, DAY)
    assert (second.key.version, second.key.step, second.key.by) == (2, "rotated", "key-east")
    assert second.key.previous_sha256 == digest(first.secret)
    assert keys.document(second.key).previous_until == "2026-03-03T01:00:00.000000Z"
    third = keys.rotate(EAST, first.key.key_id, timedelta(0))
    assert (third.key.previous_sha256, third.key.previous_until) == (None, None)
    ended = keys.revoke(EAST, first.key.key_id)
    assert (ended.version, ended.step) == (4, "revoked")
    assert keys.revoke(EAST, first.key.key_id) == ended
    same = ("name", "roles", "regions", "expires_at")
    assert {tuple(asdict(k)[n] for n in same) for k in (first.key, second.key, third.key, ended)} == {
        ("for a test", "decide", "32", "2026-07-01T00:00:00.000000Z")
    }
    assert keys.all(OPERATOR) == [ended]


def test_what_has_ended_is_not_rotated(keys: KeyService, clock: SetClock) -> None:
    """It would be a new key under an old name."""
    revoked, expired = make(keys), make(keys, until=date(2026, 3, 2))
    keys.revoke(OPERATOR, revoked.key.key_id)
    clock.forward(days=1)
    for issued in (revoked, expired):
        with pytest.raises(ProblemError, match="key_not_valid"):
            keys.rotate(OPERATOR, issued.key.key_id, DAY)


def test_no_such_key(keys: KeyService) -> None:
    """Nothing can be done to it."""
    for call in (keys.key, keys.revoke, lambda by, key_id: keys.rotate(by, key_id, DAY)):
        with pytest.raises(ProblemError, match="not_found"):
            call(OPERATOR, "key-0")


def test_an_admin_of_regions_keeps_keys_of_these(keys: KeyService) -> None:
    """Nobody gives, changes or ends more than is theirs."""
    theirs = make(keys, Role.READ, regions=frozenset(("32",)))
    others = [make(keys, Role.READ, regions=regions) for regions in (None, frozenset(("32", "44")))]
    assert keys.all(EAST) == [theirs.key]
    for other in others:
        with pytest.raises(ProblemError, match="forbidden"):
            keys.revoke(EAST, other.key.key_id)
        with pytest.raises(ProblemError, match="forbidden"):
            keys.rotate(EAST, other.key.key_id, DAY)
    for regions in (None, frozenset(("44",))):
        with pytest.raises(ProblemError, match="forbidden"):
            keys.create(EAST, "x", frozenset(), regions, None)
    assert len(keys.all(OPERATOR)) == 3


def test_every_step_is_in_the_log(keys: KeyService, access_store: AccessStore) -> None:
    """The entry holds all columns of the row as it was stored, and the audit finds nothing wrong."""
    issued = make(keys, Role.ADMIN)
    steps = [issued.key, keys.rotate(OPERATOR, issued.key.key_id, DAY).key, keys.revoke(OPERATOR, issued.key.key_id)]
    assert [(leaf.subject, leaf.columns) for leaf in leaves(access_store.ledger.database, "key")] == [
        (f"{s.key_id}/{s.version}", {name: fingerprint(value) for name, value in asdict(s).items()}) for s in steps
    ]
    assert verify(access_store.ledger.database, []).clean


def test_a_changed_step_is_found(keys: KeyService, access_store: AccessStore) -> None:
    """Whoever gets round the database's own refusal is told of by the audit."""
    issued = make(keys, Role.READ)
    with access_store.ledger.database.writer.begin() as connection:
        on = " ON key_steps" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER key_steps_no_update{on}"))
        connection.execute(text("UPDATE key_steps SET roles = 'admin'"))
    found = verify(access_store.ledger.database, [])
    assert not found.clean
    assert issued.key.key_id in str(found)


@pytest.mark.parametrize("change", ["UPDATE key_steps SET roles = 'admin'", "DELETE FROM key_steps"])
def test_no_step_can_be_changed(keys: KeyService, access_store: AccessStore, change: str) -> None:
    """The database itself refuses."""
    make(keys, Role.READ)
    with access_store.ledger.database.reader.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(text(change))


def test_rotations_at_once(keys: KeyService) -> None:
    """Each is a version of its own, none is lost."""
    issued = make(keys, Role.READ)
    start = threading.Barrier(4)

    def rotate(_number: int) -> int:
        start.wait()
        return keys.rotate(OPERATOR, issued.key.key_id, DAY).key.version

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(rotate, range(4))) == [2, 3, 4, 5]


class TestFirstAdmin:
    """The key that the first start makes."""

    def test_once(self, keys: KeyService) -> None:
        """The second start makes none; it is good for a day."""
        issued = keys.first_admin()
        assert issued is not None
        assert (issued.key.key_id, issued.key.roles) == (FIRST_ADMIN, "admin")
        assert issued.key.expires_at == "2026-03-03T01:00:00.000000Z"
        assert keys.first_admin() is None

    def test_not_when_there_was_an_admin(self, keys: KeyService) -> None:
        """Neither when that key was revoked: whoever could do that can make another."""
        issued = make(keys, Role.ADMIN)
        keys.revoke(OPERATOR, issued.key.key_id)
        make(keys, Role.READ)
        assert keys.first_admin() is None

    def test_other_keys_do_not_matter(self, keys: KeyService) -> None:
        """A key that is for no admin leaves the service without one."""
        make(keys, Role.READ, Role.DECIDE)
        assert keys.first_admin() is not None

    def test_one_for_all_who_start_at_once(self, keys: KeyService) -> None:
        """Of many starts at the same moment one gets the key."""
        keys.all(OPERATOR)
        start = threading.Barrier(8)

        def first(_number: int) -> Issued | None:
            start.wait()
            return keys.first_admin()

        with ThreadPoolExecutor(8) as pool:
            assert len([made for made in pool.map(first, range(8)) if made is not None]) == 1
        assert len(keys.all(OPERATOR)) == 1

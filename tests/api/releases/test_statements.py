"""The database itself keeps the life of releases in order: four eyes, evidence, nothing changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from greenlane.api.ledger.database import Database, open_database, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.releases.records import StepRecord
from greenlane.api.releases.statements import StepRefusedError
from tests.api.ledger.records import RELEASE
from tests.api.ledger.stores import Stores, open_stores
from tests.api.releases.steps import AT, HASHES, NEW, evidence, step, write

LIFE = (step("drafted", "ann"), step("submitted", "ann"), step("approved", "bob"), step("activated", "bob"))


@pytest.fixture
def engine(store: Stores, database_url: str) -> Iterator[Database]:
    """A way into the store's database that knows nothing of the service."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


def test_a_release_from_draft_to_active(store: Stores) -> None:
    """Steps come back as they were written, numbered in their order, each recorded after the one before."""
    write(store, *LIFE)
    found = store.releases.steps()
    assert [(s.kind, s.actor) for s in found] == [
        ("loaded", "system"),
        ("drafted", "ann"),
        ("submitted", "ann"),
        ("approved", "bob"),
        ("activated", "bob"),
    ]
    assert found[3].check_sha256 == HASHES["check_sha256"]
    assert [s.seq for s in found] == sorted({s.seq for s in found})
    assert [s.recorded_at for s in found] == sorted({s.recorded_at for s in found})
    assert store.releases.version() == found[-1].seq


def test_evidence_is_read_back(store: Stores) -> None:
    """By release, and by its hash; storing it again changes nothing."""
    write(store)
    write(store)
    assert {e.kind for e in store.releases.evidence_of(NEW.id)} == {"files", "check", "scenarios", "impact"}
    check = evidence("check")
    assert store.releases.evidence(NEW.id, check.sha256) == check
    assert store.releases.evidence(RELEASE.id, check.sha256) is None


@pytest.mark.parametrize(
    ("before", "refused", "rule"),
    [
        (LIFE[:2], step("approved", "ann"), "four_eyes"),
        ((step("drafted", "bob"), step("submitted", "ann")), step("approved", "bob"), "four_eyes"),
        ((), step("submitted", "ann"), "step_order"),
        ((), step("approved", "bob"), "step_order"),
        (LIFE[:1], step("approved", "bob"), "step_order"),
        (LIFE[:1], step("activated", "bob"), "step_order"),
        (LIFE[:2], step("activated", "bob"), "step_order"),
        (LIFE[:2], step("drafted", "ann"), "step_order"),
        (LIFE[:3], step("approved", "cat"), "step_order"),
        (LIFE, step("rejected", "bob"), "step_order"),
        (LIFE, step("drafted", "ann"), "step_order"),
        (LIFE, step("seeded", "system"), "step_order"),
        (LIFE[:3], step("rolled back", "bob"), "step_order"),
        (LIFE[:1], step("submitted", "ann", check_sha256=None), "evidence"),
        (LIFE[:2], step("approved", "bob", scenarios_sha256=None), "evidence"),
        (LIFE[:2], step("approved", "bob", impact_sha256=None), "evidence"),
        (LIFE[:1], step("submitted", "ann", check_sha256=HASHES["impact_sha256"]), "evidence"),
        (LIFE[:3], step("activated", "bob", effective_from=None), "step_form"),
        (LIFE[:3], step("activated", "bob", effective_until=AT), "step_form"),
        ((), step("stopped", "bob", release_id=NEW.id), "step_form"),
        ((), step("drafted", "ann", release_id=None), "step_form"),
        ((), step("burned", "ann"), "step_form"),  # type: ignore[arg-type]
        ((), step("drafted", "ann", release_id="rel-unknown"), ""),
    ],
)
def test_steps_out_of_order_are_refused(
    store: Stores, before: tuple[StepRecord, ...], refused: StepRecord, rule: str
) -> None:
    """Whatever the service thinks of it; nothing is written."""
    write(store, *before)
    version = store.releases.version()
    with pytest.raises(StepRefusedError) as found:
        write(store, refused)
    assert found.value.rule == rule
    assert store.releases.version() == version


def test_failed_evidence_does_not_count(store: Stores) -> None:
    """Scenarios that differ are kept as evidence, and nothing can be submitted on them."""
    failed = evidence("scenarios", passed=False)
    write(store, LIFE[0])
    with store.releases.writing() as writer:
        writer.add_evidence(failed)
    with pytest.raises(StepRefusedError, match="evidence"):
        write(store, step("submitted", "ann", scenarios_sha256=failed.sha256))


def test_a_rejected_release_may_be_submitted_again(store: Stores) -> None:
    """After a rejection, also of an approved release not yet in force, the same files go through all steps anew."""
    write(store, *LIFE[:3], step("rejected", "bob"), step("submitted", "dan"))
    with pytest.raises(StepRefusedError, match="four_eyes"):
        write(store, step("approved", "ann"))
    with pytest.raises(StepRefusedError, match="four_eyes"):
        write(store, step("approved", "dan"))
    write(store, step("approved", "bob"), step("activated", "bob"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release_steps SET actor = 'eve'",
        "DELETE FROM release_steps",
        "UPDATE releases SET files = '{}'",
        "DELETE FROM releases WHERE id = 'rel-2'",
        "UPDATE release_evidence SET passed = true",
        "DELETE FROM release_evidence",
    ],
)
def test_what_is_written_stays(store: Stores, engine: Database, statement: str) -> None:
    """No row of releases, steps or evidence is changed or removed, by whatever program."""
    write(store, *LIFE)
    with pytest.raises((IntegrityError, StoreUnavailableError)), writing(engine) as connection:
        connection.execute(text(statement))


def test_replacing_and_emptying_are_changes(store: Stores, engine: Database) -> None:
    """Ways around a trigger on DELETE: INSERT OR REPLACE in SQLite, TRUNCATE in PostgreSQL."""
    write(store, *LIFE)
    if engine.dialect == "sqlite":
        ways = [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in ("releases", "release_evidence")]
        ways.append("INSERT OR REPLACE INTO release_steps SELECT * FROM release_steps")
    else:
        ways = [f"TRUNCATE {table} CASCADE" for table in ("releases", "release_evidence", "release_steps")]
    for way in ways:
        with pytest.raises((IntegrityError, StoreUnavailableError)), writing(engine) as connection:
            connection.execute(text(way))
    assert len(store.releases.steps()) == 5


def test_four_eyes_hold_for_other_programs(store: Stores, engine: Database) -> None:
    """An approval written by hand into the table is refused like any other."""
    write(store, *LIFE[:2])
    statement = (
        "INSERT INTO release_steps (seq, release_id, kind, actor, recorded_at, check_sha256, scenarios_sha256, "
        "impact_sha256) VALUES (999, 'rel-2', 'approved', 'ann', '2027-01-01T00:00:00.000000Z', :check, :scenarios, "
        ":impact)"
    )
    values = {kind: HASHES[f"{kind}_sha256"] for kind in ("check", "scenarios", "impact")}
    with pytest.raises(IntegrityError, match="four_eyes"), writing(engine) as connection:
        connection.execute(text(statement), values)


def test_one_of_two_decisions_at_once_wins(store: Stores, database_url: str, tmp_path: Path) -> None:
    """An approval and a rejection written by two processes at the same moment: exactly one is recorded."""
    write(store, *LIFE[:2])
    other = open_stores(database_url, tmp_path)

    def settle(given: tuple[Stores, StepRecord]) -> bool:
        try:
            with given[0].releases.writing() as writer:
                writer.add(given[1])
        except StepRefusedError:
            return False
        return True

    rivals = [(store, step("approved", "bob")), (other, step("approved", "cat"))] * 4
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(settle, rivals)) == 1
    other.close()


def test_a_start_is_recorded_once(store: Stores, database_url: str, tmp_path: Path) -> None:
    """The same files loaded again leave no step; other files do."""
    store.ledger.ping()
    for release in (RELEASE, NEW, NEW, RELEASE):
        again = open_stores(database_url, tmp_path, release=release)
        again.ledger.ping()
        again.close()
    assert [(s.kind, s.release_id) for s in store.releases.steps()] == [
        ("loaded", RELEASE.id),
        ("loaded", NEW.id),
        ("loaded", RELEASE.id),
    ]


def test_the_first_release_is_seeded_once(database_url: str, tmp_path: Path) -> None:
    """Several processes that start on an empty store seed one release; later files change nothing."""
    stores = [
        open_stores(database_url, tmp_path, release=release, kind="seeded") for release in (RELEASE, RELEASE, RELEASE)
    ]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda each: each.ledger.ping(), stores))
    late = open_stores(database_url, tmp_path, release=NEW, kind="seeded")
    (seeded,) = late.releases.steps()
    assert (seeded.kind, seeded.release_id, seeded.actor) == ("seeded", RELEASE.id, "system")
    assert late.releases.release(NEW.id) is None
    for each in (*stores, late):
        each.close()


def test_nothing_to_seed(database_url: str, tmp_path: Path) -> None:
    """Without rule files an empty store gives no decisions, and says why."""
    store = open_stores(database_url, tmp_path, release=None, kind="seeded")
    with pytest.raises(StoreUnavailableError, match="holds no release"):
        store.ledger.ping()
    store.close()

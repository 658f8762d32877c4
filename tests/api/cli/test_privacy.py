"""Keys, erasure and retention from the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from greenlane.api.config import Settings
from greenlane.api.decisions.service import Answered, Application, Request
from greenlane.api.principals import LOCAL
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.json_text import decode
from tests.api.cli.conftest import EXAMPLES, ROOT, Run

Decide = Callable[..., list[Answered]]
CASE = "EX-01.json"


def services(directory: Path, year: int = 2026) -> Services:
    """The services that commands in this directory reach, in some year."""
    settings = Settings(f"sqlite:///{directory}/greenlane.db", ROOT / "rules")
    return build_services(settings, clock=lambda: datetime(year, 5, 4, 9, tzinfo=UTC))


@pytest.fixture
def decide(tmp_path: Path) -> Decide:
    """Decides worked cases in some year, in the database that commands use."""

    def _decide(*names: str, year: int = 2026) -> list[Answered]:
        running = services(tmp_path, year)
        applications = [decode((EXAMPLES / name).read_bytes()) for name in names]
        made = [running.decisions.decide(Request(Application(each), None, "none"), LOCAL) for each in applications]
        running.close()
        return made

    return _decide


def company(name: str = CASE) -> str:
    """The credit code in a worked case."""
    found: str = decode((EXAMPLES / name).read_bytes())["applicant"]["uscc"]
    return found


def test_erase(run: Run, decide: Decide) -> None:
    """Asked first; then unreadable, for commands too; a second time there is nothing left to erase."""
    (made,) = decide(CASE)
    refused = run("erase", "--customer", company(), input="n\n")
    assert refused.exit_code == 1
    assert run("replay", made.decision_id).exit_code == 0
    done = run("erase", "--customer", "-", "--yes", input=company() + "\n")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("erased: 1 data key destroyed, 1 decision unreadable\n")
    assert company() not in done.output
    gone = run("replay", made.decision_id)
    assert (gone.exit_code, gone.output.splitlines()[0]) == (1, "error: the personal data has been erased")
    again = run("erase", "--customer", company(), "--yes")
    assert (again.exit_code, again.output) == (
        0,
        "already erased: no data key of this customer is left (or there never was one)\n",
    )
    assert run("audit", "verify").exit_code == 0


def test_erase_takes_no_free_words(run: Run) -> None:
    """A reason is one of a list: a free text might name the customer."""
    refused = run("erase", "--customer", "x", "--yes", "--reason", "asked by Mr Wang")
    assert refused.exit_code == 2
    assert "customer_request" in refused.output


def test_retention(run: Run, decide: Decide, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown first, then erased: what is over by its own period and nothing else; the proofs hold."""
    monkeypatch.setenv("GREENLANE_RETENTION", "DECLINED=1 *=500")
    old = decide("EX-01.json", "EX-06.json", year=2020)
    new = decide("EX-06.json", year=datetime.now(UTC).year)
    shown = run("retention")
    assert shown.exit_code == 0, shown.output
    rows = [line.split() for line in shown.output.splitlines()]
    assert ["2020", "DECLINED", "1", "year", "2021", "1", "1", "due"] in rows
    assert ["2020", "APPROVE_RECOMMENDED", "500", "years", "2520", "1", "1"] in rows
    assert shown.output.splitlines()[-1] == "due: 1 data key, 1 decision; nothing was erased (see --apply)"
    assert run("replay", old[1].decision_id).exit_code == 0
    assert run("retention", "--apply", input="n\n").exit_code == 1
    done = run("retention", "--apply", "--yes")
    assert done.output.splitlines()[-1] == "erased: 1 data key, 1 decision"
    assert [run("replay", each.decision_id).exit_code for each in (*old, *new)] == [0, 1, 0]
    assert run("retention").output.splitlines()[-1] == "due: 0 data keys, 0 decisions"
    assert run("audit", "verify").exit_code == 0


def test_rotate(run: Run, decide: Decide, tmp_path: Path) -> None:
    """A service that was running reads and decides on; afterwards only the new key is in the file and opens all."""
    (made,) = decide(CASE)
    running = services(tmp_path)
    file = tmp_path / "keys" / "master.key"
    before = file.read_bytes()
    done = run("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("2 keys wrapped by the master key ")
    assert (len(file.read_bytes()), before in file.read_bytes()) == (len(before), False)
    assert running.decisions.store.decision(made.decision_id) is not None
    application = decode((EXAMPLES / "EX-02.json").read_bytes())
    later = running.decisions.decide(Request(Application(application), None, "none"), LOCAL)
    running.close()
    assert [run("replay", each.decision_id).exit_code for each in (made, later)] == [0, 0]
    file.write_bytes(before)
    refused = run("replay", made.decision_id)
    assert refused.exit_code == 1
    assert "the keys are wrapped under the master key" in refused.output


def test_an_interrupted_rotation_goes_on(run: Run, decide: Decide, tmp_path: Path) -> None:
    """Between its steps everything can be read, and the same command finishes it without making another key."""
    made = decide("EX-01.json", "EX-02.json", "EX-03.json")
    begun = services(tmp_path)
    assert begun.rotation.begin() == 4
    assert begun.rotation.keys.rewrap(2) == 2
    new = begun.rotation.keys.ring.current.id
    begun.close()
    assert [run("replay", each.decision_id).exit_code for each in made] == [0, 0, 0]
    done = run("keys", "rotate")
    assert done.output.startswith(f"2 keys wrapped by the master key {new}\n")
    assert [run("replay", each.decision_id).exit_code for each in made] == [0, 0, 0]


def test_a_key_of_the_environment_is_rotated_by_its_owner(
    run: Run, decide: Decide, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new key must be there before the old one; afterwards the new one is enough."""
    decide(CASE)
    old = (tmp_path / "keys" / "master.key").read_text().strip()
    new = "A" * 43 + "="
    monkeypatch.setenv("GREENLANE_MASTER_KEY", old)
    refused = run("keys", "rotate")
    assert refused.exit_code == 1
    assert "put the new key and a comma before it" in refused.output
    monkeypatch.setenv("GREENLANE_MASTER_KEY", f"{new},{old}")
    done = run("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert "take the old key out of the environment" in done.output
    monkeypatch.setenv("GREENLANE_MASTER_KEY", new)
    assert run("keys", "rotate").exit_code == 1
    assert run("retention").exit_code == 0


def test_another_key_store_is_refused(
    run: Run, decide: Decide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys of another database are not taken for lost ones: it is said which store is expected."""
    (made,) = decide(CASE)
    monkeypatch.setenv("GREENLANE_KEY_STORE", f"sqlite:///{tmp_path}/other.db")
    refused = run("replay", made.decision_id)
    assert refused.exit_code == 1
    assert "the decisions were sealed with keys of the key store" in refused.output


def test_bind(run: Run, decide: Decide, tmp_path: Path) -> None:
    """Puts back the row that binds the database to its key store, and changes nothing where it is there."""
    (made,) = decide(CASE)
    with closing(sqlite3.connect(tmp_path / "greenlane.db")) as connection:
        connection.execute("DROP TRIGGER key_binding_no_delete")
        connection.execute("DELETE FROM key_binding")
        connection.commit()
    refused = run("replay", made.decision_id)
    assert refused.exit_code == 1
    assert "`greenlane keys bind` puts the row back" in refused.output
    done = run("keys", "bind")
    assert (done.exit_code, done.output.startswith("bound to the key store ")) == (0, True)
    assert run("replay", made.decision_id).exit_code == 0
    assert run("keys", "bind").output.startswith("it is bound to the key store ")


def test_bind_with_another_key_store(run: Run, decide: Decide, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Says that the log was told of another."""
    decide(CASE)
    monkeypatch.setenv("GREENLANE_KEY_STORE", f"sqlite:///{tmp_path}/other.db")
    refused = run("keys", "bind")
    assert (refused.exit_code, "the log was told of another key store" in refused.output) == (1, True)

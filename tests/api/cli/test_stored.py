"""`greenlane replay`, `greenlane explain ID` and `greenlane db`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.api.cli.conftest import EXAMPLES, Run
from tests.api.cli.stored import decide


@pytest.fixture
def decision_id(run: Run, tmp_path: Path) -> str:
    """A decision in the database that commands use."""
    return decide(tmp_path)


def test_replay_is_identical(run: Run, decision_id: str) -> None:
    """Deciding again gives the same, and says with which release."""
    shown = run("replay", decision_id)
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("identical\nrelease rel-")


def test_stored_decision_explains_itself(run: Run, decision_id: str) -> None:
    """An id is explained as a file is."""
    assert run("explain", decision_id).output == run("explain", EXAMPLES / "EX-06.json").output


def test_no_such_decision(run: Run) -> None:
    """An unknown id is refused in words."""
    shown = run("replay", "00000000-0000-0000-0000-000000000000")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: there is no such resource\n")


def test_tables_up_and_down(run: Run) -> None:
    """Up to the newest revision and back to none."""
    assert run("db", "current").exit_code == 1
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "current").exit_code == 0
    assert run("db", "downgrade", "base", "--yes").output == "tables at no revision\n"


def test_downgrade_asks_first(run: Run) -> None:
    """Nothing is dropped without a yes."""
    run("db", "upgrade")
    assert run("db", "downgrade", "base", input="n\n").exit_code == 1
    assert run("db", "current").exit_code == 0


def test_what_is_stored_is_not_dropped(run: Run, tmp_path: Path) -> None:
    """All that older tables could not hold is told, with what to do instead."""
    decide(tmp_path)
    shown = run("db", "downgrade", "0003", "--yes")
    assert shown.exit_code == 1
    assert shown.output.splitlines() == [
        "error: the tables of 0003 cannot hold what is stored",
        "  steps of releases: 1",
        "  documents of evidence for releases: 1",
        "  sealed decisions: 1",
        "  data keys that the log tells of: 1",
        "  decisions whose entries tell by what they are found: 1",
        "  entries that tell of the key store: 1",
        "  nothing was changed: put back a backup from before the upgrade, or drop everything with `base`",
    ]
    assert run("db", "current").exit_code == 0


def test_unknown_revision(run: Run) -> None:
    """A revision that is not known is a mistake of usage that lists those that are."""
    shown = run("db", "upgrade", "next")
    assert shown.exit_code == 2
    assert "no revision `next`: one of head, " in shown.output


def test_database_of_another_kind(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only SQLite and PostgreSQL will do."""
    monkeypatch.setenv("DATABASE_URL", "mysql://host/name")
    assert run("db", "upgrade").exit_code == 2


def test_database_out_of_reach(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is down is said in a line."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/greenlane")
    shown = run("db", "upgrade")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: the database cannot be reached or written\n")


def test_replay_of_all(run: Run, decision_id: str) -> None:
    """How many there are, and that none differs."""
    shown = run("replay", "--all")
    assert (shown.exit_code, shown.output) == (0, "1 decision replayed, 0 different\n")


def test_replay_of_all_finds_what_was_altered(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Each that differs is shown with what is not as it was; exit code 1."""
    with sqlite3.connect(tmp_path / "greenlane.db") as connection:
        connection.execute("DROP TRIGGER decisions_no_update")
        connection.execute("UPDATE decisions SET answer = zeroblob(length(answer))")
    connection.close()
    shown = run("replay", "--all")
    assert shown.exit_code == 1
    assert f"{decision_id}\ndifferent: " in shown.output
    assert shown.output.endswith("1 decision replayed, 1 different\n")


@pytest.mark.parametrize("command", ["explain", "evidence"])
def test_an_altered_decision_is_refused_by_name(run: Run, decision_id: str, tmp_path: Path, command: str) -> None:
    """With what tells more."""
    with sqlite3.connect(tmp_path / "greenlane.db") as connection:
        connection.execute("DROP TRIGGER decisions_no_update")
        connection.execute("UPDATE decisions SET answer = zeroblob(length(answer))")
    connection.close()
    shown = run(command, decision_id)
    assert shown.exit_code == 1
    assert f"decision {decision_id} is not as it was stored" in shown.output
    assert "`greenlane audit verify`" in shown.output


@pytest.mark.parametrize("words", [(), ("ID", "--all")])
def test_replay_of_one_or_all(run: Run, words: tuple[str, ...]) -> None:
    """One of the two must be asked for."""
    assert run("replay", *words).exit_code == 2

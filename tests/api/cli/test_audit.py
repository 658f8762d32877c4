"""`greenlane audit`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.ledger import migrate
from greenlane.api.ledger.configured import configured_database, configured_signer
from greenlane.api.ledger.proof.head import encode_head, sign
from greenlane.api.ledger.proof.signing_key import new_signing_key, write_signing_key
from greenlane.api.wiring.services import build_services
from tests.api.cli.conftest import ROOT, Run
from tests.api.fake_rules import fake_rules
from tests.api.ledger.records import record
from tests.api.ledger.stores import open_stores
from tests.api.ledger.test_bootstrap import old_database


@pytest.fixture
def decision_id(run: Run, tmp_path: Path) -> str:
    """A decision in the database that commands use."""
    return store(tmp_path)


def store(tmp_path: Path) -> str:
    """Stores a decision there."""
    settings = Settings(f"sqlite:///{tmp_path}/greenlane.db")
    made = record()
    opened = open_stores(configured_database(settings), tmp_path, configured_signer(settings))
    opened.decisions.add([made])
    opened.close()
    return made.decision_id


def spoil(tmp_path: Path, statement: str) -> None:
    """Changes the database behind its triggers, which are there again afterwards."""
    with sqlite3.connect(tmp_path / "greenlane.db") as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def test_all_is_well(run: Run, decision_id: str) -> None:
    """A table of what was checked, and the root it comes to."""
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert "decisions" in shown.output
    assert all(line.endswith("✓") for line in lines[:-2])
    assert lines[-2] == "everything is as it was written"
    assert lines[-1].startswith("size 7, root ")


def test_a_changed_value(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Is named by table, id and column, in the language asked for."""
    spoil(tmp_path, "UPDATE decisions SET tier = 'strategic '")
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 1
    assert shown.output.splitlines()[-2:] == [
        f"decisions/{decision_id}.tier: the value was changed",
        "not as it was written: 1 fault",
    ]
    assert run("audit", "verify", "--lang", "zh").output.splitlines()[-2:] == [
        f"decisions/{decision_id}.tier: 值已被更改",
        "存储内容不可信：1 处不符",
    ]


def test_very_many_faults(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Are cut off, and counted."""
    spoil(tmp_path, "UPDATE decisions SET tier = 'x', product = 'x', route = 'x', status = 'x', engine = 'x'")
    assert run("audit", "verify", "--lang", "en").output.splitlines()[-1] == "not as it was written: 5 faults"


def test_a_guard_that_was_taken_away(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Is named, though nothing was changed yet."""
    with sqlite3.connect(tmp_path / "greenlane.db") as connection:
        connection.execute("DROP TRIGGER decisions_no_update")
    connection.close()
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 1
    assert shown.output.splitlines()[-2:] == [
        "guards/decisions_no_update: this guard is missing",
        "everything is as it was written, but 1 guard is not in place",
    ]
    assert "guards/decisions_no_update: 守护缺失" in run("audit", "verify", "--lang", "zh").output


def test_a_head_kept_elsewhere(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Serves when the database and its witness were put back together."""
    kept = tmp_path / "kept.jsonl"
    kept.write_text((tmp_path / "heads.jsonl").read_text().splitlines()[-1])
    assert run("audit", "verify", "--head", kept).exit_code == 0
    spoil(tmp_path, "DELETE FROM decisions")
    spoil(tmp_path, "DELETE FROM log WHERE position = 6")
    (tmp_path / "heads.jsonl").unlink()
    shown = run("audit", "verify", "--head", kept, "--lang", "en")
    assert shown.exit_code == 1
    assert f"{kept}/line 1: the log had 7 entries once; they are gone\n" in shown.output


def test_the_head_that_the_service_answers_can_be_kept(run: Run, decision_id: str, tmp_path: Path) -> None:
    """As it comes, without a change."""
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "limit.yaml").write_text("1000 1.0.0")
    with fake_rules():
        services = build_services(Settings(f"sqlite:///{tmp_path}/greenlane.db", tmp_path / "fake"))
    client = create_app(services).test_client()
    for path in ("/v1/log/head", f"/v1/decisions/{decision_id}/proof"):
        (tmp_path / "kept").write_bytes(client.get(path).get_data())
        assert run("audit", "verify", "--head", tmp_path / "kept").exit_code == 0
    services.close()


def test_no_witness(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Its absence is a fault: the service never leaves it out."""
    (tmp_path / "heads.jsonl").unlink()
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 1
    assert "heads.jsonl/-: cannot be read: No such file or directory\n" in shown.output


def test_rotating_the_key(run: Run, decision_id: str, tmp_path: Path) -> None:
    """The file holds the new key; what the old one signed still verifies; decisions go on."""
    before = (tmp_path / "keys" / "signing.key").read_bytes()
    shown = run("audit", "rotate-key")
    assert shown.exit_code == 0, shown.output
    assert (tmp_path / "keys" / "signing.key").read_bytes() != before
    assert [p.name for p in (tmp_path / "keys").glob("*sign*")] == ["signing.key"]
    store(tmp_path)
    assert run("audit", "verify").exit_code == 0


def test_rotating_to_a_given_key(run: Run, decision_id: str, tmp_path: Path) -> None:
    """One made elsewhere."""
    given = new_signing_key()
    write_signing_key(tmp_path / "given.key", given, replace=False)
    assert given.public.id in run("audit", "rotate-key", "--key", tmp_path / "given.key").output
    assert run("audit", "verify").exit_code == 0


LOST = ("audit", "rotate-key", "--lost", "--by", "王芳", "--reason", "the disk was destroyed")


def test_a_database_from_before_there_was_a_log(run: Run, tmp_path: Path) -> None:
    """Upgraded, it says what waits; the audit says what to do; any command that opens the store does it as a start."""
    engine, _ = old_database(f"sqlite:///{tmp_path}/greenlane.db", tmp_path)
    engine.dispose()
    waits = "5 decisions, 1 releases from before there was a log: the first start of the service seals and proves them"
    assert run("db", "upgrade").output.splitlines() == [f"tables at {migrate.newest()}", waits]
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 1
    (told,) = [line for line in shown.output.splitlines() if line.startswith("log/-: the log has not begun")]
    assert told.endswith("then verify again")
    store(tmp_path)
    assert run("audit", "verify").exit_code == 0
    assert run("db", "upgrade").output.splitlines() == [f"tables at {migrate.newest()}"]


def test_a_lost_key(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Is replaced, decisions go on, and every audit shows it until the auditor says that they know."""
    (tmp_path / "keys" / "signing.key").unlink()
    assert run("audit", "rotate-key").exit_code == 1
    done = run(*LOST)
    assert done.exit_code == 0, done.output
    key = done.output.split()[6]
    assert [p.name for p in (tmp_path / "keys").glob("*sign*")] == ["signing.key"]
    store(tmp_path)
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 1
    (told,) = [line for line in shown.output.splitlines() if line.startswith("trust/8: ")]
    assert f"key {key} took over" in told
    assert told.endswith("by 王芳, because: the disk was destroyed")
    assert shown.output.splitlines()[-1].startswith("everything is as it was written, but the chain of trust is broken")
    known = run("audit", "verify", "--accept-key", key, "--lang", "zh")
    assert known.exit_code == 0
    assert "trust/8: 信任链在此中断" in known.output
    assert "操作人：王芳；原因：the disk was destroyed" in known.output


def test_a_key_that_is_not_lost(run: Run, decision_id: str, tmp_path: Path) -> None:
    """Is not replaced by force; nor is another key that lies in its place overwritten."""
    refused = run(*LOST)
    assert (refused.exit_code, refused.output) == (
        1,
        "error: the key in use is here, so it is not lost\n  rotate without --lost\n",
    )
    write_signing_key(tmp_path / "keys" / "signing.key", new_signing_key(), replace=True)
    other = (tmp_path / "keys" / "signing.key").read_bytes()
    assert run(*LOST).output.endswith("is there and is not the key of this log\n  move it away first\n")
    assert (tmp_path / "keys" / "signing.key").read_bytes() == other


@pytest.mark.parametrize(
    "words", [("--lost",), ("--lost", "--by", "x"), ("--lost", "--by", "x", "--reason", " "), ("--by", "x")]
)
def test_a_lost_key_needs_a_name_and_a_reason(run: Run, decision_id: str, words: tuple[str, ...]) -> None:
    """Both, and only then."""
    assert run("audit", "rotate-key", *words).exit_code == 2


def test_a_forced_rotation_that_was_cut_short(run: Run, decision_id: str, tmp_path: Path) -> None:
    """After the commit and before the new key is in its place: it is found where it waits."""
    (tmp_path / "keys" / "signing.key").unlink()
    assert run(*LOST).exit_code == 0
    (tmp_path / "keys" / "signing.key").rename(tmp_path / "keys" / "signing.key.next")
    store(tmp_path)
    assert "it is not lost" in run(*LOST).output


def test_a_key_that_is_not_the_logs(
    run: Run, decision_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither rotates nor serves, and is told which key is wanted."""
    write_signing_key(tmp_path / "other.key", new_signing_key(), replace=False)
    monkeypatch.setenv("GREENLANE_SIGNING_KEY_FILE", str(tmp_path / "other.key"))
    for words in (("audit", "rotate-key"), ("serve", "--port", "0")):
        shown = run(*words)
        assert shown.exit_code == 1
        assert "the log is signed with key " in shown.output
    assert run("audit", "verify").exit_code == 0


def test_tables_that_are_not_there(run: Run, tmp_path: Path) -> None:
    """An audit of nothing is refused."""
    shown = run("audit", "verify")
    assert shown.exit_code == 1
    assert shown.output.endswith("  run `greenlane db upgrade`\n")


def test_the_rules_are_not_needed(run: Run, decision_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An auditor's copy of the database is enough."""
    monkeypatch.setenv("GREENLANE_RULES", str(ROOT / "nowhere"))
    assert run("audit", "verify").exit_code == 0


def older_copy(tmp_path: Path) -> None:
    """The database that commands use, as it was before its last decision."""
    store(tmp_path)
    with closing(sqlite3.connect(tmp_path / "greenlane.db")) as connection:
        connection.execute(f"VACUUM INTO '{tmp_path}/copy.db'")
    store(tmp_path)
    for file in tmp_path.glob("greenlane.db*"):
        file.unlink()
    (tmp_path / "copy.db").rename(tmp_path / "greenlane.db")


def test_an_older_copy(run: Run, tmp_path: Path) -> None:
    """Every command that would write says what is wrong and what to do, and writes nothing."""
    older_copy(tmp_path)
    for words in (("key", "create", "--name", "x", "--role", "read"), ("replay", "--all"), ("audit", "rotate-key")):
        refused = run(*words)
        assert refused.exit_code == 1, refused.output
        assert "error: the log has 7 entries and lacks a head of 8 entries" in refused.output
        assert "`greenlane audit settle`, docs/operations.md" in refused.output
    assert run("audit", "verify", "--lang", "en").output.splitlines()[-1] == "not as it was written: 1 fault"


def test_settle(run: Run, tmp_path: Path) -> None:
    """Says what is given up and asks; then the log goes on, every audit tells, and there is nothing more to settle."""
    older_copy(tmp_path)
    words = ("audit", "settle", "--by", "王芳", "--reason", "disk replaced, minutes 2026-18")
    asked = run(*words, input="n\n")
    assert asked.exit_code == 1
    assert "the log has 7 entries and agrees with" in asked.output
    assert "not in the log: 1 signed head, up to 8 entries" in asked.output
    assert "name it to those who asked" in asked.output
    assert run("audit", "verify").exit_code == 1
    done = run(*words, "--yes")
    assert done.exit_code == 0, done.output
    store(tmp_path)
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 0, shown.output
    told = "log/7: the log was set back before: heads that were signed for more than 7 entries (up to 8) are given up; "
    assert told + "by 王芳, because: disk replaced, minutes 2026-18" in shown.output.splitlines()
    assert "操作人：王芳" in run("audit", "verify", "--lang", "zh").output
    assert run("audit", "rotate-key").exit_code == 0
    again = run(*words, "--yes")
    assert (again.exit_code, "there is nothing to settle" in again.output) == (1, True)


def test_settling_the_file_of_another_log(run: Run, tmp_path: Path) -> None:
    """Is advised against, before anything is given up."""
    store(tmp_path)
    foreign = sign(new_signing_key(), 99, bytes(32), "2026-03-02T01:00:00.000000Z", 98)
    (tmp_path / "heads.jsonl").write_text(encode_head(foreign) + "\n")
    asked = run("audit", "settle", "--by", "x", "--reason", "y", input="n\n")
    assert f"their key {foreign.key} is none of this log" in asked.output
    assert "GREENLANE_WITNESS" in asked.output


@pytest.mark.parametrize("words", [("--by", "x"), ("--reason", "x"), ("--by", " ", "--reason", "x")])
def test_settling_without_saying_who_and_why(run: Run, words: tuple[str, ...]) -> None:
    """Is not understood."""
    assert run("audit", "settle", *words).exit_code == 2

"""`greenlane db copy`: after the move everything that was stored can be shown to be as it was."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.evidence.pack import verify
from greenlane.api.wiring.services import build_services
from tests.api.auditor import newest_key
from tests.api.cli.conftest import EXAMPLES, ROOT, Run
from tests.api.databases import Server, fresh_database

ERASED = "91620900XXXX00094U"
"""The company of EX-09."""


def decide(url: str, folder: Path, names: tuple[str, ...]) -> list[str]:
    """Has the shipped rules decide shipped cases, and a review of the last one asked for; the ids of the decisions."""
    keys = folder / "keys"
    settings = Settings(
        url,
        ROOT / "rules",
        signing_key_file=keys / "signing.key",
        witness=folder / "heads.jsonl",
        master_key_file=keys / "master.key",
        key_store=f"sqlite:///{keys}/data-keys.db",
        trace="full",
    )
    services = build_services(settings)
    client = create_app(services).test_client()
    made = []
    for name in names:
        headers = {"Content-Type": "application/json", "Idempotency-Key": name}
        answer = client.post("/v1/decisions", data=(EXAMPLES / f"{name}.json").read_bytes(), headers=headers)
        assert answer.status_code in (200, 201), answer.text
        made.append(answer.get_json()["decision_id"])
    asked = client.post(f"/v1/decisions/{made[-1]}/review", json={"requested_by": "customer", "reason": "利率"})
    assert asked.status_code == 201, asked.text
    services.close()
    return made


def head(run: Run) -> str:
    """What the audit comes to."""
    shown = run("audit", "verify", "--lang", "en")
    assert shown.exit_code == 0, shown.output
    return shown.output.splitlines()[-1]


def proved(run: Run, decision_id: str, folder: Path, name: str) -> None:
    """Asserts that the decision's pack verifies without Greenlane."""
    pack = folder / name
    assert run("evidence", decision_id, "-o", pack).exit_code == 0
    command = [sys.executable, "-I", verify.__file__, pack, "--key", newest_key(pack)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_moved_to_postgresql_and_back(
    run: Run, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every decision replays to the identical answer, packs verify, the head is the same, and deciding goes on."""
    here = f"sqlite:///{tmp_path}/greenlane.db"
    made = decide(here, tmp_path, ("EX-01", "EX-06", "EX-09"))
    assert run("erase", "--customer", ERASED, "--reason", "customer_request", "--yes").exit_code == 0
    before = head(run)
    back = f"sqlite:///{tmp_path}/back.db"
    with fresh_database(postgres) as there:
        shown = run("db", "copy", "--to", there)
        assert shown.exit_code == 0, shown.output
        assert f"everything was copied and verifies: {before}\n" in shown.output
        places = re.findall(r"^  (GREENLANE_\w+)=(.*)$", shown.output, re.MULTILINE)
        assert [name for name, _ in places] == [
            "GREENLANE_SIGNING_KEY_FILE",
            "GREENLANE_WITNESS",
            "GREENLANE_MASTER_KEY_FILE",
            "GREENLANE_KEY_STORE",
        ]
        for name, value in [("DATABASE_URL", there), *places]:
            monkeypatch.setenv(name, value)
        assert head(run) == before
        # The same request is answered with the decision that was stored before the move.
        made += decide(there, tmp_path, ("EX-01", "EX-12"))
        assert made[3] == made[0]
        assert run("replay", "--all").output == "3 decisions replayed, 0 different, 1 erased\n"
        for number, decision_id in enumerate((made[0], made[4])):
            proved(run, decision_id, tmp_path, f"{number}.zip")
        assert run("db", "copy", "--to", back).exit_code == 0
        before = head(run)
    monkeypatch.setenv("DATABASE_URL", back)
    assert head(run) == before
    made += decide(back, tmp_path, ("EX-02",))
    assert run("replay", "--all").output == "4 decisions replayed, 0 different, 1 erased\n"
    proved(run, made[4], tmp_path, "back.zip")
    head(run)


def test_what_is_refused(run: Run, tmp_path: Path) -> None:
    """In words, with what to do; the store stays as it is."""
    decide(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, ("EX-01",))
    (tmp_path / "taken.db").write_bytes((tmp_path / "greenlane.db").read_bytes())
    shown = run("db", "copy", "--to", f"sqlite:///{tmp_path}/taken.db")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: the target is not empty: it has the table `")
    shown = run("db", "copy", "--to", "mysql://x")
    assert shown.exit_code == 2
    assert "the address must name a SQLite file or a PostgreSQL database" in shown.output
    shown = run("db", "copy", "--to", "postgresql://nobody@127.0.0.1:1/none")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: a database cannot be reached or written\n")
    assert head(run)


def test_keys_are_copied(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the address of the copy everything is read as before."""
    decide(f"sqlite:///{tmp_path}/greenlane.db", tmp_path, ("EX-01", "EX-06"))
    shown = run("keys", "copy", "--to", f"sqlite:///{tmp_path}/apart/keys.db")
    assert shown.output == "3 keys copied: set GREENLANE_KEY_STORE, then destroy the old key store\n"
    monkeypatch.setenv("GREENLANE_KEY_STORE", f"sqlite:///{tmp_path}/apart/keys.db")
    (tmp_path / "keys" / "data-keys.db").unlink()
    assert run("replay", "--all").output == "2 decisions replayed, 0 different\n"
    again = run("keys", "copy", "--to", f"sqlite:///{tmp_path}/apart/keys.db")
    assert again.exit_code == 1
    assert again.output.startswith("error: the target is not empty: it has the table `")

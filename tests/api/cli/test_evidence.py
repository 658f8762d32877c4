"""`greenlane evidence`."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from greenlane.api.evidence.pack import verify
from greenlane.api.ledger.proof.signing_key import new_signing_key, write_signing_key
from tests.api.auditor import newest_key
from tests.api.cli.conftest import Run
from tests.api.cli.stored import decide


@pytest.fixture
def decision_id(run: Run, tmp_path: Path) -> str:
    """A decision in the database that commands use."""
    return decide(tmp_path)


def test_a_pack_that_verifies(run: Run, decision_id: str, tmp_path: Path) -> None:
    """With the rule files that decided; one changed byte of one of them is refused."""
    shown = run("evidence", decision_id, "-o", "pack.zip")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("pack.zip: ")
    command = [sys.executable, "-I", verify.__file__, "pack.zip", "--key", newest_key(tmp_path / "pack.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extractall(tmp_path / "unpacked")
    rules = tmp_path / "unpacked" / "rules" / "pricing.yaml"
    rules.write_bytes(rules.read_bytes().replace(b"0", b"1", 1))
    assert verify.main([str(tmp_path / "unpacked")]) == 1
    # When no file is named it is named by its decision; that the first was made is in the log of the second.
    assert run("evidence", decision_id).exit_code == 0
    with zipfile.ZipFile(tmp_path / f"{decision_id}.zip") as pack:
        size = json.loads(pack.read("head.json"))["size"]
    assert size == json.loads((tmp_path / "unpacked" / "head.json").read_bytes())["size"] + 1


def test_what_is_refused(run: Run, decision_id: str) -> None:
    """An unknown id is refused in words, and nothing is written; so is a file that cannot be written."""
    shown = run("evidence", "nobody", "-o", "pack.zip")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: there is no such resource\n")
    assert not Path("pack.zip").exists()
    shown = run("evidence", decision_id, "-o", "nowhere/pack.zip")
    assert shown.exit_code == 1
    assert shown.output.startswith("error: `nowhere/pack.zip` cannot be written\n")


def test_without_the_key(run: Run, decision_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is given out that is not signed."""
    write_signing_key(tmp_path / "other.key", new_signing_key(), replace=False)
    monkeypatch.setenv("GREENLANE_SIGNING_KEY_FILE", str(tmp_path / "other.key"))
    assert run("evidence", decision_id, "-o", "pack.zip").exit_code == 1
    assert not Path("pack.zip").exists()

"""A decision a month and three releases old, proved to an auditor, and still proved when its customer is erased."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenlane.api.cli import main
from tests.api.auditor import CORRECTED, Bank, Machine, application, limited
from tests.api.conftest import USCC


@pytest.fixture
def bank(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """A bank on an empty database of each kind, which commands reach too."""
    bank = Bank(tmp_path, database_url)
    for name, value in bank.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield bank
    bank.services.close()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The auditor's machine."""
    return Machine.install(tmp_path_factory.mktemp("machine"))


def greenlane(*words: object) -> Result:
    """A command."""
    return CliRunner().invoke(main, [str(word) for word in words])


def test_an_auditor(bank: Bank, machine: Machine, tmp_path: Path) -> None:
    """Everything from the decision to the erasure, as the auditor would try it."""
    first = bank.decide(application(), "?trace=fired")
    assert (first["outcome"], first["status"]) == ({"rate": 3.1, "lane": "STANDARD"}, "APPROVED")
    decision_id, seeded = first["decision_id"], first["release"]["id"]
    bank.clock.forward(days=31)

    lower = bank.release(limited(500), bank.ann, bank.bob)
    lowest = bank.release(limited(300), bank.dan, bank.cat)
    corrected = bank.release(
        CORRECTED, bank.ann, bank.cat, effective_from="2026-02-20", effective_until=bank.begun(lower)
    )
    assert len({seeded, lower, lowest, corrected}) == 4
    assert bank.decide(application(day="2026-04-02"))["release"]["id"] == lowest

    rates = "/v1/reference/rates?as_of=2026-03-02"
    assert bank.ann.get(rates).get_json()["rows"][-1]["values"]["rate"] == 3.0
    known = bank.ann.get(f"{rates}&known_at={first['decided_at']}").get_json()
    assert (known["rows"][-1]["values"]["rate"], known["release"]["id"]) == (3.1, seeded)
    assert bank.decide(application())["outcome"]["rate"] == 3.0
    assert bank.decide(application(), f"?known_at={first['decided_at']}")["outcome"] == first["outcome"]

    pack = tmp_path / "pack.zip"
    written = greenlane("evidence", decision_id, "-o", pack)
    assert written.exit_code == 0, written.output
    verify_alone(machine, pack, decision_id)
    replayed = bank.eve.post(f"/v1/decisions/{decision_id}/replay").get_json()
    assert replayed["identical"] is True
    assert greenlane("replay", decision_id).exit_code == 0

    erased = greenlane("erase", "--customer", USCC, "--yes")
    assert erased.exit_code == 0, erased.output
    verify_alone(machine, pack, decision_id)
    audited = greenlane("audit", "verify", "--lang", "en")
    assert audited.exit_code == 0, audited.output
    assert "everything is as it was written" in audited.output
    for method, rest in (("get", ""), ("get", "/trace"), ("get", "/explanation"), ("post", "/replay")):
        gone = getattr(bank.eve, method)(f"/v1/decisions/{decision_id}{rest}")
        assert (gone.status_code, gone.get_json()["code"]) == (410, "erased")
        assert gone.get_json()["remains"]["path"]["limit"] == ["LIM-2"]

    later = tmp_path / "later.zip"
    assert greenlane("evidence", decision_id, "-o", later).exit_code == 0
    verify_alone(machine, later, decision_id)
    assert USCC.encode() in pack_text(machine, pack)
    assert USCC.encode() not in pack_text(machine, later)


def test_one_byte_of_any_member(bank: Bank, machine: Machine, tmp_path: Path) -> None:
    """Whichever it is: the verifier in the pack, run where there is no Greenlane, refuses it."""
    decision_id = bank.decide(application(), "?trace=full")["decision_id"]
    bank.release(limited(500), bank.ann, bank.bob)
    pack, seed = tmp_path / "damaged.zip", random.randrange(10**6)
    assert greenlane("evidence", decision_id, "-o", pack).exit_code == 0
    found = machine.damages(pack, seed)
    assert found["whole"] == [3, 3]
    assert found["unnoticed"] == [], f"seed {seed}"
    assert found["tried"] > 100


def verify_alone(machine: Machine, pack: Path, decision_id: str) -> None:
    """The pack's own verifier accepts it on the machine without Greenlane."""
    assert [machine.has(package) for package in ("cryptography", "api", "engine")] == [True, False, False]
    done = machine.verifies(pack)
    assert done.returncode == 0, done.stdout + done.stderr
    assert decision_id in done.stdout
    assert done.stdout.splitlines()[-1] == "✓ 证据包完整可信 / the pack is whole and true"


def pack_text(machine: Machine, pack: Path) -> bytes:
    """Everything in a pack."""
    return b"".join(path.read_bytes() for path in machine.unpacked(pack).rglob("*.json"))

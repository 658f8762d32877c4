"""`greenlane serve`: the real process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.api.cli.conftest import EXAMPLES, ROOT, Run, spoil

COMMAND = [sys.executable, "-c", "from greenlane.api.cli import main; main()", "serve"]


def test_faulty_rules_are_not_served(run: Run, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens when a rule file is broken; the fault is shown at its cell."""
    spoil(rules / "pricing.yaml", "decision: pricing\n", "decision: pricing\nhitt: first\n")
    monkeypatch.setenv("GREENLANE_RULES", "rules")
    shown = run("serve")
    assert shown.exit_code == 1
    assert "rules/pricing.yaml:" in shown.output
    assert "error: not served: the rule files in `rules` have " in shown.output


def test_port_out_of_range(run: Run) -> None:
    """A port that cannot be is a mistake of usage."""
    assert run("serve", "--port", "70000").exit_code == 2


def test_serves_and_stops(tmp_path: Path) -> None:
    """One process tree: it answers, stores, and ends well when told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/greenlane.db", "GREENLANE_RULES": str(ROOT / "rules")}
    words = [*COMMAND, "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        words, cwd=tmp_path, env={**os.environ, **settings, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    try:
        wait_for(port, process)
        body = (EXAMPLES / "EX-01.json").read_bytes()
        address = f"http://127.0.0.1:{port}/v1/decisions"
        with urlopen(Request(address, body, {"Content-Type": "application/json"}), timeout=30) as response:
            assert (response.status, json.load(response)["status"]) == (201, "APPROVE_RECOMMENDED")
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"greenlane: greenlane-corporate-lending 1.0.0 on http://127.0.0.1:{port}" in said.decode()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the service is ready."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError("the service did not start")

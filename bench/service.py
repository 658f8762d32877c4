"""The service over HTTP on this machine, every decision on disk before it is answered, beside a bare Flask echo."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from bench.load import Load, request, run
from bench.report import section, table
from bench.timing import percentile, shown

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
SECONDS = 5.0
ROUNDS = 3
START_LIMIT = 60

SERVE = [sys.executable, "-c", "from greenlane.api.cli import main; main()", "serve", "--port"]
ECHO = [sys.executable, "-m", "bench.echo"]


def measure(seconds: float = SECONDS, rounds: int = ROUNDS) -> str:
    """The section of the page."""
    with tempfile.TemporaryDirectory() as folder, _server(ECHO, {}) as echo:
        settings = {"DATABASE_URL": f"sqlite:///{folder}/greenlane.db", "GREENLANE_LOG_LEVEL": "warning"}
        with _server(SERVE, settings) as ours:
            targets = {
                "Flask echo": (echo, "/v1/decisions"),
                "greenlane, trace none": (ours, "/v1/decisions?trace=none"),
                "greenlane, trace fired": (ours, "/v1/decisions?trace=fired"),
            }
            loads = _turns(targets, seconds, rounds)
    text = (
        f"`POST /v1/decisions` with the applications in `examples/`, {CONNECTIONS} connections from one client process "
        f"on the same machine, {rounds} rounds of {seconds:.0f} s in turn; 2 gunicorn workers of 8 threads on both; "
        "SQLite with full sync. The echo reads the same bodies and sends them back: what any Flask "
        "service costs here."
    )
    lines = [_line(name, found) for name, found in loads.items()]
    share = _rate(loads["Flask echo"]) / _rate(loads["greenlane, trace none"])
    body = table(["", "requests/s", "median", "p99"], lines)
    return section("Over HTTP", text, f"{body}\n\nA durable decision without trace costs {share:.1f} echoes.")


def _turns(targets: Mapping[str, tuple[int, str]], seconds: float, rounds: int) -> dict[str, list[Load]]:
    bodies = [path.read_bytes() for path in sorted((ROOT / "examples" / "applications").glob("*.json"))]
    found: dict[str, list[Load]] = {name: [] for name in targets}
    for number in range(rounds + 1):
        for name, (port, path) in targets.items():
            requests = [request("127.0.0.1", path, body) for body in bodies]
            # The first round warms the servers up and does not count.
            load = run(port, requests, CONNECTIONS, seconds if number else 1)
            if number:
                found[name].append(load)
    return found


def _rate(loads: Sequence[Load]) -> float:
    return median(load.per_second for load in loads)


def _line(name: str, loads: Sequence[Load]) -> list[str]:
    times = [t for load in loads for t in load.times]
    return [name, f"{_rate(loads):,.0f}", shown(percentile(times, 0.5)), shown(percentile(times, 0.99))]


@contextmanager
def _server(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[int]:
    """A server on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([*command, str(port)], cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"no server on port {port}")

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

SERVE = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port"]
ECHO = [sys.executable, "-m", "bench.echo"]


def measure(seconds: float = SECONDS, rounds: int = ROUNDS) -> str:
    """The section of the page."""
    with tempfile.TemporaryDirectory() as folder, _server(ECHO, {}) as echo:
        settings = {"DATABASE_URL": f"sqlite:///{folder}/greenlane.db", "GREENLANE_LOG_LEVEL": "warning"}
        with _server(SERVE, settings) as ours:
            ports = {"Flask echo": echo, "greenlane": ours}
            loads = _turns(ports, seconds, rounds)
    text = (
        f"`POST /v1/decisions` with the applications in `examples/`, {CONNECTIONS} connections from one client process "
        f"on the same machine, {rounds} rounds of {seconds:.0f} s in turn; 2 gunicorn workers of 8 threads on both; "
        "SQLite with full sync, trace `fired`. The echo reads the same bodies and sends them back: what any Flask "
        "service costs here."
    )
    lines = [_line(name, found) for name, found in loads.items()]
    share = _rate(loads["greenlane"]) / _rate(loads["Flask echo"])
    body = table(["", "requests/s", "median", "p99"], lines) + f"\n\nA durable decision costs {1 / share:.1f} echoes."
    return section("Over HTTP", text, body)


def _turns(ports: Mapping[str, int], seconds: float, rounds: int) -> dict[str, list[Load]]:
    bodies = [path.read_bytes() for path in sorted((ROOT / "examples" / "applications").glob("*.json"))]
    requests: Sequence[bytes] = [request("127.0.0.1", "/v1/decisions", body) for body in bodies]
    for port in ports.values():
        run(port, requests, CONNECTIONS, 1)
    found: dict[str, list[Load]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            found[name].append(run(port, requests, CONNECTIONS, seconds))
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

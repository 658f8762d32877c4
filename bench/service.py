"""The service over HTTP on this machine, every decision on disk before it is answered, beside a bare Flask echo."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from bench.load import Load, request, run
from bench.report import Loss, Part, over, section, table
from bench.timing import percentile, shown

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 16
SECONDS = 5.0
ROUNDS = 3
START_LIMIT = 60
# What the project holds itself to: share of the echo's requests, nanoseconds of CPU and bytes on disk of one decision.
ECHO_SHARE_AIM = 0.3
CPU_AIM = 1_500_000
BYTES_AIM = 6_000

SERVE = [sys.executable, "-c", "from greenlane.api.cli import main; main()", "serve", "--port"]
ECHO = [sys.executable, "-m", "bench.echo"]


@dataclass(frozen=True, slots=True)
class Running:
    """A server: its port, and the process whose children are its workers."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU that the server and its workers have used, as Linux counts them."""
        found = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if self.pid in (int(path.parent.name), int(fields[1])):
                found += int(fields[11]) + int(fields[12])
        return found / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked in one round, and the seconds of CPU that the server used for it."""

    load: Load
    cpu: float


def measure(seconds: float = SECONDS, rounds: int = ROUNDS) -> Part:
    """The section of the page."""
    with tempfile.TemporaryDirectory() as folder, server(ECHO, {}) as echo, server(SERVE, _settings(folder)) as ours:
        targets = {
            "Flask echo": (echo, "/v1/decisions"),
            "greenlane, trace none": (ours, "/v1/decisions?trace=none"),
            "greenlane, trace fired": (ours, "/v1/decisions?trace=fired"),
        }
        found = _turns(targets, seconds, rounds)
    text = (
        f"`POST /v1/decisions` with the applications in `examples/`, {CONNECTIONS} connections from one client process "
        f"on the same machine, {rounds} rounds of {seconds:.0f} s in turn; 2 gunicorn workers of 8 threads on both; "
        "SQLite with full sync. The echo reads the same bodies and sends them back: what any Flask service costs "
        "here. Times are on the clock; CPU is that of the server's processes alone, for one request. Again: "
        "`python -m bench service`."
    )
    share = _rate(found["greenlane, trace none"]) / _rate(found["Flask echo"])
    disk = bytes_on_disk(seconds)
    body = table(["", "requests/s", "median", "p99", "CPU"], [_line(name, each) for name, each in found.items()])
    told = (
        f"Decisions without trace, each on disk before it is answered, come at {share:.0%} of the rate of the echo. A "
        f"decision with default settings takes {disk / 1000:.1f} kB on disk, log and indexes included."
    )
    losses = _losses(share, disk, _cpu(found["greenlane, trace none"]))
    return Part(section("Over HTTP", text, f"{body}\n\n{told}"), tuple(losses))


def bytes_on_disk(seconds: float) -> float:
    """Bytes of one decision with default settings in a new store: database, log, indexes, keys and signed heads."""
    bodies = [request("127.0.0.1", "/v1/decisions", body) for body in _bodies()]
    with tempfile.TemporaryDirectory() as folder:
        with server(SERVE, _settings(folder)):
            pass
        empty = _size(Path(folder))
        with server(SERVE, _settings(folder)) as ours:
            load = run(ours.port, bodies, CONNECTIONS, seconds)
        return (_size(Path(folder)) - empty) / len(load.times)


def _size(folder: Path) -> int:
    """Bytes of all files, what SQLite has still to move into its database moved before."""
    for path in folder.rglob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _settings(folder: str) -> Mapping[str, str]:
    return {"DATABASE_URL": f"sqlite:///{folder}/greenlane.db", "GREENLANE_LOG_LEVEL": "warning"}


def _bodies() -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "examples" / "applications").glob("*.json"))]


def _turns(targets: Mapping[str, tuple[Running, str]], seconds: float, rounds: int) -> dict[str, list[Round]]:
    found: dict[str, list[Round]] = {name: [] for name in targets}
    for number in range(rounds + 1):
        for name, (running, path) in targets.items():
            requests = [request("127.0.0.1", path, body) for body in _bodies()]
            before = running.cpu()
            # The first round warms the servers up and does not count.
            load = run(running.port, requests, CONNECTIONS, seconds if number else 1)
            if number:
                found[name].append(Round(load, running.cpu() - before))
    return found


def _rate(rounds: Sequence[Round]) -> float:
    return median(each.load.per_second for each in rounds)


def _cpu(rounds: Sequence[Round]) -> float:
    """Nanoseconds of CPU of one request."""
    return 1e9 * sum(each.cpu for each in rounds) / sum(len(each.load.times) for each in rounds)


def _line(name: str, rounds: Sequence[Round]) -> list[str]:
    found = [t for each in rounds for t in each.load.times]
    clock = [shown(percentile(found, 0.5)), shown(percentile(found, 0.99))]
    return [name, f"{_rate(rounds):,.0f}", *clock, shown(_cpu(rounds))]


def _losses(share: float, disk: float, cpu: float) -> list[Loss]:
    losses = over("a durable decision over HTTP, CPU", cpu, CPU_AIM)
    if share < ECHO_SHARE_AIM:
        losses.append(Loss("requests of a bare Flask echo", f"{share:.0%}", f"at least {ECHO_SHARE_AIM:.0%}"))
    if disk > BYTES_AIM:
        losses.append(Loss("a decision on disk", f"{disk / 1000:.1f} kB", f"at most {BYTES_AIM / 1000:.0f} kB"))
    return losses


@contextmanager
def server(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[Running]:
    """A server on a free port, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([*command, str(port)], cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait(port, process)
        yield Running(port, process.pid)
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

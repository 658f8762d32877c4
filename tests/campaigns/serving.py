"""The real service as a process, to be started, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from tests.campaigns.http import send

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """`greenlane serve` with the shipped rules on one database; its log is `directory/log`."""

    def __init__(self, directory: Path, database_url: str, settings: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.port = free_port()
        usual = {
            "DATABASE_URL": database_url,
            "GREENLANE_RULES": str(ROOT / "rules"),
            "GREENLANE_LOG_LEVEL": "warning",
            "GREENLANE_WORKERS": "2",
            "GREENLANE_THREADS": "4",
            "PYTHONPATH": str(ROOT),
        }
        self.environment = {**os.environ, **usual, **(settings or {})}
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it; returns when it is ready."""
        command = [
            sys.executable,
            "-c",
            "from greenlane.api.cli import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.directory, stderr=log, env=self.environment, start_new_session=True
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Returns when it answers that it is ready."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            assert self.process is not None
            assert self.process.poll() is None, (self.directory / "log").read_text()[-2000:]
            with suppress(OSError):
                if send(self.port, "GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError("the service did not become ready")

    def workers(self) -> list[int]:
        """The process ids of the workers alive now."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_worker(self, choice: int) -> None:
        """Kills one worker at once; the parent starts another."""
        found = self.workers()
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[choice % len(found)], signal.SIGKILL)

    def kill(self) -> None:
        """Kills the service and its workers at once, as a power cut would."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ends it in good order, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.kill()

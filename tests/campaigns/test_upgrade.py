"""New workers take over from old ones without a request lost."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.campaigns.checks import each_once
from tests.campaigns.clients import Clients
from tests.campaigns.figures import record
from tests.campaigns.serving import Service


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.long)])
def test_workers_are_replaced_under_load(tmp_path: Path, times: int) -> None:
    """SIGHUP starts workers with the code that is installed now; the old ones answer what they have begun."""
    with Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db") as service, Clients(service.port) as clients:
        for _ in range(times):
            before = set(service.workers())
            assert service.process is not None
            service.process.send_signal(signal.SIGHUP)
            limit = time.monotonic() + 60
            while before & set(service.workers()) and time.monotonic() < limit:
                time.sleep(0.1)
            assert not before & set(service.workers())
            time.sleep(1)
        clients.stop()
        held = each_once(service, clients.acknowledged)
    assert clients.unanswered == []
    assert clients.broken == 0
    assert clients.refusals.get(503, 0) == 0
    record("workers replaced", "SQLite", acknowledged=held, lost=0, refused_503=0, times=times, broken_connections=0)

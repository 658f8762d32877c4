"""Killed at any moment, the service and its database keep every decision that a client was given, exactly once."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.api.databases import OwnServer, fresh_database
from tests.campaigns.checks import each_once
from tests.campaigns.clients import Clients
from tests.campaigns.figures import record
from tests.campaigns.serving import Service

KILLS = int(os.environ.get("GREENLANE_TEST_KILLS", "200"))
RECOVERY_SECONDS = 5.0


def _campaign(service: Service, kills: int, seed: int, name: str, database: OwnServer | None) -> None:
    """Kills a worker, the whole service or the database, `kills` times at random moments under load."""
    chance = random.Random(seed)
    counted = {"worker": 0, "service": 0, "database": 0}
    recovered: list[float] = []
    with service, Clients(service.port) as clients:
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.9))
            what = chance.choices(["worker", "service", "database"], [6, 1, 2 if database else 0])[0]
            counted[what] += 1
            if what == "worker":
                service.kill_worker(chance.randrange(8))
            elif what == "service":
                service.kill()
                service.start()
            elif database is not None:
                recovered.append(_killed(database, service, chance.uniform(0, 0.5)))
        clients.stop()
        service.wait_until_ready()
        held = each_once(service, clients.acknowledged)
        assert clients.unanswered == []
    assert held > kills
    assert max(recovered, default=0) < RECOVERY_SECONDS
    record(
        "kill -9 under load",
        name,
        kills=counted,
        acknowledged=held,
        lost=0,
        broken_connections=clients.broken,
        refused_503=clients.refusals.get(503, 0),
        **({"slowest_recovery_s": round(max(recovered), 2)} if recovered else {}),
    )


def _killed(database: OwnServer, service: Service, away: float) -> float:
    """Kills the database server and starts it again; seconds from then until the service is ready."""
    database.kill()
    time.sleep(away)
    database.start()
    begun = time.monotonic()
    service.wait_until_ready()
    return time.monotonic() - begun


@pytest.mark.parametrize("kills", [3, pytest.param(KILLS, marks=pytest.mark.long)])
def test_killed_on_sqlite(tmp_path: Path, kills: int) -> None:
    """Workers and the whole service are killed; SQLite holds what was acknowledged."""
    _campaign(Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db"), kills, 1, "SQLite", None)


@pytest.mark.long
def test_killed_on_postgresql(tmp_path: Path) -> None:
    """Workers, the whole service and the database server are killed; PostgreSQL holds what was acknowledged."""
    server = OwnServer()
    with fresh_database(server) as url:
        _campaign(Service(tmp_path, url), KILLS, 2, "PostgreSQL", server)

"""New workers, and machines with a new version, take over from old ones without a request lost."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import verify
from greenlane.api.ledger.database import open_database
from tests.api.databases import find_server, fresh_database
from tests.campaigns.checks import each_once
from tests.campaigns.clients import Clients
from tests.campaigns.figures import record
from tests.campaigns.serving import Service
from tests.campaigns.version_before import version_before

SECONDS = 5.0
"""How long clients are at work on either machine while the versions differ."""


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


@pytest.mark.long
def test_machines_are_upgraded_one_after_another(tmp_path: Path) -> None:
    """The version before goes on, and gives the same answers, while the first machine with the new one changes the
    tables and afterwards; at the end the log was told of everything that either stored.
    """
    before = version_before(tmp_path / "before")
    with fresh_database(find_server()) as url:
        one, two = (_machine(tmp_path, name, url) for name in ("one", "two"))
        old = {"PYTHONPATH": str(before), "GREENLANE_RULES": str(before / "rules")}
        new = {name: one.environment[name] for name in old}
        one.environment |= old
        with one, Clients(one.port) as clients, two:
            time.sleep(SECONDS)
            with Clients(two.port) as others:
                time.sleep(SECONDS)
                others.stop()
            clients.stop()
            one.stop()
            one.environment |= new
            one.start()
            held = each_once(two, clients.acknowledged | others.acknowledged)
        engine = open_database(url)
        assert migrate.current(engine) == migrate.newest()
        assert verify(engine, [machine.directory / "var" / "heads.jsonl" for machine in (one, two)]).clean
        engine.dispose()
    for each in (clients, others):
        assert (each.unanswered, each.broken, each.refusals.get(503, 0)) == ([], 0, 0)
    record("machines upgraded", "PostgreSQL", acknowledged=held, lost=0, refused_503=0, broken_connections=0)


def _machine(directory: Path, name: str, url: str) -> Service:
    """One of several machines over one database, with the keys of all."""
    (directory / name).mkdir()
    keys = directory / "keys"
    shared = {
        "GREENLANE_SIGNING_KEY_FILE": str(keys / "signing.key"),
        "GREENLANE_MASTER_KEY_FILE": str(keys / "master.key"),
        "GREENLANE_KEY_STORE": f"sqlite:///{keys}/data-keys.db",
        "GREENLANE_WORKERS": "1",
    }
    return Service(directory / name, url, shared)

"""An hour of everything that clients do leaves memory, descriptors and threads as they were."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.databases import OwnServer, fresh_database
from tests.campaigns.clients import APPLICATIONS, Clients
from tests.campaigns.figures import record
from tests.campaigns.http import send
from tests.campaigns.serving import Service

SECONDS = int(os.environ.get("GREENLANE_TEST_SOAK", "3600"))
SAMPLES = 120
GROWTH = 1.05
"""What the most of the last quarter may be of the most of the second: caches are full by then."""

LATE = 4
"""Descriptors and threads that the workers may come to hold late: some are for what happens seldom."""


@dataclass(frozen=True, slots=True)
class Use:
    """What the workers hold together: memory of their own in kB, open descriptors, threads."""

    memory: int
    descriptors: int
    threads: int


def use_of(processes: list[int]) -> Use:
    """What these processes hold now."""
    memory = descriptors = threads = 0
    for process in processes:
        here = Path(f"/proc/{process}")
        memory += sum(
            int(line.split()[1])
            for line in (here / "smaps_rollup").read_text().splitlines()
            if line.startswith(("Private_Clean", "Private_Dirty"))
        )
        descriptors += len(list((here / "fd").iterdir()))
        threads += len(list((here / "task").iterdir()))
    return Use(memory, descriptors, threads)


def read_about(port: int, clients: Clients) -> Callable[[], int]:
    """One reading or refusal after another, over all kinds; gives the status."""
    turn = itertools.count()
    bad = json.dumps({"application": {"no": "such fact"}}).encode()

    def once() -> int:
        number = next(turn)
        known = json.loads(next(iter(list(clients.acknowledged.values())[-1:]), [b'{"decision_id":"-"}'])[0])
        one = f"/v1/decisions/{known['decision_id']}"
        asked: tuple[tuple[str, str, bytes | None], ...] = (
            ("GET", one, None),
            ("GET", f"{one}/explanation", None),
            ("GET", f"{one}/replay", None),
            ("GET", f"{one}/proof", None),
            ("GET", "/v1/decisions?limit=50", None),
            ("GET", "/v1/decisions?cursor=AAAA", None),
            ("POST", "/v1/decisions", bad),
            ("POST", "/v1/decisions?trace=full", APPLICATIONS[number % len(APPLICATIONS)]),
            ("GET", "/metrics", None),
            ("GET", "/nowhere", None),
        )
        method, path, body = asked[number % len(asked)]
        return send(port, method, path, body or b"")[0]

    return once


def soak(service: Service, seconds: int) -> tuple[list[Use], dict[int, int], int]:
    """Samples of what the workers hold while clients are at work, the answers to readings, and the decisions made."""
    samples: list[Use] = []
    answers: dict[int, int] = {}
    with service, Clients(service.port, count=2, pause=0.2) as clients:
        workers = service.workers()
        reading = read_about(service.port, clients)
        for number in range(SAMPLES):
            until = time.monotonic() + seconds / SAMPLES
            while time.monotonic() < until:
                status = reading()
                answers[status] = answers.get(status, 0) + 1
                time.sleep(0.2)
            assert service.workers() == workers, f"a worker was replaced before sample {number}"
            samples.append(use_of(workers))
        clients.stop()
        assert clients.unanswered == []
        assert clients.broken == 0
    return samples, answers, len(clients.acknowledged)


def most(samples: list[Use], quarter: int) -> Use:
    """The most of each in a quarter of the samples."""
    part = samples[quarter * len(samples) // 4 : (quarter + 1) * len(samples) // 4]
    return Use(max(u.memory for u in part), max(u.descriptors for u in part), max(u.threads for u in part))


def hold(name: str, service: Service, seconds: int) -> None:
    """Soaks the service, asserts that nothing grew, and records the figures."""
    samples, answers, decisions = soak(service, seconds)
    assert max(answers) < 500, answers
    before, after = most(samples, 1), most(samples, 3)
    assert after.memory <= GROWTH * before.memory, (before, after)
    assert after.descriptors <= before.descriptors + LATE
    assert after.threads <= before.threads + LATE
    record(
        "soak",
        name,
        acknowledged=decisions,
        lost=0,
        seconds=seconds,
        other_requests=sum(answers.values()),
        memory_MB_of_two_workers={"second quarter": before.memory // 1024, "last quarter": after.memory // 1024},
        descriptors=after.descriptors,
        threads=after.threads,
    )


@pytest.mark.long
def test_soak_on_sqlite(tmp_path: Path) -> None:
    """Decisions, readings, searches, replays, proofs, metrics and refusals, for an hour."""
    hold("SQLite", Service(tmp_path, f"sqlite:///{tmp_path}/greenlane.db"), SECONDS)


@pytest.mark.long
def test_soak_on_postgresql(tmp_path: Path) -> None:
    """The same, for a quarter of it."""
    with fresh_database(OwnServer()) as url:
        hold("PostgreSQL", Service(tmp_path, url), SECONDS // 4)

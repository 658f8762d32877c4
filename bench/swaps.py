"""Five hundred releases activated under load: does any decision mix two, fail, or wait for it? `python -m bench.swaps`.

The steps are recorded by this process, as by another machine; the service only follows. Each release carries a number
in its version and in a price, so an answer that mixes two of them shows.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from statistics import median
from typing import Any

from bench.report import Loss, Part, section, table
from bench.service import ROOT, SERVE, server
from bench.timing import percentile, shown
from greenlane.api.config import Settings
from greenlane.api.principals import Principal, Role
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.json_text import decode, encode

SWAPS, PER_SECOND, FRESH_EVERY, SEEN = 500, 5, 25, 4
CONNECTIONS, PAUSE = 4, 0.02
SLOW = 3
ANN = Principal("ann", frozenset((Role.AUTHOR,)))
BOB = Principal("bob", frozenset((Role.APPROVE,)))
CASE = ROOT / "examples" / "applications" / "EX-01.json"
PRICE = "PRC-T1 | strategic         | -30 |"


@dataclass(slots=True)
class Asked:
    """One request: when it began and ended, and what the answer says of the release that decided."""

    begun: float
    ended: float
    status: int
    version: str = ""
    discount: str = ""


def calls(port: int, during: Callable[[], None]) -> list[Asked]:
    """Everything that clients in a process of their own ask, at a steady pace, while something goes on."""
    context = multiprocessing.get_context("spawn")
    stop, found = context.Event(), context.Queue()
    process = context.Process(target=_clients, args=(port, stop, found))
    process.start()
    during()
    stop.set()
    asked: list[Asked] = found.get()
    process.join()
    return asked


def _clients(port: int, stop: Event, found: Queue[list[Asked]]) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        asked = list(pool.map(lambda _: list(_client(port, stop)), range(CONNECTIONS)))
    found.put([each for part in asked for each in part])


def _client(port: int, stop: Event) -> Iterator[Asked]:
    connection, body = HTTPConnection("127.0.0.1", port, timeout=30), CASE.read_bytes()
    path = f"/v1/decisions?trace=none&as_of={datetime.now(UTC).date()}"
    while not stop.is_set():
        begun = time.time()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        asked = Asked(begun, time.time(), response.status)
        if response.status == 201:
            asked.version = answer["release"]["version"]
            asked.discount = str(answer["outcome"]["pricing"]["adjustments"][0][1])
        yield asked
        time.sleep(PAUSE)


def rule_files(number: int) -> dict[str, str]:
    """The shipped rules with a number in the version and in a price, and one worked case, in which that price holds."""
    rules = ROOT / "rules"
    paths = [p for p in rules.rglob("*") if p.suffix in {".yaml", ".csv"}]
    files = {p.relative_to(rules).as_posix(): p.read_text(encoding="utf-8") for p in paths}
    files["ruleset.yaml"] = files["ruleset.yaml"].replace("version: 1.0.0", f"version: 1.0.{number}")
    files["pricing.yaml"] = files["pricing.yaml"].replace(PRICE, PRICE.replace("-30", f"-{30 + number}"))
    case = {"application": decode(CASE.read_bytes()), "expected": {"tier": "strategic"}}
    files["cases/EX-01.json"] = encode(case).decode()
    return files


def approved(services: Services, number: int) -> str:
    """The id of a release with that number, ready to be activated."""
    release = services.lifecycle.draft(rule_files(number), None, ANN).release_id
    assert release is not None
    services.submissions.judge(services.submissions.ask(release, None, None, ANN))
    services.lifecycle.approve(release, None, BOB)
    return release


def swap(services: Services, releases: dict[str, str], swaps: int, made: list[tuple[float, str]]) -> None:
    """Activates releases at a steady pace, now and then a new one; notes when each was on record, and its version."""
    versions = list(releases)
    for count in range(swaps):
        due = time.time() + 1 / PER_SECOND
        fresh = SEEN + count // FRESH_EVERY
        version = versions[fresh if count % FRESH_EVERY == FRESH_EVERY - 1 else count % fresh]
        services.lifecycle.activate(releases[version], None, None, None, BOB)
        made.append((time.time(), version))
        time.sleep(max(0.0, due - time.time()))


def behind(asked: Sequence[Asked], made: Sequence[tuple[float, str]]) -> float:
    """How long after a release was replaced a request that began later was still decided by it, at most, in seconds."""
    worst = 0.0
    for each in asked:
        past = [index for index, (moment, _) in enumerate(made) if moment <= each.ended]
        ends = [made[i + 1][0] if i + 1 < len(made) else each.ended for i in past if made[i][1] == each.version]
        if each.version and ends:
            worst = max(worst, each.begun - max(ends))
    return worst


def found_by(usual: Sequence[Asked], swapped: Sequence[Asked], made: Sequence[tuple[float, str]]) -> Mapping[str, Any]:
    """The figures."""
    mixed = [a for a in swapped if a.version and a.discount != f"-{30 + int(a.version.rpartition('.')[2])}"]
    middle = median(a.ended - a.begun for a in usual)
    return {
        "swaps": len(made) - 1,
        "releases": len({version for _, version in made}),
        "decisions": len(swapped),
        "failed": sum(a.status != 201 for a in swapped),
        "mixed": len(mixed),
        "behind_s": round(behind(swapped, made), 3),
        "usual": _times(usual, middle),
        "swapped": _times(swapped, middle),
    }


def _times(asked: Sequence[Asked], middle: float) -> Mapping[str, Any]:
    taken = [a.ended - a.begun for a in asked]
    nanoseconds = [round(t * 1e9) for t in taken]
    shares = {f"p{100 * q:g}": shown(percentile(nanoseconds, q)) for q in (0.5, 0.99, 0.999)}
    return {
        **shares,
        "slowest": shown(max(nanoseconds)),
        "over": sum(t > SLOW * middle for t in taken),
        "of": len(taken),
    }


def run(swaps: int = SWAPS) -> Mapping[str, Any]:
    """What was found; the load goes on as long without swaps as with them."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/greenlane.db"
        services = build_services(Settings(url, ROOT / "rules", rules_mode="releases"))
        services.ledger.ping()
        environment = {"DATABASE_URL": url, "GREENLANE_RULES_MODE": "releases", "GREENLANE_LOG_LEVEL": "warning"}
        made: list[tuple[float, str]] = [(0.0, "1.0.0")]
        with server(SERVE, environment) as running:
            number = SEEN + swaps // FRESH_EVERY
            releases = {f"1.0.{each}": approved(services, each) for each in range(1, number + 1)}
            calls(running.port, lambda: time.sleep(5))
            usual = calls(running.port, lambda: time.sleep(swaps / PER_SECOND))
            swapped = calls(running.port, lambda: swap(services, releases, swaps, made))
        services.close()
    return found_by(usual, swapped, made)


def measure() -> Part:
    """The section of the page."""
    found = run()
    text = (
        f"{found['swaps']} activations of {found['releases']} approved releases of the shipped rules, {PER_SECOND} a "
        f"second, recorded by another process, while {CONNECTIONS} clients ask 2 workers (`python -m bench.swaps`); "
        f"every {FRESH_EVERY}th time a release that no worker has compiled. The same load without activations, as "
        "long, is the measure. A decision mixes two releases if its price is not that of the version it names; it is "
        "late if it began after its release was replaced."
    )
    heads = ["", "median", "p99", "p99.9", "slowest", f"over {SLOW}x the usual median"]
    rows = [_row("without swaps", found["usual"]), _row("with swaps", found["swapped"])]
    told = (
        f"Of {found['decisions']:,} decisions {found['failed']} failed, {found['mixed']} mixed two releases, and none "
        f"was later than {found['behind_s']} s."
    )
    losses = [
        Loss(f"decisions that {what} while releases are swapped", f"{found[key]:,}", "none")
        for key, what in (("failed", "failed"), ("mixed", "mixed two releases"))
        if found[key]
    ]
    return Part(section("Swaps of releases", text, f"{table(heads, rows)}\n\n{told}"), tuple(losses))


def _row(name: str, times: Mapping[str, Any]) -> list[str]:
    figures = (times[key] for key in ("p50", "p99", "p99.9", "slowest"))
    return [name, *figures, f"{times['over']} of {times['of']:,}"]


def main(swaps: int = SWAPS) -> None:
    """Measures and prints JSON; exit code 1 when a decision failed or mixed two releases."""
    found = run(swaps)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    sys.exit(1 if found["failed"] or found["mixed"] else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

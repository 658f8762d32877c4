"""`python -m tests.campaigns.report FIGURES`: writes docs/reliability.md from what the campaigns recorded."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bench.report import table

PROGRESS = Path(__file__).parents[1] / "fuzz" / "progress.json"
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HEAD = """# Reliability

Written by `make campaigns` on {day}: faults made on purpose, under load, on 2 cores. Clients send applications, each
under an `Idempotency-Key` of its own, and repeat the same key until they are answered; every fifth asks again after its
answer. After each campaign every acknowledged decision is looked up: it must be stored exactly once, all answers to its
key must have been the same bytes, and the service must still give them. Then the log is verified from end to end, with
the heads that were kept outside the database.

- **kill -9 under load**: a worker, the whole service or the database server is killed, at random moments.
- **database stopped**, **connections cut**: the server goes away and comes back, as in a failover; every connection of
  the service is cut.
- **disk full**: a small file system of its own is filled to the last byte, and cleared again.
- **table locked**, **file locked**: somebody else holds the lock for longer than a request waits.
- **workers replaced**: all workers are replaced one by one, as for an upgrade, again and again.
- **machines upgraded**: two machines on one database turn to this version from the one before its newest tables, one
  after the other, each with clients of its own; no request of either may fail.
- **restored from a backup**: the database is lost some seconds after a copy was made, and the copy put in its place.
  The audit must name every head that it lacks and find nothing else; once these are given up on record, all that was
  acknowledged before the copy is given as before, to the byte, with its evidence, and the rest decided when it is asked
  again. `recovery` is from giving up to the service being ready.
- **slow clients**: 200 at a time that send heads, bodies or chunks a byte at a time, do not read their answers, or say
  nothing; `health` is how often `/healthz` was asked meanwhile, and answered every time.
- **bytes that are no requests**: requests cut up, damaged and put together wrongly; `answers` are by status.
- **soak**: decisions, readings, searches, replays, proofs, metrics and refusals, a few a second for an hour (a quarter
  of it on PostgreSQL), after which neither memory nor descriptors nor threads have grown.
- **random damage**: one byte, value or row of a filled database is changed, cut, blanked, swapped, removed or inserted
  again, in every table that is proved ([which](audit.md#what-is-covered)), each undone before the next; `not found` is
  what `audit verify` did not see.
- **audit of a large store**: `greenlane audit verify` of a store of a million entries and of one of a tenth of them; of
  every 500 entries 300 are decisions, 120 readings, 60 reviews, 20 erasures.

`refused` are answers 503 with `Retry-After`; `recovery` is the time from the store being back to the next decision.

"""
INPUTS_HEAD = "## Generated inputs\n"
INPUTS_TEXT = """
{total} inputs of a planned ten million, spread over runs: each share (`python -m tests.fuzz.campaign --keep`, and
`make campaigns`) goes on where the one before ended. An input has a number, and is the same wherever it is made.
Whatever it is, it must be read or refused: no exception and no 500; not more than 20 seconds of a processor and 3 GB,
and, of what rules compute, a bounded number of steps. [What else must hold](../tests/fuzz/checks.py): the interpreter
and compiled code agree, what is printed reads back, a token or cursor is taken only if its maker signed just these
characters, a pack only if it is the one that was made.

- **expression**, **cell**: FEEL; `-sentences` are made from its grammar, the others are worked examples, damaged.
- **rulefile**, **dmn**, **workbook**: rule files, models and XLSX files, damaged as texts, in one part, or as bytes.
- **request**: requests to every operation: address, headers and body, nearly as the OpenAPI document says, or damaged.
- **token**, **cursor**, **pack**: signed, then changed.

`findings` are all since the beginning, each mended with a test; `memory` is the most that the process had.

"""
INPUTS = {"inputs": "inputs", "findings": "findings", "memory_MB": "memory (MB)"}
WORDS = {
    "acknowledged": "acknowledged",
    "lost": "lost",
    "refused_503": "refused",
    "recovery_s": "recovery (s)",
}


def page(lines: Iterator[Mapping[str, Any]], day: date) -> str:
    """The page with a row for each campaign, in the order they were run."""
    heads = ["campaign", "database", *WORDS.values(), "besides"]
    rows = []
    for line in lines:
        known = [_shown(line.get(name)) for name in WORDS]
        others = {k: v for k, v in line.items() if k not in WORDS and k not in ("campaign", "database")}
        besides = "; ".join(f"{name.replace('_', ' ')} {_shown(value)}" for name, value in others.items())
        rows.append([line["campaign"], line["database"], *known, besides])
    return HEAD.format(day=day) + table(heads, rows) + "\n"


def read_progress() -> dict[str, dict[str, Any]]:
    """What all shares of the generated inputs have done so far, by target."""
    found: dict[str, dict[str, Any]] = json.loads(PROGRESS.read_text(encoding="utf-8"))
    return found


def with_inputs(text: str, progress: Mapping[str, Mapping[str, Any]]) -> str:
    """The page with what all shares of the generated inputs together have done, in place of what it said of them."""
    rows = [[name, *(_shown(done[member]) for member in INPUTS)] for name, done in progress.items()]
    total = _shown(sum(done["inputs"] for done in progress.values()))
    return (
        text.partition(INPUTS_HEAD)[0].rstrip()
        + "\n\n"
        + INPUTS_HEAD
        + INPUTS_TEXT.format(total=total)
        + table(["target", *INPUTS.values()], rows)
        + "\n"
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_shown(number)} × {name}" for name, number in value.items() if number)
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def main(figures: Path) -> None:
    """Writes the page."""
    lines = (json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines())
    PAGE.write_text(with_inputs(page(lines, date.today()), read_progress()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

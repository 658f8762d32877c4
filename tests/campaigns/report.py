"""`python -m tests.campaigns.report FIGURES`: writes docs/reliability.md from what the campaigns recorded."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bench.report import table

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
- **slow clients**: 200 at a time that send heads, bodies or chunks a byte at a time, do not read their answers, or say
  nothing; `health` is how often `/healthz` was asked meanwhile, and answered every time.
- **bytes that are no requests**: requests cut up, damaged and put together wrongly; `answers` are by status.
- **random damage**: one byte, value or row of a filled database is changed, cut, blanked, swapped, removed or inserted
  again, in every table that is proved ([which](audit.md#what-is-covered)), each undone before the next; `not found` is
  what `audit verify` did not see.
- **audit of a large store**: `greenlane audit verify` of a store of a million entries and of one of a tenth of them; of
  every 500 entries 300 are decisions, 120 readings, 60 reviews, 20 erasures.

`refused` are answers 503 with `Retry-After`; `recovery` is the time from the store being back to the next decision.

"""
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


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_shown(number)} × {name}" for name, number in value.items() if number)
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value)


def main(figures: Path) -> None:
    """Writes the page."""
    lines = (json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines())
    PAGE.write_text(page(lines, date.today()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

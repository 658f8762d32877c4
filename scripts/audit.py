"""`python scripts/audit.py LOCK…`: whether vulnerabilities are known of the packages that the lock files name.

Asks the OSV database (https://osv.dev, one request with names and versions), or the one at `OSV_URL`. Exit code 0: none
is known; 1: some are; 3: nothing was checked, since no database could be asked or what answered is none.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PIN = re.compile(r"^([a-z0-9-]+)==(\S+) \\$", re.MULTILINE)
DATABASE = "https://api.osv.dev"
CANARY = ("jinja2", "2.4.1")
"""A version with vulnerabilities for ever: whatever does not know of them knows nothing."""

NONE, FOUND, NOT_CHECKED = 0, 1, 3
SECONDS = 30
ANSWER = 50_000_000
"""Bytes of an answer, at most."""

Pin = tuple[str, str]


class NotCheckedError(Exception):
    """No database could be asked."""


def pins_of(locks: Sequence[Path]) -> list[Pin]:
    """Every package and version that the lock files name."""
    return sorted({pin for lock in locks for pin in PIN.findall(lock.read_text(encoding="utf-8"))})


def known_of(pins: Sequence[Pin], database: str) -> Mapping[Pin, list[str]]:
    """The vulnerabilities known of each package that has any. Raises `NotCheckedError`."""
    asked = [CANARY, *pins]
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in asked]
    request = urllib.request.Request(
        f"{database}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            told = json.loads(answer.read(ANSWER))["results"]
        found = [[one["id"] for one in each.get("vulns", ())] for each in told]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotCheckedError(f"{type(error).__name__}: {error}") from None
    if len(found) != len(asked) or not found[0]:
        raise NotCheckedError("what answers is no database of vulnerabilities")
    return {pin: ids for pin, ids in zip(pins, found[1:], strict=True) if ids}


def main(locks: list[str]) -> int:
    """The command."""
    database, pins = os.environ.get("OSV_URL") or DATABASE, pins_of([*map(Path, locks)])
    try:
        known = known_of(pins, database)
    except NotCheckedError as why:
        sys.stderr.write(f"known vulnerabilities: NOT CHECKED: {database} could not be asked ({why})\n")
        return NOT_CHECKED
    for (name, version), ids in known.items():
        sys.stdout.write(f"{name} {version}: {', '.join(ids)}\n")
    number: Any = len(known) or "none"
    sys.stdout.write(f"known vulnerabilities: {number} of {len(pins)} packages have any, says {database}\n")
    return FOUND if known else NONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

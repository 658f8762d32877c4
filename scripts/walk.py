"""Counts what one `POST /v1/decisions` runs through: files and functions of the package, in the request's own thread.

    .venv/bin/python scripts/walk.py [--functions] [--trace none|fired|full]

The application is examples/applications/EX-01.json, decided with the shipped rules and stored in a SQLite file that is
thrown away. One request is answered first, so that nothing of the start is counted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from greenlane.api.app import create_app
from greenlane.api.config import read_settings
from greenlane.api.wiring.services import build_services

ROOT = Path(__file__).resolve().parents[1]
ROOMS = tuple(str(ROOT / room) for room in ("greenlane", "engine", "api"))
APPLICATION = (ROOT / "examples" / "applications" / "EX-01.json").read_bytes()
Calls = Counter[tuple[str, str]]


@contextmanager
def calls_of_this_thread() -> Iterator[Calls]:
    """The functions of the package that this thread calls, by file and name, in the order in which they are met."""
    met: Calls = Counter()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(ROOMS):
            met[str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname] += 1

    sys.setprofile(note)
    try:
        yield met
    finally:
        sys.setprofile(None)


def walk(trace: str) -> Calls:
    """What the second request of a new service calls."""
    with tempfile.TemporaryDirectory() as directory:
        url, rules = f"sqlite:///{directory}/walk.db", str(ROOT / "rules")
        settings = read_settings({"DATABASE_URL": url, "GREENLANE_RULES": rules, "GREENLANE_LOG_LEVEL": "error"})
        client = create_app(build_services(settings)).test_client()
        for turn in ("start", "measured"):
            with calls_of_this_thread() as met:
                answer = client.post(f"/v1/decisions?trace={trace}", data=APPLICATION, content_type="application/json")
            assert answer.status_code == 201, (turn, answer.text)
    return met


def main() -> None:
    """Prints the files with their number of functions, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", action="store_true", help="name the functions")
    parser.add_argument("--trace", default="fired", choices=("none", "fired", "full"))
    asked = parser.parse_args()
    met = walk(asked.trace)
    files: dict[str, list[str]] = {}
    for file, function in met:
        files.setdefault(file, []).append(function)
    for file, functions in files.items():
        sys.stdout.write(f"{file}  {', '.join(functions) if asked.functions else len(functions)}\n")
    sys.stdout.write(f"{len(files)} files, {len(met)} functions\n")


if __name__ == "__main__":
    main()

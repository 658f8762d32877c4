"""`python -m tests.fuzz.target NAME FOLDER [libFuzzer options]`: one target under atheris.

What a check says against an input is written to FOLDER once for each place in the engine, and the run goes on. A hang
or too much memory ends it, and libFuzzer leaves the input behind.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["engine"], enable_loader_override=False):
    from tests.fuzz.bounds import lower_bounds
    from tests.fuzz.checks import CHECKS
    from tests.fuzz.sentences import Sentences


class Findings:
    """Inputs that broke a check, one for each place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: set[str] = set()

    def run(self, check: Callable[[bytes], None], data: bytes) -> None:
        """Checks the input, and keeps it where that fails."""
        running = self._folder / "running"
        running.write_bytes(data)
        try:
            check(data)
        except Exception as error:
            place = _place(error)
            if place not in self._places:
                self._places.add(place)
                name = hashlib.sha256(data).hexdigest()[:12]
                (self._folder / f"{name}.input").write_bytes(data)
                (self._folder / f"{name}.why").write_text("".join(traceback.format_exception(error)))
                sys.stderr.write(f"FINDING {name} {place}\n")


def _place(error: BaseException) -> str:
    """Where it went wrong; a disagreement is told apart by what it says, as all of them are seen in one place."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error)[:60] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno} {said}"


def _data(name: str) -> Callable[[bytes], bytes]:
    """What is checked for the bytes that libFuzzer gives: themselves, or the sentence they choose."""
    if not name.endswith("-sentences"):
        return lambda data: data
    make = Sentences.expression if name.startswith("expression") else Sentences.cell
    return lambda data: make(Sentences(atheris.FuzzedDataProvider(data))).encode()


def main() -> None:
    """Runs the target until libFuzzer has had enough."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    check, data_of, findings = CHECKS[name.removesuffix("-sentences")], _data(name), Findings(folder)

    lower_bounds(setattr)

    def one(data: bytes) -> None:
        findings.run(check, data_of(data))

    atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

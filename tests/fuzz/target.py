"""`python -m tests.fuzz.target NAME FOLDER [libFuzzer options]`: one target under atheris.

What a check says against an input is written to FOLDER once for each place in the engine, and the run goes on. A hang
or too much memory ends it, and libFuzzer leaves the input behind.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["greenlane"], enable_loader_override=False):
    from tests.fuzz.bounds import lower_bounds
    from tests.fuzz.checks import CHECKS
    from tests.fuzz.findings import Findings
    from tests.fuzz.sentences import Sentences


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
        made = data_of(data)
        (folder / "running").write_bytes(made)
        findings.run(check, made)

    atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

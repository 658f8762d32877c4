"""`python -m tests.fuzz.campaign [TARGET …] [--inputs N] [--keep]`: the next share of the generated inputs.

Goes on where the shares before ended, which `progress.json` tells: over many runs every target gets its number of
inputs of ten million. One process, which may have so much memory and no more. `--keep` writes what was done to
`progress.json` and docs/reliability.md. Findings are in `var/fuzz`. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Mapping
from typing import Any

from tests.campaigns.report import PAGE, PROGRESS, read_progress, with_inputs
from tests.fuzz.bounds import lower_bounds
from tests.fuzz.checks import CHECKS
from tests.fuzz.findings import Findings, watch
from tests.fuzz.generated import generated
from tests.fuzz.seeds import ROOT, SENTENCES

WORK = ROOT / "var" / "fuzz"
SHARES: Mapping[str, int] = {
    f"expression{SENTENCES}": 28,
    f"cell{SENTENCES}": 12,
    "expression": 10,
    "cell": 8,
    "rulefile": 6,
    "dmn": 6,
    "request": 10,
    "token": 5,
    "cursor": 7,
    "workbook": 4,
    "pack": 4,
}
"""Of a hundred inputs, how many each target gets."""

MEMORY = 3_000_000_000
"""Bytes that the process may have: an input that needs more ends with a `MemoryError`, which is a finding."""


def main(words: list[str]) -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.campaign")
    parser.add_argument("targets", nargs="*", choices=[[], *SHARES], metavar="TARGET")
    parser.add_argument("--inputs", type=int, default=100_000, help="for all targets together")
    parser.add_argument("--keep", action="store_true", help="go on from here the next time")
    asked = parser.parse_args(words)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    lower_bounds(setattr)
    watch()
    targets, progress = asked.targets or list(SHARES), read_progress()
    whole = sum(SHARES[target] for target in targets)
    findings = 0
    for target in targets:
        findings += share(target, max(1, asked.inputs * SHARES[target] // whole), progress)
        if asked.keep:
            PROGRESS.write_text(json.dumps(progress, indent=2) + "\n", encoding="utf-8")
            PAGE.write_text(with_inputs(PAGE.read_text(encoding="utf-8"), progress), encoding="utf-8")
    return 1 if findings else 0


def share(target: str, count: int, progress: dict[str, dict[str, Any]]) -> int:
    """Checks the next `count` inputs of a target; the number of findings."""
    check, findings, done = CHECKS[target.removesuffix(SENTENCES)], Findings(WORK / target), progress[target]
    first = done["inputs"]
    for number in range(first, first + count):
        findings.run(check, generated(target, number))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    done.update(
        inputs=first + count, findings=done["findings"] + findings.number, memory_MB=max(done["memory_MB"], memory)
    )
    sys.stderr.write(f"{target}: inputs {first:,} to {first + count:,}, {findings.number} findings, {memory} MB\n")
    return findings.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

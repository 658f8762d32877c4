"""`python -m tests.fuzz [TARGET …] [--seconds N]`: runs the targets one after the other, each in a process of its own.

What a run learns stays in `var/fuzz`, so that the next begins there. A finding is written as the input and why it is
one; its input belongs into `tests/fuzz/corpus`, once it is mended. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.fuzz.generated import generated
from tests.fuzz.seeds import ROOT, SENTENCES, seeds

WORK = ROOT / "var" / "fuzz"
# The share of the time that each target has.
SHARES: Mapping[str, int] = {
    f"expression{SENTENCES}": 4,
    f"cell{SENTENCES}": 2,
    "expression": 2,
    "cell": 1,
    "rulefile": 2,
    "dmn": 1,
    "request": 2,
    "token": 1,
    "cursor": 1,
    "workbook": 2,
    "pack": 1,
}
# Of those targets whose inputs are made and not written: so many of them to begin with.
SEEDS = dict.fromkeys(SHARES, 0) | {"request": 300, "token": 50, "cursor": 10, "workbook": 20, "pack": 10}
_OPTIONS = ("-rss_limit_mb=2048", "-timeout=60", "-len_control=0", "-max_len=600", "-print_final_stats=1")
_LONGER = {
    "rulefile": "-max_len=3000",
    "dmn": "-max_len=4000",
    "request": "-max_len=20000",
    "token": "-max_len=9000",
    "workbook": "-max_len=60000",
    "pack": "-max_len=200000",
}
_PROGRESS = re.compile(r"^#(\d+)\s+\S+\s+cov: (\d+) ft: (\d+)")


def main() -> int:
    """Runs what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", choices=[[], *SHARES], metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    asked = parser.parse_args()
    targets = asked.targets or list(SHARES)
    whole = sum(SHARES[target] for target in targets)
    found = [_run(target, max(1, asked.seconds * SHARES[target] // whole)) for target in targets]
    return 1 if any(found) else 0


def _run(target: str, seconds: int) -> int:
    """The number of findings of one target. A hang ends its process, and another goes on for the rest of the time."""
    folder = WORK / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate([*seeds(target), *(generated(target, number) for number in range(SEEDS[target]))]):
        (corpus / f"seed-{number:04}").write_bytes(seed)
    end, executed, findings, first = time.monotonic() + seconds, 0, 0, ""
    while (left := int(end - time.monotonic())) > 0:
        options = (*_OPTIONS, _LONGER.get(target, ""), f"-max_total_time={left}", f"-artifact_prefix={folder}/")
        command = [sys.executable, "-m", "tests.fuzz.target", target, str(folder), str(corpus), *filter(None, options)]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, errors="replace")
        runs, broken, reached = _follow(process, target, end)
        executed += runs
        findings += broken
        first = first or reached[0]
        if process.wait() == 0:
            break
        findings += 1
        _hang(folder)
    _say(f"{target}: {executed:,} runs, coverage {first} to {reached[1]}, {findings} findings\n")
    return findings


def _follow(process: subprocess.Popen[str], target: str, end: float) -> tuple[int, int, tuple[str, str]]:
    """Runs, findings, and coverage at the beginning and the end."""
    runs, findings, first, last = 0, 0, "", ""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("FINDING"):
            findings += 1
            _say(f"{target}: {line}")
        elif match := _PROGRESS.match(line):
            runs, last = int(match[1]), match[2]
            first = first or last
            if sys.stderr.isatty():
                left = max(0, int(end - time.monotonic()))
                _say(f"\r{target}: {runs:,} runs, coverage {last}, {findings} findings, {left} s left \x1b[K")
        elif "ERROR: libFuzzer" in line:
            _say(f"{target}: {line}")
        elif line.startswith("stat::number_of_executed_units"):
            runs = int(line.split()[1])
    if sys.stderr.isatty():
        _say("\r\x1b[K")
    return runs, findings, (first, last)


def _hang(folder: Path) -> None:
    """Keeps what was running when the process ended."""
    running = folder / "running"
    if running.exists():
        running.rename(folder / f"stopped-{int(time.time())}.input")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

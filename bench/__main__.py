"""`python -m bench [PART …]`: measures, and writes docs/benchmarks.md when every part was measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from bench import expressions, policy, proof, service, swaps, tables
from bench.report import PAGE, write

PARTS: Mapping[str, Callable[[], str]] = {
    "tables": tables.measure,
    "policy": policy.measure,
    "service": service.measure,
    "swaps": swaps.measure,
    "proof": proof.measure,
    "expressions": expressions.measure,
}


def main(chosen: list[str]) -> None:
    """Measures the parts named, all when none is."""
    sections = []
    for name in chosen or PARTS:
        sys.stderr.write(f"measuring {name}\n")
        sections.append(PARTS[name]())
        sys.stdout.write(sections[-1] + "\n")
    if not chosen:
        write(sections)
        sys.stderr.write(f"written to {PAGE}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

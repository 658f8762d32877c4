"""`python -m bench [PART …]`: measures, and writes docs/benchmarks.md when every part was measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from bench import expressions, peers, policy, proof, service, swaps, tables
from bench.report import PAGE, Part, where_we_lose, write

PARTS: Mapping[str, Callable[[], Part]] = {
    "tables": tables.measure,
    "peers": peers.measure,
    "policy": policy.measure,
    "service": service.measure,
    "swaps": swaps.measure,
    "proof": proof.measure,
    "expressions": expressions.measure,
}


def main(chosen: list[str]) -> None:
    """Measures the parts named, all when none is."""
    if unknown := sorted(set(chosen) - set(PARTS)):
        sys.exit(f"no part {', '.join(unknown)}: there are {', '.join(PARTS)}")
    parts: list[Part] = []
    for name in chosen or PARTS:
        sys.stderr.write(f"measuring {name}\n")
        parts.append(PARTS[name]())
        sys.stdout.write(parts[-1].text + "\n")
    sys.stdout.write(where_we_lose(loss for part in parts for loss in part.losses) + "\n")
    if not chosen:
        write(parts)
        sys.stderr.write(f"written to {PAGE}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

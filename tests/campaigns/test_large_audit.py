"""An audit of a very large store is finished in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.unit_of_work import Ledger
from tests.api.ledger.stores import key_store, signer_in
from tests.campaigns import figures
from tests.campaigns.large import make_large

LEAVES = int(os.environ.get("GREENLANE_TEST_LEAVES", "1000000"))
AUDIT = """
import sys
from pathlib import Path
from greenlane.api.cli import main
try:
    main(["audit", "verify"])
finally:
    print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0], file=sys.stderr)
"""
"""Runs the command and tells the most memory it had, in kB; `getrusage` would count that of the process before it."""


def audited(folder: Path, leaves: int) -> tuple[float, int]:
    """Seconds and megabytes that `greenlane audit verify` takes for a store of this many entries."""
    ledger = Ledger(open_database(f"sqlite:///{folder}/greenlane.db"), key_store(folder), signer_in(folder))
    make_large(ledger, leaves)
    ledger.close()
    settings = {"DATABASE_URL": f"sqlite:///{folder}/greenlane.db", "GREENLANE_WITNESS": f"{folder}/heads.jsonl"}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", AUDIT], env=os.environ | settings, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return seconds, int(done.stderr.split()[-1]) // 1024


@pytest.mark.long
def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Ten times the entries, no more memory but what any long process gathers."""
    (small := tmp_path / "small").mkdir()
    (large := tmp_path / "large").mkdir()
    _, before = audited(small, LEAVES // 10)
    seconds, megabytes = audited(large, LEAVES)
    figures.record(
        "audit of a large store",
        "SQLite",
        entries=LEAVES,
        seconds=round(seconds),
        memory_MB=megabytes,
        memory_MB_of_a_tenth=before,
    )
    assert megabytes < 1.2 * before

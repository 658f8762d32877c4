"""The cases of the DMN Technology Compatibility Kit, where they lie beside the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
RUNNER = ROOT.parent / "shared" / "tck" / "runner" / "run_tck.py"


@pytest.mark.skipif(not RUNNER.exists(), reason="no kit at ../shared/tck beside the checkout")
def test_whole_models_of_the_kit() -> None:
    """Read and run by the engine itself: all of level 2, and nearly all of level 3."""
    done = subprocess.run(
        [sys.executable, str(RUNNER), "--adapter", "tests.tck_adapter:Adapter", "--level", "all", "--failures", "20"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    shown = done.stdout + done.stderr
    level_2 = re.search(r"^Level 2 +(\d+)/(\d+)", shown, re.MULTILINE)
    total = re.search(r"^TOTAL .* passed=(\d+) cases=(\d+) .* value_pct=([\d.]+)", shown, re.MULTILINE)
    assert level_2, shown
    assert total, shown
    assert level_2[1] == level_2[2], shown
    assert int(total[1]) >= 0.999 * int(total[2]), shown
    assert float(total[3]) >= 99.9, shown

"""A share of the inputs that nobody would write, in a process of its own with bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.campaigns.figures import FILE
from tests.fuzz.seeds import ROOT

INPUTS = int(os.environ.get("GREENLANE_TEST_INPUTS", "500000"))


@pytest.mark.long
def test_a_share_of_the_inputs() -> None:
    """Whatever is read, asked or sent: nothing fails, hangs, or is taken that nobody signed.

    Where figures are gathered the next share begins where this one ends, and the page tells of both.
    """
    keep = ["--keep"] if os.environ.get(FILE) else []
    command = [sys.executable, "-m", "tests.fuzz.campaign", "--inputs", str(INPUTS), *keep]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]

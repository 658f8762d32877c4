"""Which matcher runs rule sets when none is asked for, with durable_rules and without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from greenlane.engine.decide.matching import default_matcher

WITHOUT = """
import sys

sys.modules["durable_rules_engine"] = None
from datetime import date
from decimal import Decimal

import greenlane.engine.check
from greenlane.engine.decide import compile_ruleset, default_matcher
from tests.engine.decide.building import TODAY, ruleset
from tests.engine.decide.test_logic import SEGMENTS

rules = ruleset(SEGMENTS)
greenlane.engine.check.check(rules)
decider = compile_ruleset(rules)
print(default_matcher(), decider.decide({"amount": Decimal(5), "ratio": Decimal(3)}, TODAY).outcome["answer"]["stage"])
try:
    compile_ruleset(rules, "rete")
except ImportError:
    print("refused")
"""


def test_rule_sets_run_on_durable_rules_where_it_is_installed() -> None:
    """As it is here."""
    assert default_matcher() == "rete"


def test_rule_sets_run_on_bit_masks_where_it_is_not() -> None:
    """Nothing but `rete` itself needs it: rulesets are checked, compiled and decide."""
    assert printed(WITHOUT) == ["bitmap", "new", "refused"]


def test_rule_sets_run_on_bit_masks_where_it_cannot_be_loaded(tmp_path: Path) -> None:
    """As where it was built for another Python: installed, and of no use."""
    (tmp_path / "durable_rules_engine.py").write_text("raise ImportError('undefined symbol: PyEval_CallObject')\n")
    program = WITHOUT.replace('sys.modules["durable_rules_engine"] = None', f"sys.path.insert(0, {str(tmp_path)!r})")
    told = 'print(greenlane.engine.decide.matching.why_no_rete().partition(": ")[2])'
    assert printed(program + told) == ["bitmap", "new", "refused", "undefined", "symbol:", "PyEval_CallObject"]


def printed(program: str) -> list[str]:
    """The words that a program of Python prints."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.split()

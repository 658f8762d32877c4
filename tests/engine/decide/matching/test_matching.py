"""Which matcher runs rule sets when none is asked for, with durable_rules and without."""

from __future__ import annotations

import subprocess
import sys

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
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout.split()) == (0, ["bitmap", "new", "refused"]), run.stderr

"""A lending model with Chinese names becomes rule files that read as an analyst's, and decide the same.

`GREENLANE_REWRITE=1` writes the files anew: look at them.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.check import check
from greenlane.engine.interop.dmn import DmnRuntime, read
from greenlane.engine.interop.dmn.importer import ImportedRules
from greenlane.engine.interop.dmn.model import ModelSet
from tests.engine.interop.dmn.importer.deciding import Rules, imported, shown
from tests.examples import examples

FOLDER = Path(__file__).parent / "golden"


def lending() -> ModelSet:
    """The model."""
    reading = read({"lending.dmn": (FOLDER / "lending.dmn").read_bytes()}, "lending.dmn")
    assert reading.models is not None
    return reading.models


PROGRAM = DmnRuntime(lending())
MADE: ImportedRules = imported(PROGRAM.models)
RULES = Rules(MADE)
AMOUNTS = st.sampled_from(["0.01", "100000", "500000", "3000000", "9999999.99", "10000000"]).map(Decimal)
COMPANIES = st.fixed_dictionaries(
    {
        "企业名称": st.sampled_from(["甲公司", "B & Co"]),
        "行业": st.sampled_from(["制造业", "批发零售", "软件信息", "房地产"]),
        "成立日期": st.dates(date(2015, 1, 1), date(2026, 1, 1)),
        "从业人数": st.integers(0, 500).map(Decimal),
        "财务": st.fixed_dictionaries({"营业收入": AMOUNTS, "负债总额": AMOUNTS, "资产总额": AMOUNTS}),
        "失信被执行人": st.booleans(),
    }
)
INPUTS = st.fixed_dictionaries(
    {
        "企业": COMPANIES,
        "Requested amount": AMOUNTS,
        "Term in months": st.sampled_from(["1", "12", "13", "36", "37", "60"]).map(Decimal),
        "内部评级": st.sampled_from(["AAA", "AA", "A", "BBB", "none"]),
        "申请日期": st.just(date(2026, 3, 2)),
        "Channel": st.sampled_from(["APP", "BRANCH"]),
    }
)


def test_the_files_are_those_kept() -> None:
    """To the byte, and no others."""
    kept = FOLDER / "lending"
    if os.environ.get("GREENLANE_REWRITE"):
        kept.mkdir(exist_ok=True)
        for old in kept.glob("*.yaml"):
            old.unlink()
        for name, text in MADE.files.items():
            (kept / name).write_text(text, encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in kept.glob("*.yaml")} == MADE.files


def test_what_is_told_beside_the_files() -> None:
    """A fact that nothing reads, and what is left out; no error."""
    told = [(str(one.place), one.code) for one in MADE.diagnostics]
    assert told == [("lending.dmn:11:5", "GL315"), ("lending.dmn:231:3", "GL623")]


@given(INPUTS)
@settings(deadline=None, max_examples=examples(50))
def test_every_decision_is_the_same(inputs: dict[str, Any]) -> None:
    """All of them, for companies at the edges of the cells; a null of the model is undetermined or null."""
    outcome = RULES.outcome(inputs)
    for name in MADE.decisions:
        meant = PROGRAM.decide(name, inputs).value
        assert shown(outcome[name]) == ("[]" if meant is None and name == "Findings" else shown(meant)), name


def test_the_order_of_import_does_not_matter() -> None:
    """The same model gives the same files, whatever was imported before."""
    assert imported(lending()).files == MADE.files


@pytest.mark.parametrize(
    ("only", "files"),
    [
        (["Debt ratio"], {"values.yaml"}),
        (["Findings"], {"values.yaml", "findings.yaml"}),
        (["Pricing"], {"pricing.yaml", "base_rate.yaml"}),
    ],
)
def test_single_decisions_bring_what_they_need(only: list[str], files: set[str]) -> None:
    """And nothing else, but for the frame that every ruleset has."""
    from greenlane.engine.interop.dmn.importer import import_model
    from tests.engine.interop.dmn.importer.deciding import TODAY

    made = import_model(lending(), TODAY, check, only)
    assert made.files.keys() == {"ruleset.yaml", "vocabulary.yaml", "outcome.yaml"} | files
    assert list(made.decisions)[-1] == only[0]

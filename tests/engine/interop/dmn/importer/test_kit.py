"""The models of the DMN Technology Compatibility Kit as rule files, where the kit lies beside the checkout."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import Diagnostic, Severity
from greenlane.engine.feel.functions import NOW
from greenlane.engine.feel.values import FeelFunction
from greenlane.engine.interop.dmn import DmnRuntime
from greenlane.engine.interop.dmn.importer import ImportedRules, import_model
from tests.engine.interop.dmn.importer.deciding import TODAY, Rules, shown

ROOT = Path(__file__).resolve().parents[5]
KIT = ROOT.parent / "shared" / "tck"
pytestmark = pytest.mark.skipif(not KIT.exists(), reason="no kit at ../shared/tck beside the checkout")

AT_MOST = 400
REFUSED_FOR = {
    "a list as an input": 9,
    "a time, duration or unsaid type": 4,
    "a call of a decision service": 2,
    "the day it is": 1,
    "a name that nothing has": 1,
    "values or types that cannot meet": 9,
    "an answer that is too long": 1,
}
"""How many models are refused, by the first reason."""


def reason(faults: list[Diagnostic]) -> str:
    """What keeps a model from being imported."""
    first = faults[0]
    if first.code == "GL620":
        return "a list as an input" if "is a list" in first.message else "a time, duration or unsaid type"
    if first.code == "GL621":
        return "the day it is" if "()`" in first.message else "a call of a decision service"
    known = {"GL622": "a name that nothing has", "GL008": "an answer that is too long"}
    return known.get(first.code, "values or types that cannot meet")


def errors(made: ImportedRules) -> list[Diagnostic]:
    """The faults that keep the files from being written."""
    return [fault for fault in made.diagnostics if fault.severity is Severity.ERROR]


@pytest.fixture(scope="module")
def jobs() -> list[tuple[str, DmnRuntime, list[Any]]]:
    """Each model of the kit, ready to run, with its cases."""
    sys.path.insert(0, str(KIT / "runner"))
    import run_tck

    from tests.tck_adapter import _program

    found = run_tck.collect(str(KIT / "cases"), "all", None)
    return [(name, _program(path), cases) for name, path, cases in found]


def values(program: DmnRuntime, rules: Rules, made: ImportedRules, cases: list[Any]) -> Iterator[tuple[str, str]]:
    """For each case that expects a value of a decision: what the model gives, and what the rule files give."""
    from tests.tck_adapter import _CLOCK, _inward

    for case in cases:
        given = {name: _inward(value) for name, value in case["inputs"].items()}
        wanted = [] if case["inv"] else [name for name, _ in case["results"] if name in made.decisions]
        meant = {name: program.decide(name, given, _CLOCK[NOW]).value for name in wanted}
        meant = {name: value for name, value in meant.items() if not isinstance(value, FeelFunction | None)}
        outcome = rules.outcome(given) if meant else {}
        yield from ((shown(value), shown(outcome[name])) for name, value in meant.items())


def test_models_decide_the_same(jobs: list[tuple[str, DmnRuntime, list[Any]]]) -> None:
    """Of 101 models with cases 74 are imported; every value that a model gives is given by its rule files."""
    refused: Counter[str] = Counter()
    compared = 0
    for name, program, cases in jobs:
        made = import_model(program.models, TODAY, check)
        if errors(made):
            refused[reason(errors(made))] += 1
            continue
        for meant, found in values(program, Rules(made), made, cases):
            compared += 1
            assert meant == found, name
    assert len(jobs) == 101
    assert dict(refused) == REFUSED_FOR
    assert compared == 577


def importable(program: DmnRuntime, names: list[str]) -> list[str]:
    """Those of the decisions that can be imported, found by leaving out whatever has a fault."""
    nodes = sorted(program.models.main.by_id.values(), key=lambda node: node.place.line)
    left = names
    while left:
        faults = errors(import_model(program.models, TODAY, check, left))
        if not faults:
            break
        wrong = {[n for n in nodes if n.place.line <= fault.place.line][-1].name for fault in faults}
        while more := {n.name for n in nodes if n.name not in wrong and wrong & set(needs(program, n))}:
            wrong |= more
        assert set(left) & wrong, faults
        left = [name for name in left if name not in wrong]
    return left


def needs(program: DmnRuntime, node: Any) -> list[str]:
    """The names of what the logic of an element requires."""
    found = [program.models.resolve(href) for href in getattr(node, "requires", ())]
    return [one[1].name for one in found if one is not None]


@pytest.mark.long
def test_parts_of_models_decide_the_same(jobs: list[tuple[str, DmnRuntime, list[Any]]]) -> None:
    """Of the models that are refused as a whole, decisions without a fault: a value of theirs is never another.

    Where the model goes by way of a null (an error that it passes over), the rule files cannot tell.
    """
    same, untold = 0, []
    for name, program, cases in jobs:
        if not errors(import_model(program.models, TODAY, check)):
            continue
        part = importable(program, list(program.decisions())[:AT_MOST])
        made = import_model(program.models, TODAY, check, part) if part else None
        for meant, found in values(program, Rules(made), made, cases) if made else ():
            assert found in (meant, "null"), name
            same += meant == found
            untold += [name] if meant != found else []
    assert same == 778
    assert Counter(untold) == {"3/0068-feel-equality": 4, "3/0069-feel-list": 2, "3/0072-feel-in": 4}

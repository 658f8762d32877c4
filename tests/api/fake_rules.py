"""A small honest ruleset in Python: loans up to a limit are approved, others declined, unknown incomes referred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from greenlane.api.config import Trace
from greenlane.engine.decide import Reason, Result, UndeterminedRow
from greenlane.engine.decide.application import Validator
from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.explain import Sentence
from greenlane.engine.feel import Cause
from greenlane.engine.policy import Inspection, Policy
from greenlane.engine.rules.files import CASES, read_cases
from greenlane.engine.rules.ruleset import AnswerDecisions, Ruleset
from greenlane.engine.rules.vocabulary import Fact, FactKind, FactType, Vocabulary
from greenlane.engine.text import Text
from tests.api.sandbox_here import examined_here

PLACE = Place("rules.yaml", 1, 1, 2)
NUMBER, STRING, BOOLEAN, DATE = FactType.NUMBER, FactType.STRING, FactType.BOOLEAN, FactType.DATE


def _fact(path: str, kind: FactKind, required: bool = False) -> Fact:
    parts = tuple(path.split("."))
    return Fact(parts[-1], kind, parts, Text(f"中文 {parts[-1]}", parts[-1]), PLACE, required)


FACTS = (
    _fact("application_id", FactKind(STRING, pattern=r"[A-Z0-9\-]{1,40}"), required=True),
    _fact("application_date", FactKind(DATE), required=True),
    _fact("applicant.uscc", FactKind(STRING, check="uscc"), required=True),
    _fact("applicant.name", FactKind(STRING)),
    _fact("applicant.region_code", FactKind(STRING, pattern=r"[1-9][0-9]{5}")),
    _fact("applicant.employees", FactKind(NUMBER, unit="人", minimum=Decimal(0), whole=True)),
    _fact("applicant.founded", FactKind(DATE)),
    _fact("request.product", FactKind(STRING, allowed=("INNOV", "CARBON", "MFG_UPG")), required=True),
    _fact("request.amount_wan", FactKind(NUMBER, unit="万元", minimum=Decimal(0)), required=True),
    _fact("request.documents_complete", FactKind(BOOLEAN)),
    _fact("financials.current_ratio", FactKind(NUMBER)),
)
GROUPS = {name: Text(name, name) for name in ("applicant", "request", "financials")}


@dataclass(frozen=True)
class FakeRules:
    """Decides by one limit, which it reads from the file `limit.yaml`."""

    ruleset: Ruleset
    limit: Decimal
    seen: list[str] = field(default_factory=list)

    def decide_valid(self, application: Mapping[str, Any], as_of: date, trace: Trace) -> Result:
        """The decision."""
        amount = application["request"]["amount_wan"]
        ratio = application.get("financials", {}).get("current_ratio")
        told = None if trace == "none" else lambda: self._told(amount, as_of, trace)
        if ratio is None:
            cause = Cause("missing", "current_ratio", Text("缺少 current_ratio", "`current_ratio` is missing"))
            row = UndeterminedRow("LIM-2", "limit", (cause,))
            return Result({"tier": "unrated", "routing": None}, "REFERRED", (), (row,), told)
        if amount > self.limit:
            reason = Reason("E309", Text("超过上限", "Above the limit"), "LIM-1", "limit.yaml:1", "limit")
            return Result({"tier": "ordinary", "routing": None}, "DECLINED", (reason,), (), told)
        outcome = {"tier": "core", "routing": {"lane": "STANDARD"}, "rate_pct": "2.85", "share": amount / self.limit}
        return Result(outcome, "APPROVE_RECOMMENDED", (), (), told)

    def _told(self, amount: Decimal, as_of: date, trace: Trace) -> dict[str, Any]:
        decision: dict[str, Any] = {"decision": "limit", "inputs": [{"name": "amount", "value": amount}]}
        if trace == "full":
            decision["failed"] = [{"row": "LIM-1", "conditions": [{"text": "> 1000", "value": amount}]}]
        return {"level": trace, "as_of": as_of, "decisions": [decision | {"result": self.limit}]}

    @property
    def validator(self) -> Validator:
        """What an application must be."""
        return Validator(self.ruleset.vocabulary)

    def in_force(self, day: date) -> bool:
        """As any policy says it."""
        return Policy.in_force(self, day)  # type: ignore[arg-type]

    def explain(self, result: Result) -> Sequence[Sentence]:
        """One sentence."""
        return [Sentence(f"结论：{result.status}", f"Status: {result.status}", "LIM-1", PLACE, "limit", heading=True)]


def compile_fake(files: Mapping[str, bytes]) -> FakeRules:
    """Reads the limit; the version is the second word of the file."""
    texts = {path: content.decode() for path, content in files.items()}
    limit, version = texts["limit.yaml"].split()
    ruleset = Ruleset(
        name="fake",
        language=1,
        version=version,
        owner="Tests",
        effective_from=date(2024, 1, 1),
        effective_until=None,
        title=Text("规则", "Rules"),
        vocabulary=Vocabulary({f.name: f for f in FACTS}, GROUPS),
        decisions={},
        references={},
        answer=AnswerDecisions("outcome", "status", ("reasons",), "REFERRED", PLACE),
        files=texts,
        cases=read_cases(texts, CASES, DiagnosticSink()),
    )
    return FakeRules(ruleset, Decimal(limit))


def inspect_fake(files: Mapping[str, bytes]) -> Inspection:
    """Finds nothing wrong."""
    return Inspection(compile_fake(files).ruleset, ())


@contextmanager
def fake_rules() -> Iterator[None]:
    """Has services that are built meanwhile decide by fake rules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("greenlane.api.wiring.rules.compiler", lambda *_, **__: compile_fake)
        patch.setattr("greenlane.api.releases.examiner.inspect", inspect_fake)
        patch.setattr("tests.api.sandbox_here.compiler", lambda *_, **__: compile_fake)
        patch.setattr("greenlane.api.releases.examiner.read_ruleset", lambda files: compile_fake(files).ruleset)
        with examined_here():
            yield

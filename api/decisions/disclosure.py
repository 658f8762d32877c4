"""Who sees personal data: callers with the role, and whoever it was decided for; others see it masked. Logs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenlane.api.application_fields import APPLICATION_ID
from greenlane.api.days import Clock, timestamp
from greenlane.api.decisions.answers import trace_text
from greenlane.api.decisions.records import Content, DecisionRow, DecisionSummary
from greenlane.api.json_objects import encode
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.unit_of_work import Ledger
from greenlane.api.principals import LOCAL, Principal, Role
from greenlane.engine.decide import Result
from greenlane.engine.decide.application import facts_of
from greenlane.engine.explain import Mask, mask
from greenlane.engine.explain.masking import STARS
from greenlane.engine.json_text import decode
from greenlane.engine.policy import Policy

MASKED: Mapping[str, bool] = {"masked": True}
"""What a client gets in place of a value that it may not see."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Decides what a caller sees, and records it where it is personal data of others."""

    ledger: Ledger
    clock: Clock

    def sees(self, by: Principal, rows: Sequence[DecisionRow | DecisionSummary], what: str) -> bool:
        """Whether the caller sees these decisions unmasked. Recorded in the log before it is shown, if so.

        Raises `StoreUnavailableError` when it cannot be recorded.
        """
        others = [row.decision_id for row in rows if caller_of(row) != by.id]
        if not others:
            return True
        if Role.PERSONAL not in by.roles:
            return False
        told = {"caller": by.id, "what": what, "at": timestamp(self.clock())}
        with self.ledger.writing() as work:
            work.append([_access(others, told)])
        return True


def _access(decision_ids: Sequence[str], told: Mapping[str, str]) -> NewEntry:
    """One entry however many are shown at once, so that a page costs the log no more than a decision does."""
    if len(decision_ids) == 1:
        return NewEntry("access", decision_ids[0], told)
    return NewEntry("access", told["what"], {**told, "decisions": list(decision_ids)})


def caller_of(row: DecisionRow | DecisionSummary) -> str:
    """For whom the decision was made; without a name it was somebody on this machine."""
    return row.caller or LOCAL.id


def mask_of(rules: Policy, content: Content, instead: Any = MASKED) -> Mask:
    """The mask for a decision, by the vocabulary of the rules that decided."""
    application = decode(content.inputs)
    return mask(rules.ruleset, facts_of(application, rules.ruleset.vocabulary), instead)


def masked_answer(rules: Policy, content: Content) -> bytes:
    """The answer with personal data masked."""
    hide, answer, trace = mask_of(rules, content), decode(content.answer), trace_text(content)
    facts = rules.ruleset.vocabulary.facts.values()
    if any(fact.path == APPLICATION_ID and fact.protected for fact in facts):
        answer["application_id"] = MASKED
    for member in ("outcome", "undetermined"):
        answer[member] = hide.value(answer[member])
    return encode({**answer, "trace": hide.trace(decode(trace)) if trace is not None else None})


def masked_result(rules: Policy, content: Content, result: Result) -> Result:
    """The result with a trace that tells no personal data, to be explained."""
    hide, trace = mask_of(rules, content, STARS), result.trace
    assert trace is not None
    return Result(result.outcome, result.status, result.reasons, result.undetermined, lambda: hide.trace(trace))

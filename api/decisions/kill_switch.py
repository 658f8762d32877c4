"""What is answered while the kill switch is on: every application goes to a person, and no rule is asked. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from greenlane.api.config import Trace
from greenlane.api.releases.records import StepRecord
from greenlane.engine.decide import Reason, Result
from greenlane.engine.explain import Sentence
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.text import Text

MEMBER = "kill_switch"
"""The member of an answer that says that no rule was asked."""

PLACE = "kill-switch"
REASON = Reason(
    "K001",
    Text("紧急停用开关已启用：未经规则决策，转人工", "Kill switch on: no rule was asked, referred to a person"),
    PLACE,
    PLACE,
    PLACE,
)


def stopped_result(ruleset: Ruleset, as_of: date, trace: Trace) -> Result:
    """The result without any rule. It depends on the ruleset's word for referring alone, so a replay gives it again."""

    def told() -> dict[str, Any]:
        return {"level": trace, "as_of": as_of.isoformat(), "decisions": []}

    return Result({}, ruleset.answer.referred, (REASON,), (), None if trace == "none" else told)


def stopped_member(step: StepRecord) -> dict[str, Any]:
    """The step that turned the switch on, as answers name it."""
    return {"step": step.seq, "since": step.recorded_at}


def stopped_sentences() -> tuple[Sentence, ...]:
    """The explanation."""
    text = REASON.text
    return (Sentence(text.zh, text.en, None, None, PLACE, heading=True),)

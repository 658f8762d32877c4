"""How a decision came about, in ordered sentences (`explain`, `as_text`), and what is masked in it (`mask`). Pure."""

from __future__ import annotations

from greenlane.engine.decide import Result
from greenlane.engine.explain.masking import Mask, mask
from greenlane.engine.explain.steps import members_of, steps_of
from greenlane.engine.explain.story import narrate, narrate_members
from greenlane.engine.explain.wording import Sentence, as_text
from greenlane.engine.rules.ruleset import Ruleset

__all__ = ["Mask", "Sentence", "as_text", "explain", "mask"]


def explain(result: Result, ruleset: Ruleset) -> tuple[Sentence, ...]:
    """Everything decided, decision by decision in the order of the plan: what was read, which rows held, the result.

    Then what of the answer cannot be told, if anything. Rows that did not hold are told only by a full trace.
    `ruleset` is the one that decided. Raises `ValueError` for a result without a trace.
    """
    if result.trace is None:
        raise ValueError("the result carries no trace")
    told = narrate(steps_of(result.trace, ruleset), ruleset, result.trace.get("left_out", ()))
    return (*told, *narrate_members(members_of(result.trace), ruleset))

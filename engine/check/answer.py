"""Check: the answer is made by decisions that exist."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.suggest import nearest


def check(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """`answer:` names that are no decision, or a decision that takes parameters (GL314)."""
    answer = ruleset.answer
    for key, name in (("outcome", answer.outcome), ("status", answer.status), ("reasons", answer.reasons)):
        decision = ruleset.decisions.get(name)
        if decision is None:
            near = nearest(name, ruleset.decisions)
            help_ = f"did you mean `{near}`?" if near else "name a decision of this ruleset"
            yield Diagnostic("GL314", f"`{key}` names `{name}`, which is no decision", answer.place, help_)
        elif decision.parameters:
            help_ = "the answer needs a decision without parameters"
            yield Diagnostic("GL314", f"`{key}` names the function `{name}`", answer.place, help_)

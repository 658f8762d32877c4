"""What of a decision is masked by name, and which values tell themselves: what masking knows, and check time too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from greenlane.engine.feel import names_read
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.rules.vocabulary import FactKind, FactType, Scalar

TELLING_LENGTH = 4
"""Characters of a text, and"""

TELLING_DIGITS = 3
"""significant digits of a number, from which on its equal elsewhere is taken to be the same."""


def masked_names(ruleset: Ruleset) -> frozenset[str]:
    """The names whose values are masked: protected facts, and the decisions that are one expression over any."""
    protected = frozenset(name for name, fact in ruleset.vocabulary.facts.items() if fact.protected)
    computed = (
        decision.name
        for decision in ruleset.decisions.values()
        if not isinstance(decision.logic, Table) and protected & set(names_read(decision.logic.node))
    )
    return protected.union(computed)


def tells(allowed: Sequence[str] | None, value: Scalar) -> bool:
    """Whether a value is recognisably itself wherever it turns up; `allowed` are the choices of its fact."""
    if allowed is not None or isinstance(value, bool):
        return False
    if isinstance(value, Decimal):
        return len(value.normalize().as_tuple().digits) >= TELLING_DIGITS or abs(value) >= 10**TELLING_DIGITS
    return isinstance(value, date) or (isinstance(value, str) and len(value) >= TELLING_LENGTH)


def always_tells(kind: FactKind) -> bool:
    """Whether every value that such a fact may have is recognisably itself: dates, long numbers, credit codes."""
    if kind.type is FactType.NUMBER:
        return kind.minimum is not None and kind.minimum >= 10**TELLING_DIGITS
    return kind.type is FactType.DATE or (kind.allowed is None and kind.check is not None)

"""What is asked of an erasure."""

from __future__ import annotations

from greenlane.api.privacy.statements import REASONS
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.rules.vocabulary import FactKind, FactType


class ErasureBody(StrictObject):
    """Whom to erase, and why."""

    customer = Parameter(FactKind(FactType.STRING), "What identifies the customer in applications", required=True)
    reason = Parameter(FactKind(FactType.STRING, allowed=REASONS), "Why", default=REASONS[0])

"""What is said in a review."""

from __future__ import annotations

from greenlane.api.reviews.statements import OUTCOMES, REQUESTERS
from greenlane.api.schemas.application import StrictObject
from greenlane.api.schemas.parameters import Parameter
from greenlane.engine.rules.vocabulary import FactKind, FactType

TEXT = FactKind(FactType.STRING)


class ReviewBody(StrictObject):
    """Who asks for a review, and why."""

    requested_by = Parameter(FactKind(FactType.STRING, allowed=REQUESTERS), "Who asks", required=True)
    reason = Parameter(TEXT, "Why, in the words of whoever asks", required=True)


class OutcomeBody(StrictObject):
    """What a person came to."""

    outcome = Parameter(FactKind(FactType.STRING, allowed=OUTCOMES), "Whether the decision stands", required=True)
    comment = Parameter(TEXT, "Why", required=True)

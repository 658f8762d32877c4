"""What is said in reviews, and who may read it (PIPL article 24). No HTTP and no SQL."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from greenlane.api.days import Clock, timestamp
from greenlane.api.decisions.disclosure import MASKED
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError
from greenlane.api.reviews.answers import RemarkItem, ReviewDocument
from greenlane.api.reviews.statements import REQUESTED, Remark, ReviewOrderError, ReviewStore


@dataclass(frozen=True, slots=True)
class ReviewService:
    """Takes down what is said. Safe for many threads."""

    store: ReviewStore
    replays: ReplayService
    clock: Clock

    def request(self, decision_id: str, said_by: str, reason: str, by: Principal) -> ReviewDocument:
        """Asks for a review. Raises `ProblemError` not_found, erased, review_out_of_turn."""
        return self._say(decision_id, REQUESTED, said_by, reason, by)

    def decide(self, decision_id: str, outcome: str, comment: str, by: Principal) -> ReviewDocument:
        """Takes down what a person came to. Raises `ProblemError` not_found, erased, review_out_of_turn."""
        return self._say(decision_id, outcome, "reviewer", comment, by)

    def of(self, decision_id: str, by: Principal) -> ReviewDocument:
        """Everything said about a decision, texts masked for whoever may not see personal data."""
        found = self.replays.decision(decision_id, by)
        remarks = self.store.of(decision_id)
        seen = not remarks or self.replays.disclosure.sees(by, [found.row], "review")
        state = remarks[-1].kind if remarks else None
        return ReviewDocument(decision_id, state, [_item(remark, seen) for remark in remarks])

    def state(self, decision_ids: Sequence[str]) -> Mapping[str, str]:
        """The state of the review of each decision that has one."""
        return self.store.state(decision_ids)

    def _say(self, decision_id: str, kind: str, said_by: str, text: str, by: Principal) -> ReviewDocument:
        self.replays.readable(decision_id, by)
        at = timestamp(self.clock())
        remark = Remark(str(uuid.uuid4()), decision_id, kind, said_by, by.id, at, text)
        try:
            if not self.store.add(remark):
                raise ProblemError("erased")
        except ReviewOrderError:
            raise ProblemError("review_out_of_turn") from None
        return ReviewDocument(decision_id, kind, [_item(remark, True)])


def _item(remark: Remark, seen: bool) -> RemarkItem:
    hidden = remark.text is not None and not seen
    return RemarkItem(
        remark.id,
        remark.kind,
        remark.said_by,
        remark.caller,
        remark.at,
        words=MASKED if hidden else remark.text,
        erased=remark.text is None and not remark.altered,
        altered=remark.altered,
    )

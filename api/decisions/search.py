"""Finding stored decisions, newest first, page by page. No web framework and no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from greenlane.api.application_fields import APPLICATION_ID, CUSTOMER, text_at
from greenlane.api.decisions.answers import DecisionLine, SearchDocument
from greenlane.api.decisions.disclosure import MASKED, Disclosure
from greenlane.api.decisions.records import DecisionSummary
from greenlane.api.decisions.replay import ReviewStates
from greenlane.api.decisions.store import DecisionStore
from greenlane.api.json_objects import canonical
from greenlane.api.ledger.sealing.values import UnsealError
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError
from greenlane.engine.json_text import decode
from greenlane.engine.rules.vocabulary import Vocabulary

LIST = "decisions"
"""What cursors are of: those of one list are not good in another."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. `equal` maps a search field to its value; `since` and `until` are days (UTC), both included."""

    equal: Mapping[str, str]
    since: date | None
    until: date | None
    limit: int
    cursor: str | None

    def place(self) -> bytes:
        """The same for every page of one search, and for no other list or conditions."""
        return canonical({"list": LIST, "equal": dict(self.equal), "since": str(self.since), "until": str(self.until)})


@dataclass(frozen=True, slots=True)
class SearchService:
    """Searches the store."""

    store: DecisionStore
    disclosure: Disclosure
    reviews: ReviewStates
    vocabulary: Callable[[], Vocabulary]

    def search(self, query: Query, by: Principal) -> SearchDocument:
        """One page of what the caller may see, and `next_cursor` when there are more.

        Companies are masked for a caller who may not see personal data, applications if the vocabulary that is in force
        now protects their ids. Raises `ProblemError` no_such_page for any text that is no cursor of this search.
        """
        below = self._position(query) if query.cursor is not None else None
        since = query.since.isoformat() if query.since else None
        before = _day_after(query.until) if query.until else None
        found = self.store.search(query.equal, since, before, below, query.limit + 1, by.visibility)
        page, more = found[: query.limit], len(found) > query.limit
        cursor = self.store.cursors().seal(query.place(), page[-1].seq) if more else None
        readable = [summary for summary in page if summary.inputs is not None]
        hidden = [] if self.disclosure.sees(by, readable, "search") else self._hidden()
        states = self.reviews([summary.decision_id for summary in page])
        return SearchDocument([_line(each, hidden, states.get(each.decision_id)) for each in page], cursor)

    def _position(self, query: Query) -> int:
        try:
            return self.store.cursors().open(query.place(), query.cursor or "")
        except UnsealError:
            raise ProblemError("no_such_page") from None

    def _hidden(self) -> list[tuple[str, ...]]:
        try:
            return [fact.path for fact in self.vocabulary().facts.values() if fact.protected]
        except ProblemError:
            # No release is in force, so none says what may be shown.
            return [APPLICATION_ID, CUSTOMER]


def _day_after(day: date) -> str:
    """A text greater than every moment of the day and not greater than any later one."""
    return (day + timedelta(days=1)).isoformat() if day < date.max else "9999-12-32"


def _line(summary: DecisionSummary, hidden: Sequence[tuple[str, ...]], review: str | None) -> DecisionLine:
    application = decode(summary.inputs) if summary.inputs is not None else {}

    def shown(path: tuple[str, ...]) -> Any:
        found = text_at(application, path)
        return MASKED if found is not None and path in hidden else found

    return DecisionLine(
        decision_id=summary.decision_id,
        application_id=shown(APPLICATION_ID),
        uscc=shown(CUSTOMER),
        decided_at=summary.decided_at,
        as_of=summary.as_of,
        status=summary.status or None,
        tier=summary.tier,
        product=summary.product,
        route=summary.route,
        release=summary.release_id,
        erased=summary.inputs is None and not summary.altered,
        altered=summary.altered,
        review=review,
    )

"""Finding stored decisions, newest first, page by page. No web framework and no SQL."""

from __future__ import annotations

import base64
import hashlib
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
from greenlane.api.principals import Principal
from greenlane.api.problems import ProblemError
from greenlane.engine.json_text import JsonError, decode
from greenlane.engine.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. `equal` maps a search field to its value; `since` and `until` are days (UTC), both included."""

    equal: Mapping[str, str]
    since: date | None
    until: date | None
    limit: int
    cursor: str | None

    def mark(self) -> str:
        """The same for every page of one search."""
        content = {"equal": dict(self.equal), "since": str(self.since), "until": str(self.until)}
        return hashlib.sha256(canonical(content)).hexdigest()[:16]


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
        now protects their ids. Raises `ProblemError` for a cursor of another search.
        """
        below = _position(query) if query.cursor is not None else None
        since = query.since.isoformat() if query.since else None
        before = _day_after(query.until) if query.until else None
        found = self.store.search(query.equal, since, before, below, query.limit + 1, by.visibility)
        page, more = found[: query.limit], len(found) > query.limit
        cursor = _cursor(query, page[-1].seq) if more else None
        readable = [summary for summary in page if summary.inputs is not None]
        hidden = [] if self.disclosure.sees(by, readable, "search") else self._hidden()
        states = self.reviews([summary.decision_id for summary in page])
        return SearchDocument([_line(each, hidden, states.get(each.decision_id)) for each in page], cursor)

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
    application = decode(summary.inputs.encode()) if summary.inputs is not None else {}

    def shown(path: tuple[str, ...]) -> Any:
        found = text_at(application, path)
        return MASKED if found is not None and path in hidden else found

    return DecisionLine(
        decision_id=summary.decision_id,
        application_id=shown(APPLICATION_ID),
        uscc=shown(CUSTOMER),
        decided_at=summary.decided_at,
        as_of=summary.as_of,
        status=summary.status,
        tier=summary.tier,
        product=summary.product,
        route=summary.route,
        release=summary.release_id,
        erased=summary.inputs is None and not summary.altered,
        altered=summary.altered,
        review=review,
    )


def _cursor(query: Query, seq: int) -> str:
    return base64.urlsafe_b64encode(canonical([seq, query.mark()])).decode().rstrip("=")


def _position(query: Query) -> int:
    text = query.cursor or ""
    try:
        content = decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        seq, mark = content
        if mark != query.mark():
            raise ValueError
        return int(seq)
    except (JsonError, ValueError, TypeError, ArithmeticError):
        raise ProblemError("no_such_page") from None

"""Finding stored decisions, newest first, page by page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from api.json_text import JsonRefused, canonical, decode
from api.principals import Principal
from api.problems import Problem
from api.store.records import DecisionSummary
from api.store.repository import Store


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

    store: Store

    def search(self, query: Query, by: Principal) -> dict[str, Any]:
        """One page of what the caller may see, and `next_cursor` when there are more.

        Raises `Problem` for a cursor of another search.
        """
        below = _position(query) if query.cursor is not None else None
        since = query.since.isoformat() if query.since else None
        before = _day_after(query.until) if query.until else None
        found = self.store.search(query.equal, since, before, below, query.limit + 1, by.scope)
        page, more = found[: query.limit], len(found) > query.limit
        cursor = _cursor(query, page[-1].seq) if more else None
        return {"decisions": [_document(summary) for summary in page], "next_cursor": cursor}


def _day_after(day: date) -> str:
    """A text greater than every moment of the day and not greater than any later one."""
    return (day + timedelta(days=1)).isoformat() if day < date.max else "9999-12-32"


def _document(summary: DecisionSummary) -> dict[str, Any]:
    found = asdict(summary)
    del found["seq"]
    found["release"] = found.pop("release_id")
    return found


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
    except (JsonRefused, ValueError, TypeError, ArithmeticError):
        raise Problem("no_such_page") from None

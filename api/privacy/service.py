"""Erasing customers at their request, and what has been kept long enough. No HTTP and no SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from greenlane.api.days import Clock, timestamp
from greenlane.api.ledger.data_key_statements import scope_of
from greenlane.api.principals import Principal
from greenlane.api.privacy.answers import ErasureDocument
from greenlane.api.privacy.statements import ErasingStore, OutsideRegionsError
from greenlane.api.problems import ProblemError
from greenlane.engine.text import Text

OTHERS = "*"
OTHER_REGIONS = Text("admin（覆盖该客户全部决策的地区）", "admin (of every region that the customer has decisions of)")
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ErasureService:
    """Erases. Safe for many threads."""

    store: ErasingStore
    clock: Clock

    def erase(self, customer: str, reason: str, by: Principal) -> ErasureDocument:
        """Destroys the customer's data keys: what was sealed under them is unreadable, here and in backups.

        An erased customer leaves nothing to be known by, so a second erasure finds no key, as for one never seen.

        A caller limited to regions erases only customers all of whose decisions are of these. Raises `ProblemError`
        forbidden for every other customer, known or not.
        """
        try:
            done = self.store.erase(customer, reason, by.id, timestamp(self.clock()), by.regions)
        except OutsideRegionsError:
            raise ProblemError("forbidden", subject=OTHER_REGIONS) from None
        decisions = sum(erasure.decisions for erasure in done)
        return ErasureDocument(bool(done), len(done), decisions, [erasure.id for erasure in done])


@dataclass(frozen=True, slots=True)
class DataClass:
    """The decisions of one year and status: how many data keys and decisions, how many years kept, and until when.

    They are kept to the end of the year `until`; `due` says that it is over.
    """

    year: int
    status: str
    keys: int
    decisions: int
    years: int
    until: int
    due: bool

    @property
    def scope(self) -> str:
        """As data keys are marked."""
        return scope_of(f"{self.year:04}", self.status)


def periods_of(setting: str) -> Mapping[str, int]:
    """Years by status; `*` is for all others."""
    return {status: int(years) for status, _, years in (part.partition("=") for part in setting.split())}


@dataclass(frozen=True, slots=True)
class RetentionService:
    """Says what is due, and erases it."""

    store: ErasingStore
    clock: Clock
    periods: Mapping[str, int]

    def classes(self) -> Sequence[DataClass]:
        """Everything that can still be read, by year and status."""
        this_year = self.clock().year
        found = []
        for scope, keys, decisions in self.store.held_by_scope():
            year, _, status = scope.partition(" ")
            years = self.periods.get(status, self.periods[OTHERS])
            until = int(year) + years
            found.append(DataClass(int(year), status, keys, decisions, years, until, until < this_year))
        return found

    def apply(self, due: Sequence[DataClass], by: Principal, progress: Progress) -> None:
        """Erases what is due, as a customer is erased, some keys at a time; goes on where it was interrupted."""
        for each in due:
            while done := self.store.expire(each.scope, by.id, timestamp(self.clock())):
                progress(done)
        self.store.finish()

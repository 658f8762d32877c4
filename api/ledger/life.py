"""The life of the releases as the services see it: steps, evidence, and the first step of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from greenlane.api.json_text import canonical
from greenlane.api.ledger import release_steps
from greenlane.api.ledger.database import reading, writing
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.migrations.guards import STEP_GUARDS
from greenlane.api.ledger.records import EvidenceRecord, ReleaseRecord, StepRecord
from greenlane.api.ledger.release_steps import SYSTEM, StepWriter

Opening = Literal["loaded", "seeded"]
"""What the release of the rule files is at a start: the one that decides, or the first one where there is none."""

IN_FORCE = frozenset({"seeded", "activated", "rolled back"})
"""Steps that put a release in force."""


class StepRefusedError(Exception):
    """The database refused a step. `rule` is the name of the guard, empty when it is none of ours."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


class ReleaseLife:
    """Steps and evidence in one database. `prepare` makes sure that the tables are there; it may raise."""

    def __init__(self, engine: Engine, prepare: Callable[[], None]) -> None:
        self._engine = engine
        self._prepare = prepare

    def version(self) -> int:
        """Rises with every step. Cheap."""
        self._prepare()
        with reading(self._engine) as connection:
            return release_steps.version(connection)

    def steps(self, after: int = 0) -> list[StepRecord]:
        """All steps with a number greater than `after`, the first one first."""
        self._prepare()
        with reading(self._engine) as connection:
            return release_steps.steps(connection, after)

    @contextmanager
    def writing(self) -> Iterator[StepWriter]:
        """A transaction for one step and what belongs to it. Raises `StepRefusedError` when the database refuses it."""
        self._prepare()
        try:
            with writing(self._engine) as connection:
                yield StepWriter(connection, canonical)
        except IntegrityError as error:
            raise StepRefusedError(_rule(error)) from error

    def evidence_of(self, release_id: str) -> Sequence[EvidenceRecord]:
        """All evidence for a release, the first recorded first."""
        self._prepare()
        with reading(self._engine) as connection:
            return release_steps.evidence_of(connection, release_id)

    def evidence(self, release_id: str, sha256: str) -> EvidenceRecord | None:
        """The evidence for a release under a hash."""
        self._prepare()
        with reading(self._engine) as connection:
            return release_steps.find_evidence(connection, release_id, sha256)


def open_with(connection: Connection, release: ReleaseRecord | None, since: str, opening: Opening) -> None:
    """Records what the rule files are to this database: the release that decides, or the first one of the store.

    A release that opened the database before, or a store that has a release in force, leaves nothing to record.
    Raises `StoreUnavailableError` when a first release is wanted and there is none.
    """
    writer = StepWriter(connection, canonical)
    done = writer.steps()
    if opening == "seeded" and any(step.kind in IN_FORCE for step in done):
        return
    if release is None:
        raise StoreUnavailableError("the store holds no release, and the rule files cannot be the first")
    writer.add_release(release)
    loaded = [step.release_id for step in done if step.kind == "loaded"]
    if opening == "loaded" and loaded[-1:] == [release.id]:
        return
    effective = since if opening == "seeded" else None
    writer.add(StepRecord(release.id, opening, SYSTEM, release.stored_at, effective_from=effective))


def _rule(error: IntegrityError) -> str:
    told = str(error.orig)
    return next((name for name in (*(g.name for g in STEP_GUARDS), "append_only") if name in told), "")

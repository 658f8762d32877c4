"""The store of releases, their steps and the evidence for them: written once, never changed. SQL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from greenlane.api.json_objects import canonical
from greenlane.api.ledger.errors import StoreUnavailableError
from greenlane.api.ledger.log import NewEntry
from greenlane.api.ledger.migrations.guards import STEP_GUARDS
from greenlane.api.ledger.tables import release_evidence, release_steps, releases
from greenlane.api.ledger.unit_of_work import Ledger, UnitOfWork
from greenlane.api.releases.records import (
    IN_FORCE,
    SYSTEM,
    EvidenceRecord,
    ReleaseRecord,
    ReleaseSummary,
    StartKind,
    StepRecord,
)
from greenlane.api.releases.submission_records import (
    Submission,
    SubmissionRefusal,
    SubmissionRequest,
    read_refusal,
    read_request,
    refusal_evidence,
    request_evidence,
)

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
BEGINNING = "0001-01-01T00:00:00.000000Z"

_SUMMARY = [releases.c[f.name] for f in fields(ReleaseSummary)]
_STEP = [release_steps.c[f.name] for f in fields(StepRecord)]
_EVIDENCE = [release_evidence.c[f.name] for f in fields(EvidenceRecord)]


class StepRefusedError(Exception):
    """The database refused a step. `rule` is the name of the guard, empty when it is none of ours."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class ReleaseStore:
    """Releases in the ledger. Safe for many threads. Every method raises `StoreUnavailableError`."""

    ledger: Ledger

    def release(self, release_id: str) -> ReleaseRecord | None:
        """The release with this id, files included."""
        query = select(*_SUMMARY, releases.c.files).where(releases.c.id == release_id)
        with self.ledger.reading() as work:
            row = work.connection.execute(query).one_or_none()
        if row is None:
            return None
        return ReleaseRecord(row.id, row.sha256, row.name, row.version, json.loads(row.files), row.stored_at)

    def releases(self) -> list[ReleaseSummary]:
        """All releases, the last stored first."""
        query = select(*_SUMMARY).order_by(releases.c.stored_at.desc(), releases.c.id)
        with self.ledger.reading() as work:
            return [ReleaseSummary(*row) for row in work.connection.execute(query)]

    def version(self) -> int:
        """The number of the last step, 0 when there is none. Cheap: it is asked for several times a second."""
        with self.ledger.reading() as work:
            query = select(func.coalesce(func.max(release_steps.c.seq), 0))
            return int(work.connection.execute(query).scalar_one())

    def steps(self, after: int = 0) -> list[StepRecord]:
        """All steps with a number greater than `after`, the first one first."""
        with self.ledger.reading() as work:
            return _steps(work.connection, after)

    def evidence_of(self, release_id: str) -> Sequence[EvidenceRecord]:
        """All evidence for a release, the first recorded first."""
        query = select(*_EVIDENCE).where(release_evidence.c.release_id == release_id)
        ordered = query.order_by(release_evidence.c.recorded_at, release_evidence.c.kind)
        with self.ledger.reading() as work:
            return [EvidenceRecord(*row) for row in work.connection.execute(ordered)]

    def evidence(self, release_id: str, sha256: str) -> EvidenceRecord | None:
        """The evidence for a release under a hash."""
        with self.ledger.reading() as work:
            return _evidence(work.connection, release_id, sha256)

    def submission(self, release_id: str) -> Submission | None:
        """The last submission of a release that was asked for, and what has come of it."""
        own = (release_evidence.c.release_id == release_id, release_evidence.c.kind.in_(("submission", "refusal")))
        query = select(release_evidence.c.kind, release_evidence.c.content).where(*own)
        with self.ledger.reading() as work:
            told = work.connection.execute(query.order_by(release_evidence.c.recorded_at)).all()
            if not told:
                return None
            request = read_request([row.content for row in told if row.kind == "submission"][-1])
            if told[-1].kind == "refusal":
                return Submission(request, "refused", read_refusal(told[-1].content))
            return Submission(request, "pending" if _pending(work.connection, [release_id]) else "submitted")

    def pending(self, release_ids: Sequence[str]) -> list[SubmissionRequest]:
        """The requests for these releases of which nothing has come yet, the first one first."""
        with self.ledger.reading() as work:
            return _pending(work.connection, release_ids)

    @contextmanager
    def writing(self) -> Iterator[StepWriter]:
        """A transaction for one step and what belongs to it. Raises `StepRefusedError` when the database refuses it."""
        try:
            with self.ledger.writing() as work:
                yield StepWriter(work)
        except IntegrityError as error:
            raise StepRefusedError(_rule(error)) from error


@dataclass(frozen=True, slots=True)
class StepWriter:
    """What a step may read and write in its transaction. No other step is written before the transaction ends."""

    work: UnitOfWork

    def steps(self) -> list[StepRecord]:
        """All steps so far, the first one first."""
        return _steps(self.work.connection)

    def add_release(self, release: ReleaseRecord) -> None:
        """Stores a release, and the hash of each of its files as evidence; one already stored stays as it is."""
        add_release(self.work, release)
        hashes = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in release.files.items()}
        content = canonical(hashes)
        sha256 = hashlib.sha256(content).hexdigest()
        self.add_evidence(EvidenceRecord(release.id, sha256, "files", True, content.decode(), release.stored_at))

    def add_evidence(self, evidence: EvidenceRecord) -> None:
        """Stores evidence and its entry in the log; the same already stored stays as it is."""
        if _evidence(self.work.connection, evidence.release_id, evidence.sha256) is None:
            row = asdict(evidence)
            self.work.connection.execute(insert(release_evidence), row)
            self.work.append([NewEntry("release_evidence", f"{evidence.release_id}/{evidence.sha256}", row)])

    def add(self, step: StepRecord) -> StepRecord:
        """Stores a step and its entry in the log; gives it with its number.

        It is recorded after all others, even where the clocks of machines differ. Raises SQLAlchemy's `IntegrityError`
        when it is refused.
        """
        at = following(step.recorded_at, self._last_step())
        stored = replace(step, recorded_at=at, seq=self.work.log.next_position())
        self.work.connection.execute(insert(release_steps), asdict(stored))
        self.work.append([NewEntry("release_step", str(stored.seq), asdict(stored))])
        return stored

    def pending(self, release_ids: Sequence[str]) -> list[SubmissionRequest]:
        """The requests for these releases of which nothing has come yet, the first one first."""
        return _pending(self.work.connection, release_ids)

    def ask(self, request: SubmissionRequest) -> SubmissionRequest:
        """Stores a request, after all that is recorded of its release; gives it with its moment."""
        own = select(func.max(release_evidence.c.recorded_at)).where(release_evidence.c.release_id == request.release)
        at = following(request.requested_at, self._last_step())
        at = following(at, self.work.connection.execute(own).scalar_one())
        asked = msgspec.structs.replace(request, requested_at=at)
        self.add_evidence(request_evidence(asked))
        return asked

    def refuse(self, refusal: SubmissionRefusal) -> None:
        """Stores what has come of a request."""
        self.add_evidence(refusal_evidence(refusal))

    def _last_step(self) -> str | None:
        last: str | None = self.work.connection.execute(select(func.max(release_steps.c.recorded_at))).scalar_one()
        return last


def add_release(work: UnitOfWork, release: ReleaseRecord) -> None:
    """Stores a release and its entry in the log; one already stored stays as it is."""
    if work.connection.execute(select(releases.c.id).where(releases.c.id == release.id)).first() is not None:
        return
    row = {
        "id": release.id,
        "sha256": release.sha256,
        "name": release.name,
        "version": release.version,
        "files": canonical(release.files).decode(),
        "stored_at": release.stored_at,
    }
    work.connection.execute(insert(releases), [row])
    work.append([NewEntry("release", release.id, row)])


def record_start(work: UnitOfWork, release: ReleaseRecord | None, since: str, kind: StartKind) -> None:
    """Records what the rule files are to this database: the release that decides, or the first one of the store.

    The first one is in force from `since`. A release that opened the database before, or a store that has a release in
    force, leaves nothing to record. Raises `StoreUnavailableError` when a first release is wanted and there is none.
    """
    writer = StepWriter(work)
    done = writer.steps()
    if kind == "seeded" and any(step.kind in IN_FORCE for step in done):
        return
    if release is None:
        raise StoreUnavailableError("the store holds no release, and the rule files cannot be the first")
    writer.add_release(release)
    loaded = [step.release_id for step in done if step.kind == "loaded"]
    if kind == "loaded" and loaded[-1:] == [release.id]:
        return
    effective = since if kind == "seeded" else None
    writer.add(StepRecord(release.id, kind, SYSTEM, release.stored_at, effective_from=effective))


def _steps(connection: Connection, after: int = 0) -> list[StepRecord]:
    chosen = select(*_STEP).where(release_steps.c.seq > after).order_by(release_steps.c.seq)
    return [StepRecord(*row) for row in connection.execute(chosen)]


def _evidence(connection: Connection, release_id: str, sha256: str) -> EvidenceRecord | None:
    key = (release_evidence.c.release_id == release_id, release_evidence.c.sha256 == sha256)
    row = connection.execute(select(*_EVIDENCE).where(*key)).one_or_none()
    return EvidenceRecord(*row) if row is not None else None


def _pending(connection: Connection, release_ids: Sequence[str]) -> list[SubmissionRequest]:
    """Whatever comes of a request is recorded after it, and the next one only then."""
    asked, later, steps = release_evidence, release_evidence.alias(), release_steps
    refused = exists().where(
        later.c.release_id == asked.c.release_id, later.c.kind == "refusal", later.c.recorded_at > asked.c.recorded_at
    )
    submitted = exists().where(
        steps.c.release_id == asked.c.release_id,
        steps.c.kind == "submitted",
        steps.c.recorded_at > asked.c.recorded_at,
    )
    found = select(asked.c.content).where(
        asked.c.release_id.in_(release_ids), asked.c.kind == "submission", ~refused, ~submitted
    )
    if not release_ids:
        return []
    return [read_request(content) for content in connection.execute(found.order_by(asked.c.recorded_at)).scalars()]


def following(moment: str, earlier: str | None) -> str:
    """The moment, or just after an earlier one that it does not follow: the clocks of machines differ."""
    return moment if earlier is None or moment > earlier else _just_after(earlier)


def _just_after(moment: str) -> str:
    return (datetime.strptime(moment, MOMENT) + timedelta(microseconds=1)).strftime(MOMENT)


def _rule(error: IntegrityError) -> str:
    told = str(error.orig)
    return next((name for name in (*(g.name for g in STEP_GUARDS), "append_only") if name in told), "")

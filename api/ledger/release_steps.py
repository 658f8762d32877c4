"""SQL about the life of releases: steps and evidence, written once, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from greenlane.api.ledger import log
from greenlane.api.ledger.records import EvidenceRecord, ReleaseRecord, StepRecord
from greenlane.api.ledger.releases import add as add_release
from greenlane.api.ledger.tables import release_evidence, release_steps

MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
SYSTEM = "system"
"""The actor of steps that no person asks for."""

_STEP = [release_steps.c[f.name] for f in fields(StepRecord)]
_EVIDENCE = [release_evidence.c[f.name] for f in fields(EvidenceRecord)]


class StepWriter:
    """What a step may read and write in its transaction. No other step is written before the transaction ends."""

    def __init__(self, connection: Connection, encode: Callable[[object], bytes]) -> None:
        self._connection = connection
        self._encode = encode
        log.lock(connection)

    def steps(self) -> list[StepRecord]:
        """All steps so far, the first one first."""
        return steps(self._connection)

    def add_release(self, release: ReleaseRecord) -> None:
        """Stores a release, and the hash of each of its files as evidence; one already stored stays as it is."""
        add_release(self._connection, release, self._encode)
        hashes = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in release.files.items()}
        content = self._encode(hashes).decode()
        sha256 = hashlib.sha256(content.encode()).hexdigest()
        self.add_evidence(EvidenceRecord(release.id, sha256, "files", True, content, release.stored_at))

    def add_evidence(self, evidence: EvidenceRecord) -> None:
        """Stores evidence; the same already stored stays as it is."""
        add_evidence(self._connection, evidence)

    def add(self, step: StepRecord) -> StepRecord:
        """Stores a step, and tells of it with its number. Raises SQLAlchemy's `IntegrityError` when it is refused."""
        return add(self._connection, step)


def version(connection: Connection) -> int:
    """The number of the last step, 0 when there is none. Cheap: it is asked for several times a second."""
    found: int = connection.execute(select(func.coalesce(func.max(release_steps.c.seq), 0))).scalar_one()
    return found


def steps(connection: Connection, after: int = 0) -> list[StepRecord]:
    """All steps with a number greater than `after`, the first one first."""
    chosen = select(*_STEP).where(release_steps.c.seq > after).order_by(release_steps.c.seq)
    return [StepRecord(*row) for row in connection.execute(chosen)]


def add(connection: Connection, step: StepRecord) -> StepRecord:
    """Stores a step and its entry in the log; tells of it with its number.

    It is recorded after all others, even where the clocks of machines differ.
    """
    last = connection.execute(select(func.max(release_steps.c.recorded_at))).scalar_one()
    if last is not None and step.recorded_at <= last:
        step = replace(step, recorded_at=_just_after(last))
    stored = replace(step, seq=log.next_position(connection))
    connection.execute(insert(release_steps), asdict(stored))
    log.append(connection, [log.Entry("release_step", str(stored.seq), asdict(stored))])
    return stored


def _just_after(moment: str) -> str:
    return (datetime.strptime(moment, MOMENT) + timedelta(microseconds=1)).strftime(MOMENT)


def add_evidence(connection: Connection, evidence: EvidenceRecord) -> None:
    """Stores evidence and its entry in the log; the same already stored stays as it is."""
    if find_evidence(connection, evidence.release_id, evidence.sha256) is None:
        connection.execute(insert(release_evidence), asdict(evidence))
        log.append(
            connection, [log.Entry("release_evidence", f"{evidence.release_id}/{evidence.sha256}", asdict(evidence))]
        )


def find_evidence(connection: Connection, release_id: str, sha256: str) -> EvidenceRecord | None:
    """The evidence for a release under a hash."""
    key = (release_evidence.c.release_id == release_id, release_evidence.c.sha256 == sha256)
    row = connection.execute(select(*_EVIDENCE).where(*key)).one_or_none()
    return EvidenceRecord(*row) if row is not None else None


def evidence_of(connection: Connection, release_id: str) -> Sequence[EvidenceRecord]:
    """All evidence for a release, the first recorded first."""
    query = select(*_EVIDENCE).where(release_evidence.c.release_id == release_id)
    ordered = query.order_by(release_evidence.c.recorded_at, release_evidence.c.kind)
    return [EvidenceRecord(*row) for row in connection.execute(ordered)]

"""The tables of the store, as the migrations leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts rows by itself only in a column of exactly this type."""


@dataclass(frozen=True, slots=True)
class Proved:
    """How the rows of a table are proved: the `kind` of their entries in the log, and the columns that name a row.

    `position` is the column that holds the position of a row's entry, where rows are written once and never changed;
    without it the newest entry about a subject tells of its row.
    """

    kind: str
    subject: tuple[str, ...]
    position: str | None = None


def proved(kind: str, *subject: str, position: str | None = None) -> dict[str, Any]:
    """The `info` of a table whose rows are proved by the log."""
    return {"proved": Proved(kind, subject, position)}


releases = Table(
    "releases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("stored_at", String(32), nullable=False),
    info=proved("release", "id"),
)
"""Sets of rule files, whole: `files` is the JSON object of path to text whose canonical bytes `sha256` was taken of."""

release_evidence = Table(
    "release_evidence",
    metadata,
    Column("release_id", String(40), ForeignKey("releases.id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("content", Text, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    info=proved("release_evidence", "release_id", "sha256"),
)
"""What speaks for a release: `sha256` is of the UTF-8 bytes of `content`. `kind` is files (their hashes), check,
scenarios or impact.
"""

release_steps = Table(
    "release_steps",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
    Column("release_id", String(40), ForeignKey("releases.id")),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("recorded_at", String(32), nullable=False),
    Column("effective_from", String(32)),
    Column("effective_until", String(32)),
    Column("comment", Text),
    Column("check_sha256", String(64)),
    Column("scenarios_sha256", String(64)),
    Column("impact_sha256", String(64)),
    *(
        ForeignKeyConstraint(
            ["release_id", f"{kind}_sha256"], ["release_evidence.release_id", "release_evidence.sha256"]
        )
        for kind in ("check", "scenarios", "impact")
    ),
    Index("release_steps_release_id", "release_id", "seq"),
    info=proved("release_step", "seq", position="seq"),
)
"""The life of the releases, one row for each step, and of the kill switch, whose steps name no release.

`seq` is the position of its entry in the log, so it rises from row to row.

Moments are UTC as fixed-width ISO text; `recorded_at` rises from row to row. Triggers refuse steps out of order.
"""

decisions = Table(
    "decisions",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
    Column("decision_id", String(36), nullable=False, unique=True),
    Column("idempotency_key", String(240), unique=True),
    Column("request_sha256", String(64), nullable=False),
    Column("release_id", String(40), ForeignKey("releases.id"), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("decided_at", String(32), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("application_id", Text),
    Column("uscc", Text),
    Column("product", Text),
    Column("tier", Text),
    Column("route", Text),
    Column("status", Text, nullable=False),
    Column("trace_level", String(8), nullable=False),
    Column("inputs", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("trace", LargeBinary),
    Column("caller", Text),
    Column("region", Text),
    Index("decisions_caller", "caller", "seq"),
    Index("decisions_region", "region", "seq"),
    Index("decisions_application_id", "application_id", "seq"),
    Index("decisions_uscc", "uscc", "seq"),
    Index("decisions_decided_at", "decided_at"),
    Index("decisions_product", "product", "seq"),
    Index("decisions_tier", "tier", "seq"),
    Index("decisions_route", "route", "seq"),
    Index("decisions_status", "status", "seq"),
    Index("decisions_release_id", "release_id", "seq"),
    info=proved("decision", "decision_id", position="seq"),
)
"""One row for each decision given: `inputs` and `answer` are JSON texts, the answer as it was sent but for its trace.

`seq` is the position of its entry in the log.

`trace` is that member's JSON, compressed; null when the answer carries none.
`decided_at` is UTC as fixed-width ISO text, so that text order is time order.
"""

log = Table(
    "log",
    metadata,
    Column("position", SEQUENCE, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
    Column("nodes", LargeBinary, nullable=False),
    Column("topic", Text),
    Column("head", Text),
)
Index("log_topic", log.c.topic, sqlite_where=log.c.topic.is_not(None), postgresql_where=log.c.topic.is_not(None))
"""The leaves of the Merkle log: `data` is what the leaf hash is of.

`nodes` are the hashes of the complete subtrees that end with the leaf, the smallest, its own, first: so every hash that
a proof needs is in one row, found by its key, and no row is ever changed. The last entry of a transaction carries the
signed `head` of the tree as the transaction left it. `topic` is `kind/subject` of an entry whose row does not tell its
position.
"""

log_keys = Table(
    "log_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("public_key", String(64), nullable=False),
    Column("added_at", String(32), nullable=False),
    info=proved("log_key", "id"),
)
"""The public keys that heads were and are verified with, 32 bytes in hex."""

log_events = Table(
    "log_events",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("log_events_kind_subject", "kind", "subject"),
    info=proved("event", "kind", "subject", position="seq"),
)
"""What entries tell whose kind has no table of its own: `content` is its JSON. `seq` is the position of the entry."""

key_steps = Table(
    "key_steps",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("step", String(16), nullable=False),
    Column("at", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("regions", Text),
    Column("expires_at", String(32)),
    Column("secret_sha256", String(64), nullable=False),
    Column("previous_sha256", String(64)),
    Column("previous_until", String(32)),
    Index("key_steps_secret_sha256", "secret_sha256"),
    info=proved("key", "key_id", "version"),
)
"""What happened to each key of access, never changed: the row with the highest `version` of a key is what it is now.

`roles` and `regions` are words with a space between; `regions` is null for a key that is limited to none.
"""


@cache
def proved_tables() -> Mapping[str, Table]:
    """The table of each kind of entry."""
    return {table.info["proved"].kind: table for table in metadata.sorted_tables if "proved" in table.info}

"""The tables of the store, as the migrations leave them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
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

releases = Table(
    "releases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("stored_at", String(32), nullable=False),
)
"""Sets of rule files, whole: `files` is the JSON object of path to text whose canonical bytes `sha256` was taken of."""

decisions = Table(
    "decisions",
    metadata,
    Column("seq", SEQUENCE, Identity(always=True), primary_key=True, autoincrement=True),
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
    Index("decisions_application_id", "application_id", "seq"),
    Index("decisions_uscc", "uscc", "seq"),
    Index("decisions_decided_at", "decided_at"),
    Index("decisions_product", "product", "seq"),
    Index("decisions_tier", "tier", "seq"),
    Index("decisions_route", "route", "seq"),
    Index("decisions_status", "status", "seq"),
    Index("decisions_release_id", "release_id", "seq"),
    sqlite_autoincrement=True,
)
"""One row for each decision given: `inputs` and `answer` are JSON texts, the answer as it was sent but for its trace.

`trace` is that member's JSON, compressed; null when the answer carries none.
`decided_at` is UTC as fixed-width ISO text, so that text order is time order.
"""

"""The tables of the store, as the migrations leave them: declarations alone, no statement."""

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
    UniqueConstraint,
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
scenarios, impact, submission (that its approval was asked for) or refusal (what came of that).
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
    Column("request_mac", String(64), nullable=False),
    Column("release_id", String(40), ForeignKey("releases.id"), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("decided_at", String(32), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("product", Text),
    Column("tier", Text),
    Column("route", Text),
    Column("status", Text, nullable=False),
    Column("trace_level", String(8), nullable=False),
    Column("inputs", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("trace", LargeBinary),
    Column("path", Text),
    Column("sealed", Integer, nullable=False, server_default="0"),
    Column("data_key_id", String(32)),
    Column("inputs_commitment", String(64)),
    Column("answer_commitment", String(64)),
    Column("trace_commitment", String(64)),
    Column("caller", Text),
    Column("region", Text),
    Column("lookup_commitment", String(64)),
    Index("decisions_caller", "caller", "seq"),
    Index("decisions_region", "region", "seq"),
    Index("decisions_data_key_id", "data_key_id", "seq"),
    Index("decisions_decided_at", "decided_at"),
    Index("decisions_product", "product", "seq"),
    Index("decisions_tier", "tier", "seq"),
    Index("decisions_route", "route", "seq"),
    Index("decisions_status", "status", "seq"),
    Index("decisions_release_id", "release_id", "seq"),
    info=proved("decision", "decision_id", position="seq"),
)
"""One row for each decision given. `decided_at` is UTC as fixed-width ISO text, so that text order is time order.

`seq` is the position of its entry in the log.

`inputs`, `answer` (JSON, the answer as it was sent but for its trace) and `trace` (that member's JSON, compressed; null
when the answer carries none) are sealed under the data key where `sealed` is 1; each has its commitment beside it.
`idempotency_key` is then a keyed token, and `request_mac` the hash of the request under the data key. Where `sealed` is
0, in rows of earlier versions, all of these are in the clear. `path` is JSON: the rows that held, by decision.

`lookup_commitment` tells by what the decision is found (`lookups`); it is empty for one that is found by nothing, and
null in rows of earlier versions (`lookup_statements`).
"""

Index(
    "decisions_lookup_untold",
    decisions.c.seq,
    sqlite_where=decisions.c.lookup_commitment.is_(None),
    postgresql_where=decisions.c.lookup_commitment.is_(None),
)

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
a proof needs is in one row, found by its key, and no row is ever changed. The last of the entries that are added
together carries the signed `head` of the tree as they leave it. `topic` is `kind/subject` of an entry whose row does
not tell its position.
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

data_keys = Table(
    "data_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("customer", String(64)),
    Column("scope", String(80), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("salt", LargeBinary),
    UniqueConstraint("customer", "scope", name="data_keys_of_customer"),
)
"""The data keys, without the keys themselves: these are in the key store.

`customer` is a keyed token of the customer, null once the key is destroyed: nothing leads from there to the customer.
`scope` is what of the customer's the key is for: the year of deciding and the status. `salt`, 32 random bytes, opens
the commitment to the customer in the key's entry of the log (`data_key_statements`); it goes with the customer.
"""

lookups = Table(
    "decision_lookups",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("decision_id", String(36), primary_key=True),
    Column("salt", LargeBinary),
    Index("decision_lookups_decision_id", "decision_id"),
)
"""Keyed tokens of what a decision can be found by; those of a decision go when its data key is destroyed.

`salt`, 32 random bytes, opens the commitment to the token that the log was told of (`lookup_statements`).
"""

key_binding = Table(
    "key_binding",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key_store", String(32), nullable=False),
    info=proved("key_binding", "id"),
)
"""One row, with the id 1: the name of the key store whose keys this database was written with, for ever."""

write_probes = Table(
    "write_probes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("filler", LargeBinary, nullable=False),
    info={"evidence": False},
)
"""One row, with the id 1, which processes write to find out whether they can. Nothing reads it."""

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("data_key_id", String(32), ForeignKey("data_keys.id"), nullable=False),
    Column("erased_at", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("caller", Text, nullable=False),
    Column("decisions", Integer, nullable=False),
    info=proved("erasure", "id"),
)
"""Data keys that were destroyed: when, why and by whom, and how many decisions became unreadable."""

reviews = Table(
    "reviews",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("decision_id", String(36), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("said_by", String(16), nullable=False),
    Column("caller", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("text_commitment", String(64), nullable=False),
    Index("reviews_decision_id", "decision_id"),
    info=proved("review", "id"),
)
"""What was said about decisions by people, never changing one: a review `requested`, then `upheld` or `changed`.

`said_by` is who asked (`customer`, `officer`) or who decided (`reviewer`); `text`, the reason or the comment, is sealed
under the decision's data key.
"""


@cache
def proved_tables() -> Mapping[str, Table]:
    """The table of each kind of entry."""
    return {table.info["proved"].kind: table for table in metadata.sorted_tables if "proved" in table.info}

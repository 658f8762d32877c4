"""What is answered about decisions: each declared once, for its bytes and for OpenAPI. Pure.

A decision is stored as the bytes of its answer but for the last member, `trace`, which is kept apart, compressed: it is
most of an answer, up to a hundred times the rest, and is seldom read again.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, Raw, UnsetType, convert

from greenlane.api.decisions.records import Content
from greenlane.api.json_objects import OPEN, Day, JsonObject, Maskable, Moment, OpenObject, Uuid, meant
from greenlane.api.problems import ProblemDocument
from greenlane.api.releases.answers import ReleaseId, ReleaseName
from greenlane.api.releases.ruleset_answers import LabelItem
from greenlane.engine.decide import Result
from greenlane.engine.explain import Sentence

FAST = 1
"""The level of compression."""


class ReasonItem(JsonObject):
    """Why."""

    code: Annotated[str, meant("Stable reason code")]
    zh: str
    en: str
    row: Annotated[str, meant("The rule's id")]
    source: Annotated[str, meant("Where the rule is written")]


class CauseItem(JsonObject):
    """Why something cannot be said."""

    kind: str
    subject: Annotated[str, meant("The fact or expression")]
    zh: str
    en: str


class UndeterminedItem(JsonObject, kw_only=True):
    """A rule that could not be decided, or a member of the answer that cannot be told."""

    row: Annotated[str | UnsetType, meant("The rule's id")] = UNSET
    member: Annotated[
        str | UnsetType, meant("JSON pointer in the answer of what is null because it cannot be told")
    ] = UNSET
    because: Sequence[CauseItem]


class SealedAnswer(JsonObject, kw_only=True):
    """A decision but for its trace: its header, what was decided and why, and by which release."""

    decision_id: Uuid
    application_id: Maskable
    decided_at: Moment
    as_of: Day
    known_at: Annotated[Moment | UnsetType, meant("Where asked: by what was recorded until then")] = UNSET
    kill_switch: Annotated[
        dict[str, Any] | UnsetType, meant("While the kill switch was on: its step; no rule was asked", **OPEN)
    ] = UNSET
    status: Annotated[str | None, meant("Null where the rules only compute")]
    outcome: Annotated[dict[str, Any], meant("What was decided", **OPEN)]
    reasons: Sequence[ReasonItem]
    undetermined: Sequence[UndeterminedItem]
    release: ReleaseName


class DecisionDocument(SealedAnswer, kw_only=True):
    """A decision. Its bytes are those of a `SealedAnswer` and of the trace, put together by `with_trace`."""

    trace: Annotated[dict[str, Any] | None, meant("How it was decided", **OPEN)]


class BatchItem(JsonObject, kw_only=True):
    """A decision, or the problem there was."""

    status: Annotated[int, meant("What the application alone would be answered, or 413 `answer_full`")]
    decision: DecisionDocument | Raw | UnsetType = UNSET
    problem: ProblemDocument | UnsetType = UNSET


class BatchDocument(JsonObject):
    """One result for each application, in order."""

    results: Sequence[BatchItem]


class DecisionLine(JsonObject):
    """A decision as searches show it."""

    decision_id: Uuid
    application_id: Maskable
    uscc: Maskable
    decided_at: Moment
    as_of: Day
    status: str | None
    tier: str | None
    product: str | None
    route: str | None
    release: ReleaseId
    erased: Annotated[bool, meant("Whether the personal data was erased")]
    altered: Annotated[bool, meant("Whether its content is not what was stored, or cannot be read")]
    review: Annotated[str | None, meant("State of its review; null when none was asked for")]


class SearchDocument(JsonObject):
    """One page."""

    decisions: Sequence[DecisionLine]
    next_cursor: Annotated[str | None, meant("Null on the last page")]


class TraceDocument(JsonObject):
    """The full trace of a decision."""

    decision_id: Uuid
    release: ReleaseId
    trace: OpenObject


class SentenceItem(LabelItem):
    """One sentence."""

    heading: Annotated[bool, meant("Whether it opens a decision")]
    decision: Annotated[str, meant("The decision it is about")]
    row: Annotated[str | None, meant("The rule it is about")]
    source: Annotated[str | None, meant("Where that is written")]

    @classmethod
    def of(cls, sentence: Sentence) -> SentenceItem:
        """A sentence of the engine."""
        source = str(sentence.source) if sentence.source is not None else None
        return SentenceItem(sentence.zh, sentence.en, sentence.heading, sentence.decision, sentence.row, source)


class ExplanationDocument(JsonObject):
    """How a decision came about, in order."""

    decision_id: Uuid
    release: ReleaseId
    sentences: Sequence[SentenceItem]


class Difference(JsonObject):
    """A place where a replay differs; a value that is not there is left out."""

    pointer: Annotated[str, meant("JSON pointer in the answer")]
    stored: Any | UnsetType = UNSET
    replayed: Any | UnsetType = UNSET


class EngineVersions(JsonObject):
    """Versions of the service."""

    decided: Annotated[str, meant("The one that decided")]
    replayed: Annotated[str, meant("The one that replayed")]


class ReplayDocument(JsonObject):
    """The result of deciding again."""

    decision_id: Uuid
    identical: bool
    cause: Annotated[Sequence[str], meant("What is not as it was: input, rules, data, engine; empty when identical")]
    differences: Annotated[Sequence[Difference], meant("The first thousand of them")]
    release: ReleaseId
    engine: EngineVersions
    more_differences: Annotated[int | UnsetType, meant("How many there are besides these", minimum=1)] = UNSET


def conclusion(result: Result) -> dict[str, Any]:
    """The members of an answer that the application, the date and the rules make alone, as declared here."""
    members = result.as_json()
    reasons = convert(members["reasons"], list[ReasonItem])
    return members | {"reasons": reasons, "undetermined": convert(members["undetermined"], list[UndeterminedItem])}


def with_trace(sealed: bytes, trace: bytes | None) -> bytes:
    """The bytes of a `DecisionDocument`, of those of a `SealedAnswer` and of its trace (None: null)."""
    return sealed[:-1] + b',"trace":' + (trace if trace is not None else b"null") + b"}"


def compressed(trace: bytes | None) -> bytes | None:
    """The bytes of a trace as they are stored."""
    return zlib.compress(trace, FAST) if trace is not None else None


def trace_text(content: Content) -> bytes | None:
    """The bytes of a stored trace."""
    return zlib.decompress(content.trace) if content.trace is not None else None


def body_of(content: Content) -> bytes:
    """The stored answer as it is sent: the same bytes whenever it is asked for."""
    return with_trace(content.answer, trace_text(content))

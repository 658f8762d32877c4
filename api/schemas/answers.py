"""The shapes of what the service answers, for the OpenAPI document. Answers are not built from these."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields

MOMENT: dict[str, Any] = {"format": "date-time", "description": "UTC"}
DAY: dict[str, Any] = {"format": "date"}
UUID: dict[str, Any] = {"format": "uuid"}
OPEN: dict[str, Any] = {"additionalProperties": True}


def text(description: str = "", *, null: bool = False, data_key: str | None = None, **schema: Any) -> fields.String:
    """A text that is always there."""
    metadata = {"description": description, **schema} if description else schema
    return fields.String(required=True, allow_none=null, data_key=data_key, metadata=metadata)


def items(inner: Any, description: str = "") -> fields.List[Any]:
    """A list that is always there."""
    field = inner if isinstance(inner, fields.Field) else fields.Nested(inner)
    return fields.List(field, required=True, metadata={"description": description} if description else {})


def maskable() -> fields.Raw:
    """A text, null, or what stands for one that the caller may not see."""
    masked = {"type": "object", "required": ["masked"], "properties": {"masked": {"const": True}}}
    return fields.Raw(required=True, metadata={"anyOf": [{"type": ["string", "null"]}, masked]})


class ErrorItem(Schema):
    """One fault."""

    pointer = fields.String(metadata={"description": "JSON pointer (RFC 6901) of the field in the body"})
    parameter = fields.String(metadata={"description": "Name of the query parameter or header"})
    place = fields.String(metadata={"description": "`path:line:column` in the rule files"})
    severity = fields.String(metadata={"description": "`error` or `warning`, of a fault in rule files"})
    help = fields.String(metadata={"description": "What to do about it"})
    code = text("Stable code of the fault")
    detail = text("In the language asked for")
    allowed = fields.List(fields.Raw(), metadata={"description": "The values accepted"})
    nearest = fields.String(metadata={"description": "The nearest known name or value"})


class ProblemDocument(Schema):
    """A problem (RFC 9457)."""

    type = text(format="uri")
    title = text("In the language asked for")
    status = fields.Integer(required=True)
    detail = text("In the language asked for")
    code = text("Stable code of the problem")
    trace_id = text("Quote it to the operators")
    errors = fields.List(fields.Nested(ErrorItem), metadata={"description": "Every fault of the request"})
    remains = fields.Dict(metadata={"description": "What stays of a decision that was erased", **OPEN})
    decision_id = fields.String(metadata={"description": "The decision whose stored content was altered", **UUID})


class ReleaseName(Schema):
    """Which release decided."""

    id = text("Named by its content")
    sha256 = text("SHA-256 of the rule files")
    name = text()
    version = text()


class ReasonItem(Schema):
    """Why."""

    code = text("Stable reason code")
    zh = text()
    en = text()
    row = text("The rule's id")
    source = text("Where the rule is written")


class CauseItem(Schema):
    """Why something cannot be said."""

    kind = text()
    subject = text("The fact or expression")
    zh = text()
    en = text()


class UndeterminedItem(Schema):
    """A rule that could not be decided."""

    row = text("The rule's id")
    because = items(CauseItem)


class DecisionDocument(Schema):
    """A decision."""

    decision_id = text(**UUID)
    application_id = maskable()
    decided_at = text(**MOMENT)
    as_of = text(**DAY)
    known_at = fields.String(metadata={**MOMENT, "description": "Where asked: by what was recorded until then"})
    kill_switch = fields.Dict(
        metadata={"description": "While the kill switch was on: its step; no rule was asked", **OPEN}
    )
    status = text()
    outcome = fields.Dict(required=True, metadata={"description": "What was decided", **OPEN})
    reasons = items(ReasonItem)
    undetermined = items(UndeterminedItem)
    release = fields.Nested(ReleaseName, required=True)
    trace = fields.Dict(required=True, allow_none=True, metadata={"description": "How it was decided", **OPEN})


class BatchItem(Schema):
    """A decision, or the problem there was."""

    status = fields.Integer(required=True, metadata={"description": "What the application alone would be answered"})
    decision = fields.Nested(DecisionDocument)
    problem = fields.Nested(ProblemDocument)


class BatchDocument(Schema):
    """One result for each application, in order."""

    results = items(BatchItem)


class DecisionLine(Schema):
    """A decision as searches show it."""

    decision_id = text(**UUID)
    application_id = maskable()
    uscc = maskable()
    decided_at = text(**MOMENT)
    as_of = text(**DAY)
    status = text()
    tier = text(null=True)
    product = text(null=True)
    route = text(null=True)
    release = text("The release's id")
    review = text("State of its review; null when none was asked for", null=True)
    erased = fields.Boolean(required=True, metadata={"description": "Whether the personal data was erased"})
    altered = fields.Boolean(
        required=True, metadata={"description": "Whether its content is not what was stored, or cannot be read"}
    )


class SearchDocument(Schema):
    """One page."""

    decisions = items(DecisionLine)
    next_cursor = text("Null on the last page", null=True)


class TraceDocument(Schema):
    """The full trace of a decision."""

    decision_id = text(**UUID)
    release = text("The release's id")
    trace = fields.Dict(required=True, metadata=OPEN)


class RemarkItem(Schema):
    """Something said in a review."""

    words = maskable()
    id = text(**UUID)
    kind = text("`requested`, `upheld` or `changed`")
    said_by = text("`customer`, `officer` or `reviewer`")
    caller = text("Whose key it was said with")
    at = text(**MOMENT)
    erased = fields.Boolean(required=True, metadata={"description": "Whether the text was erased"})
    altered = fields.Boolean(
        required=True, metadata={"description": "Whether the text is not what was stored, or cannot be read"}
    )


class ReviewDocument(Schema):
    """The review of a decision."""

    decision_id = text(**UUID)
    state = text("`requested`, `upheld` or `changed`; null when none was asked for", null=True)
    remarks = items(RemarkItem, "In the order said")


class ErasureDocument(Schema):
    """What was erased."""

    erased = fields.Boolean(required=True, metadata={"description": "False when no data key of the customer was left"})
    keys = fields.Integer(required=True, metadata={"description": "Data keys destroyed"})
    decisions = fields.Integer(required=True, metadata={"description": "Decisions that cannot be read any more"})
    erasures = items(fields.String(), "Ids of what was recorded")


class LabelItem(Schema):
    """The same in both languages."""

    zh = text()
    en = text()


class SentenceItem(LabelItem):
    """One sentence."""

    heading = fields.Boolean(required=True, metadata={"description": "Whether it opens a decision"})
    decision = text("The decision it is about")
    row = text("The rule it is about", null=True)
    source = text("Where that is written", null=True)


class ExplanationDocument(Schema):
    """How a decision came about, in order."""

    decision_id = text(**UUID)
    release = text("The release's id")
    sentences = items(SentenceItem)


class Difference(Schema):
    """A place where a replay differs; a value that is not there is left out."""

    pointer = text("JSON pointer in the answer")
    stored = fields.Raw()
    replayed = fields.Raw()


class EngineVersions(Schema):
    """Versions of the service."""

    decided = text("The one that decided")
    replayed = text("The one that replayed")


class ReplayDocument(Schema):
    """The result of deciding again."""

    decision_id = text(**UUID)
    identical = fields.Boolean(required=True)
    cause = items(fields.String(), "What is not as it was: input, rules, data, engine; empty when identical")
    differences = items(Difference)
    release = text("The release's id")
    engine = fields.Nested(EngineVersions, required=True)


class OpenDocument(Schema):
    """An object with more members than are listed here."""

    class Meta:
        """Members not listed are welcome."""

        unknown = INCLUDE


class RulesetDocument(OpenDocument):
    """What decides now."""

    release = fields.Nested(ReleaseName, required=True)
    title = fields.Nested(LabelItem, required=True)
    owner = text()
    language = fields.Integer(required=True)
    effective = fields.Dict(required=True, metadata=OPEN)
    decisions = items(fields.Dict(metadata=OPEN))
    references = items(fields.Dict(metadata=OPEN))


class VocabularyDocument(OpenDocument):
    """The facts."""

    groups = items(fields.Dict(metadata=OPEN))
    facts = items(fields.Dict(metadata=OPEN))


class ApiKeyDocument(Schema):
    """A key of access. Its secret is not among what is known of it."""

    id = text("Names the key; it is no secret")
    name = text("What it is for")
    roles = items(fields.String(), "What its holder may do")
    regions = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "The provinces whose decisions it may read; null: all"},
    )
    state = text("`active`, `expired` or `revoked`")
    expires_at = text("When it ends (UTC)", null=True, format="date-time")
    previous_until = text("Until when the secret before is good (UTC)", null=True, format="date-time")
    version = fields.Integer(required=True, metadata={"description": "Goes up with every step"})
    step = text("The last step: `created`, `rotated` or `revoked`")
    at = text(**MOMENT)
    by = text("Who did that")


class ApiKeysDocument(Schema):
    """Every key, by id."""

    keys = items(ApiKeyDocument)


class IssuedDocument(Schema):
    """A key with its secret."""

    key = fields.Nested(ApiKeyDocument, required=True)
    secret = text("Shown this once: only its hash is stored")


class HealthDocument(Schema):
    """The process is alive."""

    status = text()


class ReadyDocument(Schema):
    """The service can decide and store."""

    status = text()
    release = text("The release that decides now")

"""The shapes of what is answered about releases, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from greenlane.api.schemas.answers import MOMENT, OPEN, ReleaseName, items, text

STATES = ("draft", "submitted", "approved", "rejected", "active", "superseded")


class StepDocument(Schema):
    """A step in the life of a release, or of the kill switch."""

    seq = fields.Integer(required=True, metadata={"description": "Steps are numbered as they are recorded"})
    release = text("The release's id; null for the kill switch", null=True)
    step = text("loaded, seeded, drafted, submitted, approved, rejected, activated, rolled back, stopped or resumed")
    by = text("Who did it; `system` for the service itself")
    recorded_at = text(**MOMENT)
    effective_from = text(null=True, **MOMENT)
    effective_until = text(null=True, **MOMENT)
    comment = text(null=True)
    evidence = fields.Dict(required=True, metadata={"description": "Hashes of check, scenarios, impact", **OPEN})


class OverriddenItem(Schema):
    """A stretch of time that another release decided, or was to decide."""

    release = text("The release's id")
    seq = fields.Integer(required=True, metadata={"description": "The step that put it in force"})
    from_ = text(data_key="from", **MOMENT)
    until = text("UTC; null: open", null=True, format="date-time")


class BothLanguages(Schema):
    """A text in Chinese and in English."""

    zh = text()
    en = text()


class ActivationDocument(StepDocument):
    """A step that puts a release in force, and what it takes the place of."""

    seq = fields.Integer(required=True, allow_none=True, metadata={"description": "Null of a dry run"})
    dry_run = fields.Boolean(required=True, metadata={"description": "Whether it was only tried: nothing is recorded"})
    overrides = items(OverriddenItem, "What was in force, or planned, for the same time; the earliest first")
    warning = fields.Nested(
        BothLanguages,
        required=True,
        allow_none=True,
        metadata={"description": "That releases activated for a later time are replaced as well; null when none is"},
    )


class StepsDocument(Schema):
    """Steps in their order."""

    steps = items(StepDocument)


class SwitchDocument(Schema):
    """The kill switch."""

    on = fields.Boolean(required=True)
    step = fields.Nested(StepDocument, required=True, allow_none=True, metadata={"description": "What turned it last"})


class ReleaseLine(ReleaseName):
    """A release."""

    stored_at = text(**MOMENT)
    current = fields.Boolean(required=True, metadata={"description": "Whether it decides now"})
    state = text(enum=list(STATES))
    planned_from = text("When it will be in force, if that is planned", null=True, format="date-time")


class ReleasesDocument(Schema):
    """All releases, the last stored first."""

    releases = items(ReleaseLine)


class ReleaseDocument(ReleaseLine):
    """A release with its files and steps."""

    files = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    steps = items(StepDocument)


class ChangeItem(Schema):
    """One difference. What is added or removed comes with its cells, what is moved with where it was."""

    change = text(enum=["added", "removed", "moved", "changed"])
    kind = text("row, decision, fact, group, reference, reference row or heading")
    name = text("The row's id, or the name")
    in_ = text("The table of a row", null=True, data_key="in")
    source = text("Where it is written", null=True)
    cell = fields.String(metadata={"description": "The cell that changed"})
    old = fields.String(allow_none=True, metadata={"description": "Its text before; null where there was none"})
    new = fields.String(allow_none=True, metadata={"description": "Its text now; null where there is none"})
    cells = fields.Dict(metadata={"description": "The texts of its cells", **OPEN})
    from_ = fields.String(data_key="from", allow_none=True, metadata={"description": "The table it was in"})
    after = fields.String(allow_none=True, metadata={"description": "What it stands after; null at the head"})


class DiffDocument(Schema):
    """What differs between two releases."""

    old = fields.Nested(ReleaseName, required=True)
    new = fields.Nested(ReleaseName, required=True)
    steps = items(StepDocument, "Who did what for the new one, and when")
    changes = items(ChangeItem)


class BlameItem(Schema):
    """The release that changed a row last."""

    row = text("The row's id")
    in_ = text("Its table", data_key="in")
    source = text("Where it is written")
    release = text("The release's id")
    step = fields.Nested(StepDocument, required=True, metadata={"description": "What put that release in force"})
    authors = items(fields.String(), "Who drafted or submitted it")
    approved_by = items(fields.String())
    changes = items(ChangeItem)


class BlameDocument(Schema):
    """What the rows of a release owe to which release."""

    release = fields.Nested(ReleaseName, required=True)
    rows = items(BlameItem)


class ReferenceRow(Schema):
    """A row of a reference table."""

    values = fields.Dict(required=True, metadata=OPEN)
    recorded = fields.Dict(required=True, metadata={"description": "The release it came with in this form", **OPEN})


class ReferenceDocument(Schema):
    """A reference table as of a day, as known at a moment."""

    table = text()
    zh = text()
    en = text()
    source = text("Where the data comes from")
    as_of = text(format="date")
    known_at = text(**MOMENT)
    release = fields.Nested(ReleaseName, required=True)
    rows = items(ReferenceRow)


class EvidenceLine(Schema):
    """Evidence without its content."""

    sha256 = text("SHA-256 of the content")
    kind = text("`files` has the hash of each rule file", enum=["files", "check", "scenarios", "impact"])
    passed = fields.Boolean(required=True)
    recorded_at = text(**MOMENT)
    bytes = fields.Integer(required=True)


class EvidenceDocument(Schema):
    """All that speaks for a release."""

    evidence = items(EvidenceLine)

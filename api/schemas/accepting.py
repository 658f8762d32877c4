"""Which applications a ruleset takes, for services that know nothing of schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from greenlane.api.problems import PlacedFault
from greenlane.api.schemas.application import application_schema
from greenlane.api.schemas.faults import body_faults
from greenlane.engine.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SchemaAccepts:
    """Takes what a schema validates. Safe for many threads."""

    schema: Schema

    def faults(self, application: Any) -> tuple[PlacedFault, ...]:
        """Everything wrong with an application, by its JSON pointer; nothing when it can be decided."""
        messages = self.schema.validate(application)
        return body_faults(messages, self.schema) if messages else ()


def accepts(vocabulary: Vocabulary) -> SchemaAccepts:
    """What a vocabulary takes."""
    return SchemaAccepts(application_schema(vocabulary))

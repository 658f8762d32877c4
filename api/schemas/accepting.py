"""Which applications a ruleset takes: found out by the engine's validation, described by the declared schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from greenlane.api.problems import PlacedFault
from greenlane.api.schemas.application import application_schema
from greenlane.engine.decide.application import Validator
from greenlane.engine.json_text import pointer
from greenlane.engine.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SchemaAccepts:
    """What a vocabulary takes. Safe for many threads."""

    schema: Schema
    validator: Validator

    def faults(self, application: Any) -> tuple[PlacedFault, ...]:
        """Everything wrong with an application, by its JSON pointer; nothing when it can be decided."""
        found = self.validator.violations(application)
        return tuple(PlacedFault(violation, pointer=pointer(*path)) for path, violation in found)


def accepts(vocabulary: Vocabulary) -> SchemaAccepts:
    """What a vocabulary takes."""
    return SchemaAccepts(application_schema(vocabulary), Validator(vocabulary))

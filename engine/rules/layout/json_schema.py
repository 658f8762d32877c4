"""The JSON Schema (2020-12) of rule files for editors, made from the schemas that the reader uses. Pure.

It never says more than the reader. A value is a text to the reader and whatever YAML makes of it to an editor, so a
text may be a number or boolean here. What needs the whole ruleset (names, the cells of tables) is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from greenlane.engine.rules.files.file_schemas import DECISION, REFERENCE, RULESET, VOCABULARY
from greenlane.engine.rules.files.namespace import KEYWORDS
from greenlane.engine.rules.files.schema import (
    Enumeration,
    IntegerRange,
    Key,
    KeyDependency,
    ListOf,
    ListOrMap,
    MapOf,
    MapSchema,
    NameReference,
    NameSource,
    OneOrList,
    ScalarSchema,
    Schema,
    TextList,
    TextPattern,
    value_schema,
)
from greenlane.engine.rules.layout.document_layout import FOR_EDITORS
from greenlane.engine.rules.ruleset import Ruleset

JsonSchema = dict[str, Any]
FILE_NAME = "ruleset.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: JsonSchema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_SCALARS: Mapping[ScalarSchema, JsonSchema] = {
    ScalarSchema.TEXT: _TEXT,
    ScalarSchema.NAME: {"type": "string", "pattern": r"\S", "not": {"enum": sorted(KEYWORDS)}},
    ScalarSchema.NUMBER: {"type": ["number", "string"], "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"},
    ScalarSchema.BOOLEAN: {"type": "boolean"},
    ScalarSchema.DATE: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    ScalarSchema.VALUE: _TEXT,
    ScalarSchema.EXPRESSION: {"type": ["string", "number", "boolean", "null"]},
    ScalarSchema.ROWS: {"type": "string", "pattern": r"\S[ ]*\n[\s\S]*\S"},
}
_FIXED_FILES = (RULESET, VOCABULARY, REFERENCE)


def schema_of(ruleset: Ruleset | None = None) -> JsonSchema:
    """The schema of one YAML document of any rule file. With a ruleset, editors offer its names as well."""
    writer = _JsonSchemaWriter(_names(ruleset) if ruleset else {})
    root: JsonSchema = writer.reference(DECISION)
    for schema in _FIXED_FILES:
        own = [name for name in schema.names if name not in DECISION.names]
        is_this = {"anyOf": [{"required": [name]} for name in own]}
        root = {"if": is_this, "then": writer.reference(schema), "else": root}
    return {
        "$schema": _DIALECT,
        "title": "Greenlane 规则文件 / Rule file",
        "type": "object",
        **root,
        "$defs": dict(sorted(writer.definitions.items())),
    }


def schema_line(path: str) -> str:
    """The comment by which an editor finds the schema, for the rule file at `path` in its ruleset."""
    return f"{FOR_EDITORS} $schema={'../' * path.count('/')}{FILE_NAME}"


def _names(ruleset: Ruleset) -> dict[NameSource, list[str]]:
    return {
        NameSource.FACTS: list(ruleset.vocabulary.facts),
        NameSource.GROUPS: list(ruleset.vocabulary.groups),
        NameSource.DECISIONS: list(ruleset.decisions),
    }


class _JsonSchemaWriter:
    """Writes each map and each enumeration once, into `definitions`."""

    def __init__(self, names: Mapping[NameSource, list[str]]) -> None:
        self._names = names
        self.definitions: dict[str, JsonSchema] = {}

    def reference(self, schema: MapSchema | Enumeration) -> JsonSchema:
        """A reference to the definition of a map or an enumeration."""
        if schema.name not in self.definitions:
            self.definitions[schema.name] = {}
            written = self._map(schema) if isinstance(schema, MapSchema) else _enumeration(schema)
            self.definitions[schema.name] = written
        return {"$ref": f"#/$defs/{schema.name}"}

    def _value(self, schema: Schema) -> JsonSchema:
        match schema:
            case MapSchema() | Enumeration():
                return self.reference(schema)
            case ScalarSchema():
                return dict(_SCALARS[schema])
            case TextPattern(pattern):
                return {"type": "string", "pattern": f"^({pattern})$"}
            case IntegerRange(minimum, maximum):
                return {"enum": list(range(minimum, maximum + 1))}
            case NameReference(source):
                names = self._names.get(source)
                return {**_TEXT, "examples": names} if names else dict(_TEXT)
            case TextList(items, nonempty):
                texts: JsonSchema = {"type": "array", "items": self._value(items), "uniqueItems": True}
                return {**texts, "minItems": 1} if nonempty else texts
            case OneOrList(items):
                return {"anyOf": [self._value(items), self._value(TextList(items))]}
            case ListOf(items):
                return {"type": "array", "items": self.reference(items), "minItems": 1}
            case MapOf():
                return self._map_of(schema)
            case ListOrMap(listed, mapped):
                return {"anyOf": [self._value(listed), self._value(mapped)]}
            case _:
                assert_never(schema)

    def _map_of(self, schema: MapOf) -> JsonSchema:
        written: JsonSchema = {"type": "object"}
        if schema.known:
            written["properties"] = {name: self.reference(known) for name, known in schema.known.items()}
        written["additionalProperties"] = self._value(schema.values)
        if schema.feel_names:
            written["propertyNames"] = {"not": {"enum": sorted(KEYWORDS)}}
        return {**written, **({"minProperties": 1} if schema.nonempty else {})}

    def _key(self, key: Key) -> JsonSchema:
        return {**self._value(key.value), "description": f"{key.zh}\n\n{key.en}"}

    def _map(self, schema: MapSchema) -> JsonSchema:
        written: JsonSchema = {
            "type": "object",
            "properties": {key.name: self._key(key) for key in schema.keys},
            "additionalProperties": False,
        }
        required = [key.name for key in schema.keys if key.required]
        if required:
            written["required"] = required
        if schema.one_of:
            written["anyOf"] = [{"required": [key]} for key in schema.one_of]
        conditions = [*map(_dependency, schema.dependencies), *_keys_by_type(schema)]
        return {**written, "allOf": conditions} if conditions else written


def _enumeration(schema: Enumeration) -> JsonSchema:
    texts = [f"{text.zh} / {text.en}" for text in schema.words.values()]
    return {"enum": list(schema.words), "enumDescriptions": texts}


def _dependency(dependency: KeyDependency) -> JsonSchema:
    when: JsonSchema = {"required": [dependency.having]}
    if dependency.lacking:
        when["not"] = {"anyOf": [{"required": [key]} for key in dependency.lacking]}
    then: JsonSchema = {}
    if dependency.requires:
        then["required"] = list(dependency.requires)
    if dependency.excludes:
        then["properties"] = dict.fromkeys(dependency.excludes, False)
    return {"if": when, "then": then}


def _keys_by_type(schema: MapSchema) -> list[JsonSchema]:
    """Which keys do not go with which word of `type`."""
    types = value_schema(schema, "type")
    conditions: list[JsonSchema] = []
    for word in types.words if isinstance(types, Enumeration) else ():
        when = {"required": ["type"], "properties": {"type": {"const": word}}}
        unfit = {key.name: False for key in schema.keys if key.only_for not in ("", word)}
        conditions.append({"if": when, "then": {"properties": unfit}})
    return conditions

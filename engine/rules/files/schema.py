"""The JSON Schema (2020-12) of the frame of rule files, for editors: it is made from the shapes that the reader uses.

It never says more than the reader. A value is a text to the reader and whatever YAML makes of it to an editor, so a
text may be a number or boolean here. What only the whole ruleset can tell (names, the cells of tables) is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from greenlane.engine.rules.files.decision_shapes import DECISION
from greenlane.engine.rules.files.file_shapes import REFERENCE, RULESET, VOCABULARY
from greenlane.engine.rules.files.format_block import FOR_EDITORS
from greenlane.engine.rules.files.names import KEYWORDS
from greenlane.engine.rules.files.shape import (
    Each,
    Either,
    Items,
    Key,
    Levels,
    Matching,
    NameOf,
    Plain,
    Shape,
    Suggested,
    Takes,
    Texts,
    Together,
    Words,
    inner,
)
from greenlane.engine.rules.ruleset import Ruleset

Schema = dict[str, Any]
FILE_NAME = "ruleset.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_PLAIN: Mapping[Plain, Schema] = {
    Plain.TEXT: _TEXT,
    Plain.NAME: {"type": "string", "pattern": r"\S", "not": {"enum": sorted(KEYWORDS)}},
    Plain.NUMBER: {"type": ["number", "string"], "pattern": r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"},
    Plain.FLAG: {"type": "boolean"},
    Plain.DAY: {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Plain.VALUE: _TEXT,
    Plain.EXPRESSION: {"type": ["string", "number", "boolean", "null"]},
    Plain.ROWS: {"type": "string", "pattern": r"\S[ ]*\n[\s\S]*\S"},
}
_ROOTS = (RULESET, VOCABULARY, REFERENCE)


def schema_of(ruleset: Ruleset | None = None) -> Schema:
    """The schema of one YAML document of any rule file. With a ruleset, editors offer its names as well."""
    writer = _Writer(_names(ruleset) if ruleset else {})
    root: Schema = writer.ref(DECISION)
    for shape in _ROOTS:
        own = [name for name in shape.names if name not in DECISION.names]
        root = {"if": {"anyOf": [{"required": [name]} for name in own]}, "then": writer.ref(shape), "else": root}
    return {
        "$schema": _DIALECT,
        "title": "Greenlane 规则文件 / Rule file",
        "type": "object",
        **root,
        "$defs": dict(sorted(writer.defs.items())),
    }


def schema_line(path: str) -> str:
    """The comment that tells an editor of the schema, for the rule file at `path` in its ruleset."""
    return f"{FOR_EDITORS} $schema={'../' * path.count('/')}{FILE_NAME}"


def _names(ruleset: Ruleset) -> dict[Suggested, list[str]]:
    return {
        Suggested.FACTS: list(ruleset.vocabulary.facts),
        Suggested.GROUPS: list(ruleset.vocabulary.groups),
        Suggested.DECISIONS: list(ruleset.decisions),
    }


class _Writer:
    """Writes each shape and each set of words once, into `defs`."""

    def __init__(self, names: Mapping[Suggested, list[str]]) -> None:
        self._names = names
        self.defs: dict[str, Schema] = {}

    def ref(self, takes: Shape | Words) -> Schema:
        """A reference to the definition of a shape or of words."""
        if takes.name not in self.defs:
            self.defs[takes.name] = {}
            self.defs[takes.name] = self._map(takes) if isinstance(takes, Shape) else _words(takes)
        return {"$ref": f"#/$defs/{takes.name}"}

    def _value(self, takes: Takes) -> Schema:
        match takes:
            case Shape() | Words():
                return self.ref(takes)
            case Plain():
                return dict(_PLAIN[takes])
            case Matching(pattern):
                return {"type": "string", "pattern": f"^({pattern})$"}
            case Levels(least, most):
                return {"enum": list(range(least, most + 1))}
            case NameOf(what):
                names = self._names.get(what)
                return {**_TEXT, "examples": names} if names else dict(_TEXT)
            case Texts(of, some):
                items: Schema = {"type": "array", "items": self._value(of), "uniqueItems": True}
                return {**items, "minItems": 1} if some else items
            case Items(of):
                return {"type": "array", "items": self.ref(of), "minItems": 1}
            case Each():
                return self._each(takes)
            case Either(listed, mapped):
                return {"anyOf": [self._value(listed), self._value(mapped)]}
            case _:
                assert_never(takes)

    def _each(self, takes: Each) -> Schema:
        schema: Schema = {"type": "object"}
        if takes.known:
            schema["properties"] = {name: self.ref(shape) for name, shape in takes.known.items()}
        schema["additionalProperties"] = self._value(takes.of)
        if takes.named:
            schema["propertyNames"] = {"not": {"enum": sorted(KEYWORDS)}}
        return {**schema, **({"minProperties": 1} if takes.some else {})}

    def _key(self, key: Key) -> Schema:
        return {**self._value(key.takes), "description": f"{key.zh}\n\n{key.en}"}

    def _map(self, shape: Shape) -> Schema:
        schema: Schema = {
            "type": "object",
            "properties": {
                key.name: {**self._value(key.takes), "description": f"{key.zh}\n\n{key.en}"} for key in shape.keys
            },
            "additionalProperties": False,
        }
        required = [key.name for key in shape.keys if key.required]
        if required:
            schema["required"] = required
        if shape.one_of:
            schema["anyOf"] = [{"required": [key]} for key in shape.one_of]
        together = [*map(_together, shape.together), *_fitting(shape)]
        return {**schema, "allOf": together} if together else schema


def _words(takes: Words) -> Schema:
    texts = [f"{text.zh} / {text.en}" for text in takes.words.values()]
    return {"enum": list(takes.words), "enumDescriptions": texts}


def _together(rule: Together) -> Schema:
    when: Schema = {"required": [rule.having]}
    if rule.lacking:
        when["not"] = {"anyOf": [{"required": [key]} for key in rule.lacking]}
    then: Schema = {}
    if rule.needs:
        then["required"] = list(rule.needs)
    if rule.excludes:
        then["properties"] = dict.fromkeys(rule.excludes, False)
    return {"if": when, "then": then}


def _fitting(shape: Shape) -> list[Schema]:
    """Which keys do not go with which word of `type`."""
    takes = inner(shape, "type")
    rules: list[Schema] = []
    for word in takes.words if isinstance(takes, Words) else ():
        unfit = {key.name: False for key in shape.keys if key.fits not in ("", word)}
        rules.append(
            {"if": {"required": ["type"], "properties": {"type": {"const": word}}}, "then": {"properties": unfit}}
        )
    return rules

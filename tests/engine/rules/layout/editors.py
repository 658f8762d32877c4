"""Rule files as an editor reads them: YAML 1.2 with its core schema, where `3` is a number and an empty value null."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft202012Validator

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.yaml_documents import read_documents
from greenlane.engine.rules.files.yaml_tree import ListNode, MapNode, TextNode, YamlNode
from greenlane.engine.rules.layout.json_schema import schema_of

VALIDATOR = Draft202012Validator(schema_of())
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def documents(text: str) -> list[Any]:
    """The contents of each document that is YAML, as JSON."""
    found = read_documents("x.yaml", text, DiagnosticSink())
    return [_json(document.root) for document in found if document.root is not None]


def faults(text: str) -> list[str]:
    """What the schema finds wrong with the documents of a rule file."""
    return [error.message for document in documents(text) for error in VALIDATOR.iter_errors(document)]


def _json(node: YamlNode) -> Any:
    match node:
        case MapNode():
            return {entry.key.text: _json(entry.value) for entry in node.entries}
        case ListNode():
            return [_json(item) for item in node.items]
        case TextNode():
            quoted = node.block or node.origin.column != node.place.column
            return node.text + "\n" if node.block else node.text if quoted else _scalar(node.text)


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text

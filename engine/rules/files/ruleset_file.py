"""Reads ruleset.yaml, the manifest: name, version, since when the rules hold, which decisions make the answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_schemas import LANGUAGE, RULESET
from greenlane.engine.rules.files.namespace import report_unknown
from greenlane.engine.rules.files.node_reader import MapReader
from greenlane.engine.rules.files.schema import TextPattern, value_schema
from greenlane.engine.rules.files.yaml_tree import MapNode, TextNode
from greenlane.engine.rules.ruleset import AnswerDecisions
from greenlane.engine.text import Text


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of ruleset.yaml."""

    name: str
    version: str
    owner: str
    effective_from: date
    effective_until: date | None
    title: Text
    answer: AnswerDecisions
    language: int = LANGUAGE


def read_manifest(root: MapNode, decisions: Collection[str], complete: bool, sink: DiagnosticSink) -> Manifest | None:
    """None where anything required is missing or wrong.

    `decisions` are the names that `answer` may give, all that there are where `complete`.
    """
    reader = MapReader(root, "the ruleset", sink, RULESET)
    reader.reject_unknown_keys()
    name = _matching(reader, "ruleset", "name", "lower case words joined by `-`, as in `corporate-lending`")
    version = _matching(reader, "version", "version", "three numbers, as in `1.0.0`")
    owner, title = reader.text("owner"), reader.title()
    effective = reader.map("effective")
    since, until = effective.period() if effective else (None, None)
    answer = _answer(reader.map("answer"), decisions, complete)
    if not _check_language(reader) or not (name and version and owner and title and since and answer):
        return None
    return Manifest(name.text, version.text, owner.text, since, until, title, answer)


def _matching(reader: MapReader, key: str, what: str, help: str) -> TextNode | None:
    node = reader.text(key)
    schema = value_schema(reader.schema, key)
    if node is not None and isinstance(schema, TextPattern) and not re.fullmatch(schema.pattern, node.text):
        reader.sink.error("GL118", f"`{node.text}` is no {what}", node.place, help)
        return None
    return node


def _check_language(reader: MapReader) -> bool:
    """Whether the rules are written in the version of the language that this program reads."""
    node = reader.text("language")
    if node is not None and node.text != str(LANGUAGE):
        message = f"unknown language version `{node.text}`"
        reader.sink.error("GL118", message, node.place, f"this program reads version {LANGUAGE}")
        return False
    return node is not None


def _answer(reader: MapReader | None, decisions: Collection[str], complete: bool) -> AnswerDecisions | None:
    if reader is None:
        return None
    reader.reject_unknown_keys()
    found: dict[str, str] = {}
    for key in ("outcome", "status", "reasons"):
        node = reader.text(key)
        if node is None:
            continue
        found[key] = node.text
        if complete and node.text not in decisions:
            report_unknown(node.text, decisions, "decision", node.place, reader.sink)
    referred = reader.text("referred")
    if referred is None or len(found) < 3:
        return None
    return AnswerDecisions(**found, referred=referred.text, place=reader.place)

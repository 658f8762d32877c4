"""Reads vocabulary.yaml: the facts and the groups of an application. Pure."""

from __future__ import annotations

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.rules.files.file_schemas import FACT, SENSITIVITY, TITLE, VOCABULARY
from greenlane.engine.rules.files.namespace import NamespaceBuilder, check_name, read_kind, report_unknown
from greenlane.engine.rules.files.node_reader import MapReader
from greenlane.engine.rules.files.schema import MapSchema
from greenlane.engine.rules.files.yaml_tree import MapEntry, MapNode
from greenlane.engine.rules.vocabulary import Fact, Vocabulary
from greenlane.engine.text import Text


def read_vocabulary(root: MapNode, names: NamespaceBuilder, sink: DiagnosticSink) -> Vocabulary | None:
    """All facts that can be read, each declared in `names`; None where the file has no map of facts at all."""
    reader = MapReader(root, "the vocabulary", sink, VOCABULARY)
    reader.reject_unknown_keys()
    groups = _groups(reader.map("groups"), sink)
    facts = reader.map("facts")
    if facts is None:
        return None
    read = [_fact(entry, groups, names, sink) for entry in facts.node.entries]
    return Vocabulary({fact.name: fact for fact in read if fact is not None}, groups)


def _groups(reader: MapReader | None, sink: DiagnosticSink) -> dict[str, Text]:
    groups: dict[str, Text] = {}
    for entry in reader.node.entries if reader else ():
        check_name(entry.key, sink)
        group = _entry_reader(entry, "group", TITLE, sink)
        if group is not None:
            groups[entry.key.text] = group.labels() or Text(entry.key.text, entry.key.text)
    return groups


def _entry_reader(entry: MapEntry, what: str, schema: MapSchema, sink: DiagnosticSink) -> MapReader | None:
    name = f"{what} `{entry.key.text}`"
    if not isinstance(entry.value, MapNode):
        sink.error("GL117", f"{name} takes a map", entry.key.place, "write `name: {key: value, …}`")
        return None
    reader = MapReader(entry.value, name, sink, schema)
    reader.reject_unknown_keys()
    return reader


def _fact(entry: MapEntry, groups: dict[str, Text], names: NamespaceBuilder, sink: DiagnosticSink) -> Fact | None:
    check_name(entry.key, sink)
    reader = _entry_reader(entry, "fact", FACT, sink)
    if reader is None:
        names.declare(entry.key, None)
        return None
    kind = read_kind(reader)
    names.declare(entry.key, kind)
    labels = reader.labels()
    path = _path(reader, entry.key.text, groups)
    if kind is None or labels is None:
        return None
    return Fact(
        name=entry.key.text,
        kind=kind,
        path=path,
        title=labels,
        place=entry.key.place,
        required=reader.boolean("required") or False,
        absent=reader.scalar("absent", kind),
        sensitivity=_sensitivity(reader),
        personal=reader.boolean("personal") or False,
    )


def _path(reader: MapReader, name: str, groups: dict[str, Text]) -> tuple[str, ...]:
    group = reader.text("in")
    if group is None:
        if name in groups:
            help_ = "an application cannot hold both at its top: rename one, or put the fact in a group"
            reader.sink.error("GL203", f"the fact `{name}` has the name of a group", reader.place, help_)
        return (name,)
    if group.text not in groups and not reader.node.damaged:
        report_unknown(group.text, groups, "group", group.place, reader.sink)
    return (group.text, name)


def _sensitivity(reader: MapReader) -> int:
    """A level of JR/T 0197-2020; 1, which is public, where nothing is said."""
    node, level = reader.text("sensitivity"), reader.number("sensitivity")
    if node is None or level is None:
        return 1
    if level not in range(SENSITIVITY.minimum, SENSITIVITY.maximum + 1):
        help_ = f"write {SENSITIVITY.minimum} to {SENSITIVITY.maximum}"
        reader.sink.error("GL118", f"`{node.text}` is no sensitivity", node.place, help_)
        return 1
    return int(level)

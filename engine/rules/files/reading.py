"""Rule files to a ruleset: all names first, then every cell."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink, Place, has_errors
from greenlane.engine.rules.files.cells import CellReader
from greenlane.engine.rules.files.decision_frame import DecisionFrame
from greenlane.engine.rules.files.decoding import decode
from greenlane.engine.rules.files.names import Names, Registry
from greenlane.engine.rules.files.parts import Memory, Part
from greenlane.engine.rules.files.reference_file import read_references
from greenlane.engine.rules.files.ruleset_file import Heading, read_heading
from greenlane.engine.rules.files.vocabulary_file import read_vocabulary
from greenlane.engine.rules.files.yaml_documents import sources
from greenlane.engine.rules.files.yaml_nodes import MapNode
from greenlane.engine.rules.ruleset import Decision, ReferenceTable, Ruleset
from greenlane.engine.rules.vocabulary import Vocabulary

_RULESET, _VOCABULARY, _REFERENCE = "ruleset.yaml", "vocabulary.yaml", "reference/reference.yaml"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading gave. `diagnostics` are all that was found, sorted by place.

    `ruleset` is None when any of them is an error. Then `partial` is what could be read, without the rows and decisions
    at fault, so that its names and types can still be checked; it must never decide. None where the frame is broken.
    `unread` names the decisions and asserted facts that are written but missing from it.
    """

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]
    partial: Ruleset | None = None
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Files:
    """The texts that belong to the rules, and the documents of each YAML file that are not empty."""

    root: str
    texts: Mapping[str, str]
    parts: Mapping[str, tuple[Part, ...]]
    damaged: bool

    def path(self, name: str) -> str:
        return posixpath.join(self.root, name)

    def decisions(self) -> Iterable[Part]:
        special = {self.path(name) for name in (_RULESET, _VOCABULARY, _REFERENCE)}
        paths = [path for path in sorted(self.parts) if path not in special]
        return [part for path in paths for part in self.parts[path]]


def read(files: Mapping[str, bytes], memory: Memory | None = None) -> Reading:
    """The ruleset in `files`, from path (with `/`) to contents. Files that are neither YAML nor CSV are left alone.

    Never raises: whatever is wrong is a diagnostic. The result does not depend on the order of `files`, nor on byte
    order marks and line ends; `files` of the ruleset holds the texts without them. A `memory` of earlier readings
    changes nothing but the time it takes.
    """
    sink, memory = DiagnosticSink(), Memory() if memory is None else memory
    opened = _open(files, memory, sink)
    registry = Registry(sink)
    vocabulary = _vocabulary(opened, registry, sink)
    references = _references(opened, registry, sink)
    framed = _frames(opened, registry)
    frames = [frame for _, frame in framed]
    complete = not opened.damaged and vocabulary is not None
    names = memory.same(registry.names(_members(references, frames), complete))
    decisions = _decisions([part for part, _ in framed], names)
    heading = _heading(opened, frozenset(frame.name.text for frame in frames), complete, sink)
    for part in chain.from_iterable(opened.parts.values()):
        part.done(sink)
    diagnostics = sink.sorted()
    if heading is None or vocabulary is None:
        return Reading(None, diagnostics)
    ruleset = _ruleset(heading, vocabulary, decisions, references, opened)
    if not has_errors(diagnostics):
        return Reading(ruleset, diagnostics)
    lost = [frame for frame in frames if frame.name.text not in decisions]
    unread = frozenset(node.text for frame in lost for node in (frame.name, *frame.assert_places))
    return Reading(None, diagnostics, ruleset, unread)


def _open(files: Mapping[str, bytes], memory: Memory, sink: DiagnosticSink) -> _Files:
    texts: dict[str, str] = {}
    parts: dict[str, tuple[Part, ...]] = {}
    damaged = False
    for path in sorted(files):
        if path.endswith(".yml"):
            sink.error("GL114", "rule files end in `.yaml`", Place(path, 1, 1, 2), "rename the file")
        if not path.endswith((".yaml", ".csv")):
            continue
        text = decode(path, files[path], sink)
        if text is None:
            damaged = True
            continue
        texts[path] = text
        if path.endswith(".yaml"):
            parts[path] = _parts(path, text, memory, sink)
            damaged |= any(part.document.damaged for part in parts[path])
    return _Files(_root(files), texts, parts, damaged)


def _root(files: Iterable[str]) -> str:
    """The folder of ruleset.yaml; where there are several the uppermost, where there is none that of the vocabulary."""
    for name in (_RULESET, _VOCABULARY):
        found = [path for path in files if posixpath.basename(path) == name]
        if found:
            return posixpath.dirname(min(found, key=lambda path: (path.count("/"), path)))
    return ""


def _only_document(files: _Files, name: str, required: bool, sink: DiagnosticSink) -> MapNode | None:
    """The map that one of the files with a fixed name holds."""
    path = files.path(name)
    documents = [part.document for part in files.parts.get(path, ())]
    for surplus in documents[1:]:
        sink.error("GL117", f"`{name}` holds one document", surplus.place, "remove the `---` or the second part")
    if path not in files.parts:
        if required and path not in files.texts and not files.damaged:
            sink.error("GL113", f"there is no `{name}`", Place(path, 1, 1, 2), "add the file; see docs/rule-files.md")
        return None
    root = documents[0].root if documents else None
    if isinstance(root, MapNode):
        return root
    if not (documents and documents[0].damaged):
        sink.error("GL117", f"`{name}` is a map", Place(path, 1, 1, 2), "write `key: value` lines")
    return None


def _vocabulary(files: _Files, registry: Registry, sink: DiagnosticSink) -> Vocabulary | None:
    root = _only_document(files, _VOCABULARY, True, sink)
    return read_vocabulary(root, registry, sink) if root else None


def _references(files: _Files, registry: Registry, sink: DiagnosticSink) -> dict[str, ReferenceTable]:
    root = _only_document(files, _REFERENCE, False, sink)
    csv = {path: text for path, text in files.texts.items() if path.endswith(".csv")}
    return read_references(root, files.path(_REFERENCE), csv, registry, sink) if root else {}


def _parts(path: str, text: str, memory: Memory, sink: DiagnosticSink) -> tuple[Part, ...]:
    found: list[Part] = []
    for part in (Part(source, memory) for source in sources(path, text)):
        if part.document.root is None and not part.document.damaged:
            part.done(sink)
        else:
            found.append(part)
    return tuple(found)


def _frames(files: _Files, registry: Registry) -> list[tuple[Part, DecisionFrame]]:
    framed = [(part, frame) for part in files.decisions() if (frame := part.frame()) is not None]
    for _, frame in framed:
        registry.declare(frame.name, frame.kind)
        for node in frame.assert_places:
            output = frame.asserted.get(node.text)
            registry.declare(node, output.kind if output else None)
    return framed


def _members(references: Mapping[str, ReferenceTable], frames: Iterable[DecisionFrame]) -> set[str]:
    columns = {column.name for table in references.values() for column in table.columns}
    return columns | {output.name for frame in frames for output in frame.outputs}


def _decisions(parts: Iterable[Part], names: Names) -> dict[str, Decision]:
    cells = CellReader(names, DiagnosticSink())
    read_decisions = [part.decision(cells) for part in parts]
    return {decision.name: decision for decision in read_decisions if decision is not None}


def _heading(files: _Files, decisions: frozenset[str], complete: bool, sink: DiagnosticSink) -> Heading | None:
    root = _only_document(files, _RULESET, True, sink)
    return read_heading(root, decisions, complete, sink) if root else None


def _ruleset(
    heading: Heading,
    vocabulary: Vocabulary,
    decisions: Mapping[str, Decision],
    references: Mapping[str, ReferenceTable],
    files: _Files,
) -> Ruleset:
    return Ruleset(
        name=heading.name,
        language=heading.language,
        version=heading.version,
        owner=heading.owner,
        effective_from=heading.effective_from,
        effective_until=heading.effective_until,
        title=heading.title,
        vocabulary=vocabulary,
        decisions=decisions,
        references=references,
        answer=heading.answer,
        files=files.texts,
    )

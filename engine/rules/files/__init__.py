"""Reads rule files to a ruleset in two passes: all declarations, then, with all names known, every rule. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from greenlane.engine.diagnostics import Diagnostic, DiagnosticSink, has_errors
from greenlane.engine.rules.files.case_files import is_case, read_cases
from greenlane.engine.rules.files.cell_reader import CellReader
from greenlane.engine.rules.files.declaration import DecisionDeclaration
from greenlane.engine.rules.files.file_set import (
    CASES,
    REFERENCE,
    RULESET,
    VOCABULARY,
    FileSet,
    IncrementalDocument,
    ParseCache,
    open_files,
)
from greenlane.engine.rules.files.namespace import Namespace, NamespaceBuilder
from greenlane.engine.rules.files.reference_file import read_references
from greenlane.engine.rules.files.ruleset_file import Manifest, declare_requirements, read_manifest
from greenlane.engine.rules.files.vocabulary_file import read_vocabulary
from greenlane.engine.rules.ruleset import REQUIRES, Decision, ReferenceTable, Ruleset
from greenlane.engine.rules.vocabulary import Vocabulary

__all__ = ["CASES", "ParseCache", "RulesetReading", "is_case", "read", "read_cases"]

_Declared = list[tuple[IncrementalDocument, DecisionDeclaration]]


@dataclass(frozen=True, slots=True)
class RulesetReading:
    """What reading gave. `diagnostics` are all that was found, sorted by place.

    `ruleset` is None when any of them is an error. Then `partial` is what could be read, without the rows and decisions
    with errors, so that its names and types can still be checked; it must never decide. None where ruleset.yaml or the
    vocabulary cannot be read. `unread` names the decisions and asserted facts that are written but missing from it.
    """

    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]
    partial: Ruleset | None = None
    unread: frozenset[str] = frozenset()


def read(files: Mapping[str, bytes], cache: ParseCache | None = None) -> RulesetReading:
    """The ruleset in `files`, from path (with `/`) to contents. Files that are no rule files by
    their names (YAML, CSV, and JSON in `cases`) are left alone.

    Never raises: whatever is wrong is a diagnostic. The result does not depend on the order of `files`, nor on byte
    order marks and line ends; `files` of the ruleset holds the texts without them. A `cache` of earlier readings
    changes nothing but the time it takes.
    """
    sink, cache = DiagnosticSink(), ParseCache() if cache is None else cache
    opened = open_files(files, cache, sink)
    builder = NamespaceBuilder(sink)
    vocabulary = _vocabulary(opened, builder, sink)
    references = _references(opened, builder, sink)
    declared = _declare(opened, builder)
    root = opened.only_map(RULESET, sink, required=True)
    if root is not None:
        declare_requirements(root, builder)
    complete = not opened.damaged and vocabulary is not None
    names = cache.intern(builder.build(_members(references, declared), complete))
    decisions = _define(declared, names)
    written = tuple(declaration.name.text for _, declaration in declared)
    manifest = read_manifest(root, written, CellReader(names, sink), sink) if root else None
    cases = read_cases(opened.texts, opened.path(CASES), sink)
    opened.finish(sink)
    diagnostics = sink.sorted()
    if manifest is None or vocabulary is None:
        return RulesetReading(None, diagnostics)
    ruleset = replace(_ruleset(manifest, vocabulary, decisions, references, opened.texts), cases=cases)
    if has_errors(diagnostics):
        return RulesetReading(None, diagnostics, ruleset, _unread(declared, decisions))
    return RulesetReading(ruleset, diagnostics)


def _vocabulary(opened: FileSet, builder: NamespaceBuilder, sink: DiagnosticSink) -> Vocabulary | None:
    root = opened.only_map(VOCABULARY, sink, required=True)
    return read_vocabulary(root, builder, sink) if root else None


def _references(opened: FileSet, builder: NamespaceBuilder, sink: DiagnosticSink) -> dict[str, ReferenceTable]:
    root = opened.only_map(REFERENCE, sink, required=False)
    csv = {path: text for path, text in opened.texts.items() if path.endswith(".csv")}
    return read_references(root, opened.path(REFERENCE), csv, builder, sink) if root else {}


def _declare(opened: FileSet, builder: NamespaceBuilder) -> _Declared:
    """The first pass: the documents that declare a decision, and all their names."""
    documents = opened.decisions()
    declared = [(document, found) for document in documents if (found := document.declaration()) is not None]
    for _, declaration in declared:
        builder.declare(declaration.name, declaration.kind)
        for name in declaration.asserted_names:
            output = declaration.asserted.get(name.text)
            builder.declare(name, output.kind if output else None)
    return declared


def _members(references: Mapping[str, ReferenceTable], declared: _Declared) -> set[str]:
    """The names by which rules read fields of contexts."""
    columns = {column.name for table in references.values() for column in table.columns}
    return columns | {output.name for _, declaration in declared for output in declaration.outputs}


def _define(declared: _Declared, names: Namespace) -> dict[str, Decision]:
    """The second pass: the decisions that can be read."""
    cells = CellReader(names, DiagnosticSink())
    decisions = [document.decision(cells) for document, _ in declared]
    return {decision.name: decision for decision in decisions if decision is not None}


def _unread(declared: _Declared, decisions: Iterable[str]) -> frozenset[str]:
    known = frozenset(decisions)
    lost = [declaration for _, declaration in declared if declaration.name.text not in known]
    return frozenset(name.text for declaration in lost for name in (declaration.name, *declaration.asserted_names))


def _ruleset(
    manifest: Manifest,
    vocabulary: Vocabulary,
    decisions: Mapping[str, Decision],
    references: Mapping[str, ReferenceTable],
    texts: Mapping[str, str],
) -> Ruleset:
    required = {REQUIRES: manifest.requirements} if manifest.requirements is not None else {}
    return Ruleset(
        name=manifest.name,
        language=manifest.language,
        version=manifest.version,
        owner=manifest.owner,
        effective_from=manifest.effective_from,
        effective_until=manifest.effective_until,
        title=manifest.title,
        vocabulary=vocabulary,
        decisions={**decisions, **required},
        references=references,
        answer=manifest.answer,
        files=texts,
    )

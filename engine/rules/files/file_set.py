"""The files of one reading as documents; those that have not changed since an earlier one come from a cache. Pure."""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import DiagnosticSink, Place
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.files.case_files import is_case
from greenlane.engine.rules.files.cell_reader import CellReader
from greenlane.engine.rules.files.declaration import DecisionDeclaration, read_declaration
from greenlane.engine.rules.files.definition import read_decision
from greenlane.engine.rules.files.namespace import Namespace
from greenlane.engine.rules.files.yaml_documents import Document, DocumentSource, decode, split_documents
from greenlane.engine.rules.files.yaml_tree import MapNode
from greenlane.engine.rules.ruleset import Decision

RULESET, VOCABULARY, REFERENCE = "ruleset.yaml", "vocabulary.yaml", "reference/reference.yaml"
"""The files with fixed names, relative to the root of the ruleset; every other `.yaml` file holds decisions."""

CASES = "cases"
"""The folder of worked cases, relative to the root."""

_CACHED_DOCUMENTS, _CACHED_NAMESPACES = 1024, 16


@dataclass(frozen=True, slots=True)
class CachedDocument:
    """A document without an error. `decision` was read with `names`; these are None where it declares none."""

    document: Document
    declaration: DecisionDeclaration | None
    names: Namespace | None
    decision: Decision | None


@dataclass(slots=True)
class ParseCache:
    """The documents in which earlier readings found no error, at most 1,024. Safe for many threads.

    A reading with a cache gives what it gives without one; a document that has neither changed nor moved costs little,
    and its decision is the same object as before.
    """

    documents: LruCache[DocumentSource, CachedDocument] = field(default_factory=lambda: LruCache(_CACHED_DOCUMENTS))
    _namespaces: list[Namespace] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def intern(self, names: Namespace) -> Namespace:
        """The object that an earlier reading had, when it is equal: objects are quick to compare."""
        with self._lock:
            found = next((known for known in self._namespaces if known == names), None)
            if found is None:
                self._namespaces = [*self._namespaces[1 - _CACHED_NAMESPACES :], names]
            return found or names


class IncrementalDocument:
    """One document of a reading: parsed, declared and defined, or taken from the cache where that gives the same.

    `declaration` is called before `decision`, and `finish` at the end.
    """

    def __init__(self, source: DocumentSource, cache: ParseCache) -> None:
        self._sink = DiagnosticSink()
        self._source, self._cache = source, cache
        self._cached = cache.documents.get(source)
        self.document = self._cached.document if self._cached else source.read(self._sink)
        self._names: Namespace | None = None
        self._declaration: DecisionDeclaration | None = None
        self._decision: Decision | None = None

    def declaration(self) -> DecisionDeclaration | None:
        """The declaration of the decision; None where there is none."""
        cached = self._cached.declaration if self._cached else None
        self._declaration = cached or read_declaration(self.document, self._sink)
        return self._declaration

    def decision(self, cells: CellReader) -> Decision | None:
        """The decision, once it is declared; None where it cannot be read."""
        cached, self._names = self._cached, cells.names
        if cached and cached.names is cells.names:
            self._decision = cached.decision
            return cached.decision
        if cached:
            # The readers in a cached declaration report to the reading that made it.
            self._declaration = read_declaration(self.document, self._sink)
        if self._declaration is not None:
            self._decision = read_decision(self._declaration, cells.reporting(self._sink), self._sink)
        return self._decision

    def finish(self, sink: DiagnosticSink) -> None:
        """Passes on what was found; a document without any is cached."""
        if self._sink:
            sink.extend(self._sink.sorted())
        else:
            cached = CachedDocument(self.document, self._declaration, self._names, self._decision)
            self._cache.documents.put(self._source, cached)


@dataclass(frozen=True, slots=True)
class FileSet:
    """The texts that belong to the rules, and the documents of each YAML file that are not empty.

    `root` is the folder of ruleset.yaml, `damaged` says that a file or some of its lines could not be read.
    """

    root: str
    texts: Mapping[str, str]
    documents: Mapping[str, tuple[IncrementalDocument, ...]]
    damaged: bool

    def path(self, name: str) -> str:
        """The path of one of the files with a fixed name."""
        return posixpath.join(self.root, name)

    def decisions(self) -> list[IncrementalDocument]:
        """The documents of all files but those with a fixed name, in the order of their paths."""
        fixed = {self.path(name) for name in (RULESET, VOCABULARY, REFERENCE)}
        paths = [path for path in sorted(self.documents) if path not in fixed]
        return [document for path in paths for document in self.documents[path]]

    def only_map(self, name: str, sink: DiagnosticSink, *, required: bool) -> MapNode | None:
        """The map that one of the files with a fixed name holds; None, and an error, where it holds anything else."""
        path = self.path(name)
        documents = [incremental.document for incremental in self.documents.get(path, ())]
        for surplus in documents[1:]:
            sink.error("GL117", f"`{name}` holds one document", surplus.place, "remove the `---` or the second part")
        if path not in self.documents:
            if required and path not in self.texts and not self.damaged:
                help_ = "add the file; see docs/rule-files.md"
                sink.error("GL113", f"there is no `{name}`", Place(path, 1, 1, 2), help_)
            return None
        root = documents[0].root if documents else None
        if isinstance(root, MapNode):
            return root
        if not (documents and documents[0].damaged):
            sink.error("GL117", f"`{name}` is a map", Place(path, 1, 1, 2), "write `key: value` lines")
        return None

    def finish(self, sink: DiagnosticSink) -> None:
        """Passes on what was found in the documents."""
        for documents in self.documents.values():
            for document in documents:
                document.finish(sink)


def open_files(files: Mapping[str, bytes], cache: ParseCache, sink: DiagnosticSink) -> FileSet:
    """The files that are rule files by their names, decoded; those that are YAML split into documents."""
    texts: dict[str, str] = {}
    documents: dict[str, tuple[IncrementalDocument, ...]] = {}
    damaged = False
    for path in sorted(files):
        if path.endswith(".yml"):
            sink.error("GL114", "rule files end in `.yaml`", Place(path, 1, 1, 2), "rename the file")
        if not path.endswith((".yaml", ".csv")) and not is_case(path):
            continue
        text = decode(path, files[path], sink)
        if text is None:
            damaged = True
            continue
        texts[path] = text
        if path.endswith(".yaml"):
            documents[path] = _documents(path, text, cache, sink)
            damaged |= any(incremental.document.damaged for incremental in documents[path])
    return FileSet(_root(files), texts, documents, damaged)


def _documents(path: str, text: str, cache: ParseCache, sink: DiagnosticSink) -> tuple[IncrementalDocument, ...]:
    found: list[IncrementalDocument] = []
    for incremental in (IncrementalDocument(source, cache) for source in split_documents(path, text)):
        if incremental.document.root is None and not incremental.document.damaged:
            incremental.finish(sink)
        else:
            found.append(incremental)
    return tuple(found)


def _root(files: Iterable[str]) -> str:
    """The folder of ruleset.yaml; where there are several the uppermost, where there is none that of the vocabulary."""
    for name in (RULESET, VOCABULARY):
        found = [path for path in files if posixpath.basename(path) == name]
        if found:
            return posixpath.dirname(min(found, key=lambda path: (path.count("/"), path)))
    return ""

"""The documents of rule files while they are read; what had no fault need not be read again from the same text."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from greenlane.engine.diagnostics import DiagnosticSink
from greenlane.engine.lru_cache import LruCache
from greenlane.engine.rules.files.cells import CellReader
from greenlane.engine.rules.files.decision_body import read_decision
from greenlane.engine.rules.files.decision_frame import DecisionFrame, read_frame
from greenlane.engine.rules.files.names import Names
from greenlane.engine.rules.files.yaml_documents import Document, Source
from greenlane.engine.rules.ruleset import Decision

_DOCUMENTS, _NAMES = 1024, 16


@dataclass(frozen=True, slots=True)
class Known:
    """A document without a fault. `decision` is what it says where the names are `names`, None for other documents."""

    document: Document
    frame: DecisionFrame | None
    names: Names | None
    decision: Decision | None


@dataclass(slots=True)
class Memory:
    """What earlier readings found no fault in, the latest 1,024 documents. Safe for many threads.

    A reading with a memory gives what it gives without one; a document that has not changed, nor moved, costs little,
    and its decision is the same object as before.
    """

    known: LruCache[Source, Known] = field(default_factory=lambda: LruCache(_DOCUMENTS))
    _names: list[Names] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def same(self, names: Names) -> Names:
        """The names, as the object that an earlier reading had when these are equal: quick to compare."""
        with self._lock:
            found = next((known for known in self._names if known == names), None)
            if found is None:
                self._names = [*self._names[1 - _NAMES :], names]
            return found or names


class Part:
    """One document under reading. `faults` are those found in it so far."""

    def __init__(self, source: Source, memory: Memory) -> None:
        self.sink = DiagnosticSink()
        self._source, self._memory = source, memory
        self._known = memory.known.get(source)
        self.document = self._known.document if self._known else source.read(self.sink)
        self._names: Names | None = None
        self._frame: DecisionFrame | None = None
        self._decision: Decision | None = None

    def frame(self) -> DecisionFrame | None:
        """The frame of the decision; None where there is none."""
        known = self._known
        self._frame = known.frame if known and known.frame else read_frame(self.document, self.sink)
        return self._frame

    def decision(self, cells: CellReader) -> Decision | None:
        """The decision, of which the frame was read; None where it cannot be read."""
        known, self._names = self._known, cells.names
        if known and known.names is cells.names:
            self._decision = known.decision
            return known.decision
        if known:
            # The form of a frame that was kept tells its faults to the reading that made it.
            self._frame = read_frame(self.document, self.sink)
        if self._frame is not None:
            self._decision = read_decision(self._frame, cells.reporting(self.sink), self.sink)
        return self._decision

    def done(self, sink: DiagnosticSink) -> None:
        """Passes the faults on; what had none is kept."""
        if self.sink:
            sink.extend(self.sink.sorted())
        else:
            known = Known(self.document, self._frame, self._names, self._decision)
            self._memory.known.put(self._source, known)

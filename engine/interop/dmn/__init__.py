"""DMN models (versions 1.2 to 1.5): read from XML, checked, and run with the meaning that the specification gives."""

from __future__ import annotations

from greenlane.engine.interop.dmn.check import check
from greenlane.engine.interop.dmn.library import Library, Reading, read
from greenlane.engine.interop.dmn.program import Answer, Inputs, Program, UnknownNode
from greenlane.engine.interop.dmn.xml_tree import MAX_BYTES

__all__ = ["MAX_BYTES", "Answer", "Inputs", "Library", "Program", "Reading", "UnknownNode", "check", "read"]

"""DMN models (versions 1.2 to 1.5): read from XML, checked, and run with the meaning that the specification gives."""

from __future__ import annotations

from engine.dmn.check import check
from engine.dmn.library import Library, Reading, read
from engine.dmn.program import Answer, Inputs, Program, UnknownNode
from engine.dmn.xml_tree import MAX_BYTES

__all__ = ["MAX_BYTES", "Answer", "Inputs", "Library", "Program", "Reading", "UnknownNode", "check", "read"]

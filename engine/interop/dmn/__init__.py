"""DMN models in XML (versions 1.2 to 1.5): read, checked and run by the specification. Pure: bytes in, values out."""

from __future__ import annotations

from greenlane.engine.interop.dmn.model import ModelSet
from greenlane.engine.interop.dmn.model_check import check
from greenlane.engine.interop.dmn.read_model import ModelReading, read
from greenlane.engine.interop.dmn.runtime import DmnResult, DmnRuntime, Inputs, UnknownElementError
from greenlane.engine.interop.dmn.xml_tree import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "DmnResult",
    "DmnRuntime",
    "Inputs",
    "ModelReading",
    "ModelSet",
    "UnknownElementError",
    "check",
    "read",
]

"""The built-in functions of FEEL, by name (DMN 10.3.4). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from greenlane.engine.feel.functions.builtin import Builtin, FormalParameter, Overload, signature
from greenlane.engine.feel.functions.contexts import CONTEXTS
from greenlane.engine.feel.functions.conversion import CONVERSIONS
from greenlane.engine.feel.functions.lists import AGGREGATES, LISTS
from greenlane.engine.feel.functions.numbers import FIXED, NUMBERS
from greenlane.engine.feel.functions.ranges import RANGES
from greenlane.engine.feel.functions.strings import STRINGS
from greenlane.engine.feel.functions.temporal import NOW, TEMPORAL, TODAY, WORKING_DAY_AFTER

_ALL = (
    *CONVERSIONS, *STRINGS, *LISTS, *AGGREGATES, *NUMBERS, *TEMPORAL, *RANGES, *CONTEXTS, FIXED, WORKING_DAY_AFTER,
)  # fmt: skip
BUILTINS: Mapping[str, Builtin] = MappingProxyType({builtin.name: builtin for builtin in _ALL})

__all__ = ["BUILTINS", "NOW", "TODAY", "Builtin", "FormalParameter", "Overload", "signature"]

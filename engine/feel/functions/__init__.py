"""The built-in functions of FEEL, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from greenlane.engine.feel.functions.aggregates import AGGREGATES
from greenlane.engine.feel.functions.builtin import Builtin, Form, Parameter, signature
from greenlane.engine.feel.functions.contexts import CONTEXTS
from greenlane.engine.feel.functions.conversion import CONVERSIONS
from greenlane.engine.feel.functions.extensions import EXTENSIONS
from greenlane.engine.feel.functions.lists import LISTS
from greenlane.engine.feel.functions.numbers import NUMBERS
from greenlane.engine.feel.functions.ranges import RANGES
from greenlane.engine.feel.functions.regex import REGEX
from greenlane.engine.feel.functions.strings import STRINGS
from greenlane.engine.feel.functions.temporal import NOW, TEMPORAL, TODAY

FAMILIES: Mapping[str, tuple[Builtin, ...]] = MappingProxyType(
    {
        "conversion": CONVERSIONS,
        "strings": (*STRINGS, *REGEX),
        "lists": LISTS,
        "aggregates": AGGREGATES,
        "numbers": NUMBERS,
        "temporal": TEMPORAL,
        "ranges": RANGES,
        "contexts": CONTEXTS,
        "extensions": EXTENSIONS,
    }
)

BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {builtin.name: builtin for family in FAMILIES.values() for builtin in family}
)

__all__ = ["BUILTINS", "FAMILIES", "NOW", "TODAY", "Builtin", "Form", "Parameter", "signature"]

"""What the services need from the engine, as they see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from greenlane.api.problems import PlacedFault
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.policy import Compile, Inspection


class Accepts(Protocol):
    """What applications a ruleset takes."""

    def faults(self, application: Any) -> tuple[PlacedFault, ...]:
        """Everything wrong with an application, by its JSON pointer; nothing when it can be decided."""
        ...


Inspect = Callable[[Mapping[str, bytes]], Inspection]
"""Rule files to everything that is to be said about them."""


def inspector(compile_rules: Compile) -> Inspect:
    """Tells of rule files what a compiler says of them."""

    def inspect_by_compiling(files: Mapping[str, bytes]) -> Inspection:
        try:
            return Inspection(compile_rules(files).ruleset, ())
        except RulesetError as refused:
            return Inspection(None, refused.diagnostics)

    return inspect_by_compiling

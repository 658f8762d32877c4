"""Small models as text, and what they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenlane.engine.diagnostics import Diagnostic
from greenlane.engine.feel import SPEC, evaluate
from greenlane.engine.interop.dmn import DmnResult, DmnRuntime, check, read
from greenlane.engine.interop.dmn.model import ModelSet

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(body: str, namespace: str = "urn:main", version: str = NAMESPACE) -> bytes:
    """A file of definitions."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<definitions xmlns="{version}" name="m" namespace="{namespace}">{body}</definitions>'.encode()


def literal(text: str, type_ref: str = "") -> str:
    """A literal expression."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f"<literalExpression{kind}><text>{escaped}</text></literalExpression>"


def requires(*ids: str) -> str:
    """Requirements: `x` of input data or decision, `f()` of a function; a namespace may come before `#`."""
    made = []
    for one in ids:
        href = one.removesuffix("()") if "#" in one else f"#{one.removesuffix('()')}"
        if one.endswith("()"):
            made.append(f'<knowledgeRequirement><requiredKnowledge href="{href}"/></knowledgeRequirement>')
        else:
            made.append(f'<informationRequirement><requiredDecision href="{href}"/></informationRequirement>')
    return "".join(made)


def decision(name: str, logic: str, needs: str = "", type_ref: str = "") -> str:
    """A decision whose id is its name."""
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{kind}/>{needs}{logic}</decision>'


def given(name: str, type_ref: str = "") -> str:
    """Input data whose id is its name."""
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{kind}/></inputData>'


def item(name: str, inner: str, more: str = "") -> str:
    """A type."""
    return f'<itemDefinition name="{name}"{more}>{inner}</itemDefinition>'


def library(main: bytes, **others: bytes) -> ModelSet:
    """The models read, without a fault."""
    files = {"main.dmn": main, **{f"{name}.dmn": data for name, data in others.items()}}
    reading = read(files, "main.dmn")
    assert reading.models is not None, reading.diagnostics
    return reading.models


def answer(body: str, name: str = "d", inputs: str = "{}", **others: bytes) -> DmnResult:
    """What the model gives for inputs written as a FEEL context."""
    return DmnRuntime(library(model(body), **others)).decide(name, evaluate(inputs, {}, SPEC))


def value(body: str, name: str = "d", inputs: str = "{}", **others: bytes) -> Any:
    """The value alone."""
    return answer(body, name, inputs, **others).value


def feel(text: str) -> Any:
    """A value as FEEL writes it."""
    return evaluate(text, {}, SPEC)


def faults(body: str, files: Mapping[str, bytes] | None = None) -> tuple[Diagnostic, ...]:
    """Everything said of a model."""
    reading = read({"main.dmn": model(body), **(files or {})}, "main.dmn")
    assert reading.models is not None
    return (*reading.diagnostics, *check(reading.models))

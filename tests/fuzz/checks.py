"""What must hold of every input. Each check raises for an input of which it does not hold, and for nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from greenlane.engine.check import check as verify
from greenlane.engine.decide import compile_ruleset
from greenlane.engine.diagnostics import has_errors, render
from greenlane.engine.feel import (
    SPEC,
    STRICT,
    Cause,
    FeelSyntaxError,
    Semantics,
    Undetermined,
    compile_expression,
    compile_test,
    evaluate_node,
    evaluate_tests,
    parse_expression,
    parse_unary_tests,
    print_node,
)
from greenlane.engine.feel.ast import Node, UnaryTests
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.values import FeelFunction, Range, literal_text
from greenlane.engine.interop import dmn
from greenlane.engine.rules.files import read
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.text import Text
from tests.engine.rules.files.surroundings import with_file
from tests.engine.rules.layout import editors
from tests.fuzz.archives import check_pack, check_workbook
from tests.fuzz.cursors import check_cursor
from tests.fuzz.service import check_request, check_token

TODAY = datetime.date(2026, 3, 2)
SCOPE: Mapping[str, Any] = {
    "a": Decimal(1),
    "b": Decimal("2.50"),
    "n": None,
    "t": "text",
    "yes": True,
    "day": TODAY,
    "low-cost": Decimal(7),
    "monthly payment": Decimal(100),
    "rows": [{"x": Decimal(1), "y": Decimal(2)}, {"x": None, "y": Decimal(3)}],
    "u": Undetermined((Cause("missing", "z", Text("缺", "missing")),)),
}
_MEMBERS = frozenset({"x", "y"})
_WRITTEN_AT_MOST = 2000
_READ_AT_MOST = 100_000


def expression(text: str) -> None:
    """Read or refused; printed so that it reads back; one value from interpreter and compiler, that can be shown."""
    try:
        node = parse_expression(text, SCOPE, _MEMBERS)
    except FeelSyntaxError:
        return
    _reads_back(node, parse_expression)
    for semantics in (SPEC, STRICT):
        value = evaluate_node(node, SCOPE, semantics)
        compiled = compile_expression(node, semantics)(SCOPE)
        _same(comparable(value), comparable(compiled), semantics)
        _shown_reads_back(value)


def cell(text: str) -> None:
    """As an expression, for several values in question; and nothing but true, false or that it cannot be said."""
    try:
        node = parse_unary_tests(text, SCOPE, _MEMBERS)
    except FeelSyntaxError:
        return
    _reads_back(node, parse_unary_tests)
    for semantics in (SPEC, STRICT):
        compiled = compile_test(node, semantics)
        for value in (Decimal(1), "text", None, SCOPE["rows"], TODAY, SCOPE["u"]):
            found = evaluate_tests(node, value, SCOPE, semantics)
            if not (found in (True, False, None) or isinstance(found, Undetermined)):
                raise AssertionError(f"a cell says {found!r}")
            _same(comparable(found), comparable(compiled(value, SCOPE)), semantics)


def rulefile(text: str) -> None:
    """A ruleset just when there is no error; faults at places of the file; a layout that is final and says the same.

    What reads without an error compiles, and its frame is one that the editors' schema takes.
    """
    path = "x.yaml"
    files = with_file(path, text.encode(errors="surrogatepass"))
    reading = read(files)
    if (reading.ruleset is None) != has_errors(reading.diagnostics):
        raise AssertionError("a ruleset with errors, or none without")
    render(reading.diagnostics, files)
    laid_out = format_text(path, text)
    if format_text(path, laid_out) != laid_out:
        raise AssertionError("the layout is not final")
    again = read(with_file(path, laid_out.encode(errors="surrogatepass")))
    if sorted(d.code for d in again.diagnostics) != sorted(d.code for d in reading.diagnostics):
        raise AssertionError("the layout changes what is said")
    if reading.ruleset is not None:
        verify(reading.ruleset, TODAY)
        compile_ruleset(reading.ruleset)
        if faults := editors.faults(text):
            raise AssertionError(f"the schema refuses what the reader takes: {faults[0]}")


def model(data: bytes) -> None:
    """Read or refused, checked, and every decision decided."""
    reading = dmn.read({"x.dmn": data}, "x.dmn")
    if reading.models is None:
        if not has_errors(reading.diagnostics):
            raise AssertionError("refused without a reason")
        return
    dmn.check(reading.models)
    program = dmn.DmnRuntime(reading.models)
    for name in program.decisions():
        program.decide(name, {"n": Decimal(1)})


TEXT_CHECKS: Mapping[str, Callable[[str], None]] = {"expression": expression, "cell": cell, "rulefile": rulefile}
CHECKS: Mapping[str, Callable[[bytes], None]] = {
    **{name: (lambda data, check=check: check(data.decode("utf-8", "replace"))) for name, check in TEXT_CHECKS.items()},
    "dmn": model,
    "request": check_request,
    "token": check_token,
    "cursor": check_cursor,
    "workbook": check_workbook,
    "pack": check_pack,
}


def comparable(value: Any) -> Any:
    """The value with functions, each made anew, reduced to their parameters, and types kept apart.

    An unknown name that is written several times is read once by compiled code, so it is told of at any of its places.
    """
    if isinstance(value, Undetermined):
        return tuple(replace(cause, span=None) if cause.kind == "name" else cause for cause in value.causes)
    if isinstance(value, FeelFunction):
        return ("function", value.parameters)
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: comparable(entry) for name, entry in value.items()}
    if isinstance(value, Range):
        ends = comparable(value.low), comparable(value.high)
        return ("range", *ends, value.low_included, value.high_included, value.operator)
    return type(value), value


def _same(interpreted: Any, compiled: Any, semantics: Semantics) -> None:
    if interpreted != compiled:
        raise AssertionError(f"under {semantics.name} interpreted {interpreted!r}, compiled {compiled!r}")


def _reads_back(node: Node | UnaryTests, parse: Callable[..., Node | UnaryTests]) -> None:
    printed = print_node(node)
    if len(printed) > _READ_AT_MOST:
        return
    if _bare(parse(printed, SCOPE, _MEMBERS)) != _bare(node):
        raise AssertionError(f"printed as `{printed}`, which is another tree")


def _bare(value: Any) -> Any:
    """The tree without spans."""
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    if not is_dataclass(value):
        return value
    return (type(value), *(_bare(getattr(value, one.name)) for one in fields(value) if one.name != "span"))


def _shown_reads_back(value: Any) -> None:
    """Plain values are written so that they evaluate to themselves."""
    try:
        written = literal_text(value) if _plain(value) else ""
    except FeelError:
        return
    if written and len(written) < _WRITTEN_AT_MOST:
        back = evaluate_node(parse_expression(written), {}, SPEC)
        if comparable(back) != comparable(value):
            raise AssertionError(f"`{written}` is {back!r}, not {value!r}")


def _plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    if isinstance(value, Range):
        return _plain(value.low) and _plain(value.high)
    return not isinstance(value, (FeelFunction, Undetermined))

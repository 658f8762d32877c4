"""`greenlane eval`: one FEEL expression. The engine only, no service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from greenlane.api.cli.console import CommandError, stderr, stdout
from greenlane.engine.diagnostics import Diagnostic, Origin, render
from greenlane.engine.feel import SPEC, STRICT, FeelSyntaxError, Semantics, evaluate
from greenlane.engine.feel.errors import FeelError
from greenlane.engine.feel.json_values import check_told
from greenlane.engine.feel.semantics import undetermined_in
from greenlane.engine.feel.values import literal_text

_Written = TypeVar("_Written")


@click.command("eval")
@click.argument("expression")
@click.option("--context", metavar="CONTEXT", default="{}", help="Names and values, as JSON or as a FEEL context.")
@click.option("--spec", is_flag=True, help="As the FEEL specification says: what cannot be computed is null.")
def eval_command(expression: str, context: str, spec: bool) -> None:
    """Evaluate a FEEL EXPRESSION and show the value as FEEL writes it.

    计算一个 FEEL 表达式，按 FEEL 写法显示结果。

    Evaluated as rule files are: a missing fact or an error makes the value undetermined (exit code 1), never null.
    """
    semantics = SPEC if spec else STRICT
    names = _value(context, {}, SPEC)
    if not isinstance(names, Mapping):
        raise click.BadParameter('a context is expected: {"amount": 1000}', param_hint="--context")
    stdout().print(written(literal_text, _value(expression, names, semantics)), markup=False)


def written(write: Callable[[Any], _Written], value: Any) -> _Written:
    """What the function makes of the value. One that is too large or too deep to be written ends the command."""
    try:
        check_told(value)
        return write(value)
    except FeelError as refused:
        raise CommandError("the value cannot be shown", [f"{refused.en} / {refused.zh}"]) from None


def _value(text: str, names: Mapping[str, Any], semantics: Semantics) -> Any:
    try:
        value = evaluate(text, names, semantics)
    except FeelSyntaxError as refused:
        origin = Origin("expression", 1, 1)
        for fault in refused.diagnostics:
            place = origin.place(text, fault.span.start, fault.span.end)
            found = Diagnostic(fault.code, fault.message, place, fault.help)
            stderr().print(render([found], {"expression": text}), markup=False, end="")
        raise CommandError("the text is not FEEL") from None
    undetermined = undetermined_in(value)
    if undetermined is not None:
        causes = [f"{c.subject}: {c.message.en} / {c.message.zh}" for c in undetermined.causes]
        raise CommandError("undetermined" if undetermined is value else "a part of the value is undetermined", causes)
    return value

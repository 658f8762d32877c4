"""`greenlane dmn`: a decision of a DMN model. Reads the files it is given; the engine only, no service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import click
from rich.text import Text

from greenlane.api.cli.console import CommandError, stderr, stdout
from greenlane.api.cli.evaluate import written
from greenlane.api.problem_kinds import KINDS
from greenlane.engine.diagnostics import Diagnostic, has_errors, render
from greenlane.engine.feel.json_values import json_of
from greenlane.engine.feel.values import literal_text
from greenlane.engine.interop.dmn import MAX_BYTES, DmnRuntime, UnknownElementError, check, read
from greenlane.engine.interop.dmn.model import ModelSet
from greenlane.engine.json_text import JsonError, decode, encode


@click.command("dmn")
@click.argument("model", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--decision", metavar="NAME", help="The decision (or business knowledge model) to evaluate.")
@click.option("--service", metavar="NAME", help="The decision service to call.")
@click.option("--inputs", type=click.File("rb"), help="Input data by name, as a JSON object; `-` reads stdin.")
@click.option("--json", "as_json", is_flag=True, help="Write the value as JSON, not as FEEL.")
def dmn_command(
    model: Path, decision: str | None, service: str | None, inputs: IO[bytes] | None, as_json: bool
) -> None:
    """Evaluate a decision of a DMN MODEL (1.2 to 1.5) and show the value as FEEL writes it.

    计算 DMN 模型中的一个决策，按 FEEL 写法显示结果。

    Evaluated as the specification says: what cannot be computed is null, and stderr says why. Imported models are
    looked for in the same folder. Text is read as a date, time or duration where the input's type asks for one.
    """
    if (decision is None) == (service is None):
        raise click.UsageError("name what to evaluate: either --decision NAME or --service NAME")
    files = model_files(model)
    runtime = DmnRuntime(sound_models(files, model, f"`{model}` cannot decide anything"))
    name = decision or service or ""
    if service is not None and service not in runtime.services():
        raise _unknown(UnknownElementError(service, None), runtime.services())
    try:
        answer = runtime.decide(name, runtime.inputs_from_json(_inputs(inputs)))
    except UnknownElementError as unknown:
        raise _unknown(unknown, runtime.decisions()) from None
    show_model_diagnostics(answer.diagnostics, files)
    if as_json:
        click.echo(encode(written(json_of, answer.value)))
    else:
        stdout().print(written(literal_text, answer.value), markup=False)


def _inputs(file: IO[bytes] | None) -> Mapping[str, Any]:
    if file is None:
        return {}
    try:
        values = decode(file.read())
    except JsonError as refused:
        detail = KINDS[refused.code].detail.en.replace("{subject}", refused.subject)
        raise CommandError(f"`{file.name}`: {KINDS[refused.code].title.en}", [detail]) from None
    if not isinstance(values, Mapping):
        raise click.BadParameter('an object is expected: {"amount": 1000}', param_hint="--inputs")
    return values


def _unknown(unknown: UnknownElementError, names: Iterable[str]) -> CommandError:
    near = f": did you mean `{unknown.near}`?" if unknown.near else ""
    return CommandError(
        f"the model has no `{unknown.name}` to evaluate{near}", [f"it has {', '.join(names) or 'none'}"]
    )


def model_files(model: Path) -> dict[str, bytes]:
    """The model and those beside it, which it may import; each read no further than tells that it is too large."""
    files = {}
    for path in (model, *sorted(model.parent.glob("*.dmn"))):
        if not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                files[str(path)] = file.read(MAX_BYTES + 1)
        except OSError as error:
            if path == model:
                raise CommandError(f"the model cannot be read: {error}") from None
    return files


def sound_models(files: Mapping[str, bytes], model: Path, refusal: str) -> ModelSet:
    """The model with all that it imports. Its diagnostics are shown; an error ends the command by `refusal`."""
    reading = read(files, str(model))
    found = (*reading.diagnostics, *(check(reading.models) if reading.models else ()))
    show_model_diagnostics(found, files)
    if reading.models is None or has_errors(found):
        raise CommandError(refusal)
    return reading.models


def show_model_diagnostics(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes]) -> None:
    """Writes each diagnostic with its line of the model."""
    for diagnostic in diagnostics:
        stderr().print(Text(render([diagnostic], files)), end="")

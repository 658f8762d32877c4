"""`greenlane export`: the rule files as a workbook or a DMN model. The engine only, no service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.options import current_settings
from greenlane.api.cli.rule_files import CheckedRules, check_rules, show, summary, write_whole
from greenlane.engine.diagnostics import RulesetError, has_errors
from greenlane.engine.rules.files import is_case
from greenlane.rule_files import read_files

_OUTPUT = click.Path(path_type=Path, dir_okay=False)


@click.command("export")
@click.option("--xlsx", type=_OUTPUT, help="The workbook to write.")
@click.option("--dmn", type=_OUTPUT, help="The DMN model to write.")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def export_command(xlsx: Path | None, dmn: Path | None, path: Path | None) -> None:
    """Write the rule files in PATH to an Excel workbook, or as a model in DMN 1.5.

    把 PATH 中的规则文件导出为 Excel 工作簿（--xlsx，每张决策表一个工作表）或 DMN 1.5 模型（--dmn）。

    PATH is the directory of `GREENLANE_RULES` (./rules) unless given. `greenlane import --xlsx` reads a workbook back;
    `greenlane dmn` runs a model. Decisions that DMN cannot say are named on stderr and left out.
    """
    if (xlsx is None) == (dmn is None):
        raise click.UsageError("name what to write: either --xlsx FILE or --dmn FILE")
    directory = path or current_settings().rules
    try:
        if xlsx is not None:
            write_workbook(directory, xlsx)
        elif dmn is not None:
            write_model(directory, dmn)
    except OSError as error:
        raise CommandError(f"nothing was exported: {error}") from None


def write_workbook(directory: Path, file: Path) -> None:
    """Writes the workbook; when it cannot, shows why and writes nothing. Raises `CommandError`, `OSError`."""
    from greenlane.engine.interop.xlsx import OpenpyxlMissingError, export_workbook

    data = read_files(directory)
    try:
        texts = {name: content.decode("utf-8-sig") for name, content in data.items() if not is_case(name)}
        write_whole({file: export_workbook(texts)})
    except OpenpyxlMissingError as missing:
        raise CommandError(missing.text.en, (missing.text.zh,)) from None
    except UnicodeDecodeError:
        raise CommandError(f"a rule file in `{directory}` is not UTF-8 text: `greenlane check` says which") from None
    except RulesetError as refused:
        show(stderr(), CheckedRules(data, None, refused.diagnostics))
        raise CommandError(f"nothing was exported: {summary(refused.diagnostics)}") from None
    stdout().print(f"{counted(len(texts), 'file')} in {directory} to {file}")


def write_model(directory: Path, file: Path) -> None:
    """Writes the model; rule files with errors are shown them, and nothing is written.

    Decisions that are left out are told on stderr, each at its place. Raises `OSError`.
    """
    from greenlane.engine.interop.dmn.exporter import export_model

    checked = check_rules(directory)
    if has_errors(checked.diagnostics) or checked.ruleset is None:
        show(stderr(), checked)
        raise CommandError(f"nothing was exported: {summary(checked.diagnostics)}")
    exported = export_model(checked.ruleset)
    here = (replace(d, place=replace(d.place, path=f"{directory}/{d.place.path}")) for d in exported.left_out)
    show(stderr(), replace(checked, diagnostics=tuple(here)))
    write_whole({file: exported.data})
    left_out = f", {len(exported.left_out)} left out" if exported.left_out else ""
    stdout().print(f"{counted(len(exported.decisions), 'decision')} in {directory} to {file}{left_out}")

"""`greenlane check`: every fault in the rule files, at its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from greenlane.api.cli.console import counted, stdout
from greenlane.api.cli.rules import check_rules, show, summary
from greenlane.api.cli.settings import current_settings
from greenlane.engine.diagnostics import has_errors


@click.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.pass_context
def command(context: click.Context, path: Path | None) -> None:
    """Check the rule files in PATH and show every fault at its cell.

    检查 PATH 中的规则文件，把每个问题指到单元格。

    PATH is the directory of `GREENLANE_RULES` (./rules) unless given. Exit code 1 when there is an error.
    """
    directory = path or current_settings().rules
    checked = check_rules(directory, date.today())
    console = stdout()
    show(console, checked)
    failed = has_errors(checked.diagnostics) or checked.ruleset is None
    console.print(
        f"{counted(len(checked.files), 'file')} in {directory}: {summary(checked.diagnostics)}",
        style="bold red" if failed else "bold green",
    )
    context.exit(1 if failed else 0)

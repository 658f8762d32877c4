"""`greenlane export`: the rule files in another form."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane.api.cli.console import Refused
from greenlane.api.cli.settings import current_settings

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("export")
@click.option("--xlsx", type=_FILE, help="The workbook to write.")
@click.option("--dmn", type=_FILE, help="The DMN model to write.")
@click.argument("path", required=False, type=click.Path(path_type=Path))
def command(xlsx: Path | None, dmn: Path | None, path: Path | None) -> None:
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
            from greenlane.api.cli.export_sheets import write_workbook

            write_workbook(directory, xlsx)
        elif dmn is not None:
            from greenlane.api.cli.export_dmn import write_model

            write_model(directory, dmn)
    except OSError as error:
        raise Refused(f"nothing was exported: {error}") from None

"""`greenlane export`: the rule files as a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from api.cli.console import Refused, counted, stderr, stdout
from api.cli.rules import CheckedRules, show, summary
from api.cli.settings import current_settings
from api.cli.whole_files import write_whole
from api.rules_directory import read_files
from engine.diagnostics import RulesetRefused
from engine.sheets import export_workbook


@click.command("export")
@click.option(
    "--xlsx", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The workbook to write."
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
def command(file: Path, path: Path | None) -> None:
    """Write the rule files in PATH to an Excel workbook, one sheet for each table.

    把 PATH 中的规则文件导出为 Excel 工作簿，每张决策表一个工作表。

    PATH is the directory of `GREENLANE_RULES` (./rules) unless given. `greenlane import` reads the workbook back.
    """
    directory = path or current_settings().rules
    try:
        data = read_files(directory)
        texts = {name: content.decode("utf-8-sig") for name, content in data.items()}
        write_whole({file: export_workbook(texts)})
    except UnicodeDecodeError:
        raise Refused(f"a rule file in `{directory}` is not UTF-8 text: `greenlane check` says which") from None
    except RulesetRefused as refused:
        show(stderr(), CheckedRules(data, None, refused.diagnostics))
        raise Refused(f"nothing was exported: {summary(refused.diagnostics)}") from None
    except OSError as error:
        raise Refused(f"nothing was exported: {error}") from None
    stdout().print(f"{counted(len(texts), 'file')} in {directory} to {file}")

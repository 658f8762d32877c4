"""`greenlane import`: a workbook back to rule files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from api.cli.console import Refused, counted, stderr, stdout
from api.cli.rules import CheckedRules, show, summary
from api.cli.settings import current_settings
from api.cli.whole_files import write_whole
from api.rules_directory import read_files
from engine.diagnostics import has_errors
from engine.sheets import Imported, import_workbook
from engine.verify import check


@click.command("import")
@click.option(
    "--xlsx",
    "file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The workbook to read.",
)
@click.argument("path", required=False, type=click.Path(path_type=Path))
def command(file: Path, path: Path | None) -> None:
    """Read an Excel workbook that `greenlane export` wrote, and write the rule files in PATH.

    读取 `greenlane export` 导出的工作簿，写回 PATH 中的规则文件；有错误时一个文件也不写。

    PATH is the directory of `GREENLANE_RULES` (./rules) unless given. Every fault is shown at its `sheet!cell`; with an
    error nothing is written. Files that the workbook does not hold stay as they are.
    """
    directory = path or current_settings().rules
    try:
        imported = import_workbook(file.read_bytes(), lambda ruleset: check(ruleset, date.today()))
        show(stderr(), CheckedRules({}, None, imported.diagnostics))
        if has_errors(imported.diagnostics):
            raise Refused(f"nothing was imported: {summary(imported.diagnostics)}")
        before = read_files(directory) if directory.is_dir() else {}
        changed = _changed(imported, before)
        write_whole({directory / name: text for name, text in changed.items()})
    except OSError as error:
        raise Refused(f"nothing was imported: {error}") from None
    console = stdout()
    for name in changed:
        console.print(f"changed {directory / name}", style="yellow")
    for name in sorted(before.keys() - imported.files.keys()):
        console.print(f"not in the workbook, left as it is: {directory / name}", style="yellow")
    console.print(f"{counted(len(imported.files), 'file')} in {file}, {len(changed)} changed")


def _changed(imported: Imported, before: Mapping[str, bytes]) -> dict[str, bytes]:
    texts = {name: text.encode() for name, text in sorted(imported.files.items())}
    return {name: text for name, text in texts.items() if before.get(name) != text}

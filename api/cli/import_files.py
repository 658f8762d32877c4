"""`greenlane import`: a DMN model or a workbook to rule files."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane.api.cli.settings import current_settings

_WHAT = "name what to read: a model (`greenlane import MODEL.dmn`) or a workbook (`greenlane import --xlsx FILE`)"


@click.command("import")
@click.option(
    "--xlsx", "workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The workbook to read."
)
@click.option("--to", "directory", type=click.Path(path_type=Path), help="The directory to write rule files in.")
@click.option("--decision", "only", metavar="NAME", multiple=True, help="Of a model: only this, and what it requires.")
@click.option("--force", is_flag=True, help="Of a model: write in a directory that is not empty.")
@click.argument("source", metavar="[MODEL.dmn | PATH]", required=False, type=click.Path(path_type=Path))
def command(
    workbook: Path | None, directory: Path | None, only: tuple[str, ...], force: bool, source: Path | None
) -> None:
    """Write rule files from a DMN model, or from an Excel workbook that `greenlane export` wrote.

    由 DMN 模型，或由 `greenlane export` 导出的工作簿，写出规则文件；有错误时一个文件也不写。

    A model (DMN 1.2 to 1.5) becomes new rule files in DIRECTORY, by default one named like the model; what they cannot
    say is shown at its place in the model. Imported models are looked for in the same folder.

    A workbook goes to PATH (or DIRECTORY), by default the directory of `GREENLANE_RULES` (./rules). Every fault is
    shown at its `sheet!cell`. Files that the workbook does not hold stay as they are.
    """
    if workbook is not None:
        _import_workbook(workbook, directory, source, bool(only or force))
    elif source is None:
        raise click.UsageError(_WHAT)
    else:
        _import_model(source, directory, only, force)


def _import_workbook(workbook: Path, directory: Path | None, path: Path | None, more: bool) -> None:
    from greenlane.api.cli.import_sheets import import_sheets

    if more:
        raise click.UsageError("`--decision` and `--force` are for models, not for `--xlsx`")
    if path is not None and (path.suffix == ".dmn" or directory is not None):
        raise click.UsageError(_WHAT if path.suffix == ".dmn" else "name the directory once: PATH or `--to DIRECTORY`")
    import_sheets(workbook, path or directory or current_settings().rules)


def _import_model(model: Path, directory: Path | None, only: tuple[str, ...], force: bool) -> None:
    from greenlane.api.cli.import_model import import_dmn

    if model.suffix == ".xlsx":
        raise click.UsageError(f"a workbook is named by its option: `greenlane import --xlsx {model}`")
    if not model.is_file():
        raise click.UsageError(f"there is no file `{model}`; {_WHAT}")
    import_dmn(model, directory or Path(model.stem), only, force)

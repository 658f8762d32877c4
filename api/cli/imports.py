"""`greenlane import`: a DMN model or a workbook to rule files. The engine only, no service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenlane.api.cli.check import schema_text
from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.dmn import model_files, show_model_diagnostics, sound_models
from greenlane.api.cli.options import current_settings
from greenlane.api.cli.rule_files import CheckedRules, show, summary, write_whole
from greenlane.engine.check import check
from greenlane.engine.diagnostics import has_errors, nearest
from greenlane.engine.interop.dmn.importer import import_model
from greenlane.engine.interop.dmn.importer.rule_file_writer import MARK
from greenlane.engine.interop.dmn.model import ModelSet
from greenlane.engine.rules.files import is_case, read
from greenlane.engine.rules.layout.json_schema import FILE_NAME, schema_line
from greenlane.rule_files import read_files

if TYPE_CHECKING:
    from greenlane.engine.interop.xlsx import ImportedWorkbook

_USAGE = "name what to read: a model (`greenlane import MODEL.dmn`) or a workbook (`greenlane import --xlsx FILE`)"


@click.command("import")
@click.option(
    "--xlsx", "workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The workbook to read."
)
@click.option("--to", "directory", type=click.Path(path_type=Path), help="The directory to write rule files in.")
@click.option("--decision", "only", metavar="NAME", multiple=True, help="Of a model: only this, and what it requires.")
@click.option("--force", is_flag=True, help="Of a model: write in a directory that is not empty.")
@click.argument("source", metavar="[MODEL.dmn | PATH]", required=False, type=click.Path(path_type=Path))
def import_command(
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
        _from_workbook(workbook, directory, source, bool(only or force))
    elif source is None:
        raise click.UsageError(_USAGE)
    else:
        _from_model(source, directory, only, force)


def _from_workbook(workbook: Path, directory: Path | None, path: Path | None, more: bool) -> None:
    if more:
        raise click.UsageError("`--decision` and `--force` are for models, not for `--xlsx`")
    if path is not None and (path.suffix == ".dmn" or directory is not None):
        raise click.UsageError(_USAGE if path.suffix == ".dmn" else "name the directory once: PATH or `--to DIRECTORY`")
    import_sheets(workbook, path or directory or current_settings().rules)


def _from_model(model: Path, directory: Path | None, only: tuple[str, ...], force: bool) -> None:
    if model.suffix == ".xlsx":
        raise click.UsageError(f"a workbook is named by its option: `greenlane import --xlsx {model}`")
    if not model.is_file():
        raise click.UsageError(f"there is no file `{model}`; {_USAGE}")
    import_dmn(model, directory or Path(model.stem), only, force)


def import_sheets(file: Path, directory: Path) -> None:
    """Reads the workbook and writes what has changed. Files that it does not hold stay as they are."""
    from greenlane.engine.interop.xlsx import import_workbook

    try:
        imported = import_workbook(file.read_bytes(), lambda ruleset: check(ruleset, date.today()))
        show(stderr(), CheckedRules({}, None, imported.diagnostics))
        if has_errors(imported.diagnostics):
            raise CommandError(f"nothing was imported: {summary(imported.diagnostics)}")
        before = read_files(directory) if directory.is_dir() else {}
        changed = _changed(imported, before)
        write_whole({directory / name: text for name, text in changed.items()})
    except OSError as error:
        raise CommandError(f"nothing was imported: {error}") from None
    console = stdout()
    for name in changed:
        console.print(f"changed {directory / name}", style="yellow")
    for name in sorted(name for name in before.keys() - imported.files.keys() if not is_case(name)):
        console.print(f"not in the workbook, left as it is: {directory / name}", style="yellow")
    console.print(f"{counted(len(imported.files), 'file')} in {file}, {len(changed)} changed")


def _changed(imported: ImportedWorkbook, before: Mapping[str, bytes]) -> dict[str, bytes]:
    texts = {name: text.encode() for name, text in sorted(imported.files.items())}
    return {name: text for name, text in texts.items() if before.get(name) != text}


def import_dmn(model: Path, directory: Path, only: Collection[str], force: bool) -> None:
    """Reads the model and writes rule files in the directory, which must be empty unless `force`."""
    if not force and directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        hint = "name another one by `--to DIRECTORY`, or write over what is there by `--force`"
        raise CommandError(f"nothing was imported: `{directory}` is not empty", [hint])
    files = model_files(model)
    models = sound_models(files, model, f"nothing was imported: `{model}` is not sound")
    _check_names(models, only)
    imported = import_model(models, date.today(), lambda ruleset: check(ruleset, date.today()), only)
    show_model_diagnostics(imported.diagnostics, files)
    if has_errors(imported.diagnostics):
        raise CommandError(f"nothing was imported: {summary(imported.diagnostics)}")
    written = _for_editors(imported.files)
    try:
        write_whole({directory / name: text.encode() for name, text in written.items()})
    except OSError as error:
        raise CommandError(f"nothing was imported: {error}") from None
    _tell(model, directory, written)


def _for_editors(files: Mapping[str, str]) -> dict[str, str]:
    """The files, each of which names the schema beside them on its first line."""
    ruleset = read({name: text.encode() for name, text in files.items()}).ruleset
    named = {name: f"{schema_line(name)}\n{text}" for name, text in files.items()}
    return {**named, FILE_NAME: schema_text(ruleset)}


def _check_names(models: ModelSet, only: Collection[str]) -> None:
    names = models.main.by_name
    for name in only:
        if name not in names:
            near = nearest(name, names)
            hint = f"did you mean `{near}`?" if near else f"it has {', '.join(names) or 'none'}"
            raise CommandError(f"nothing was imported: the model has no `{name}`", [hint])


def _tell(model: Path, directory: Path, files: Mapping[str, str]) -> None:
    console = stdout()
    for name in files:
        console.print(f"wrote {directory / name}", style="yellow")
    for path in sorted(directory.rglob("*.yaml")):
        if path.relative_to(directory).as_posix() not in files:
            console.print(f"not of the model, left as it is: {path}", style="yellow")
    marked = sum(text.count(MARK.removeprefix("# ")) for text in files.values())
    console.print(f"{counted(len(files), 'file')} from {model}; to review: {counted(marked, 'line')} `set on import`")

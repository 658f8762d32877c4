"""`greenlane import MODEL.dmn`: a DMN model to rule files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from greenlane.api.cli.console import Refused, counted, stdout
from greenlane.api.cli.models import model_files, show, sound_library
from greenlane.api.cli.rules import summary
from greenlane.api.cli.schema import schema_text
from greenlane.api.cli.whole_files import write_whole
from greenlane.engine.check import check
from greenlane.engine.diagnostics import has_errors, nearest
from greenlane.engine.interop.dmn.importer import import_model
from greenlane.engine.interop.dmn.importer.pages import MARK
from greenlane.engine.interop.dmn.library import Library
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.schema import FILE_NAME, schema_line


def import_dmn(model: Path, directory: Path, only: Collection[str], force: bool) -> None:
    """Reads the model and writes rule files in the directory, which must be empty unless `force`."""
    if not force and directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        hint = "name another one by `--to DIRECTORY`, or write over what is there by `--force`"
        raise Refused(f"nothing was imported: `{directory}` is not empty", [hint])
    files = model_files(model)
    library = sound_library(files, model, f"nothing was imported: `{model}` is not sound")
    _known(library, only)
    imported = import_model(library, date.today(), lambda ruleset: check(ruleset, date.today()), only)
    show(imported.diagnostics, files)
    if has_errors(imported.diagnostics):
        raise Refused(f"nothing was imported: {summary(imported.diagnostics)}")
    written = _for_editors(imported.files)
    try:
        write_whole({directory / name: text.encode() for name, text in written.items()})
    except OSError as error:
        raise Refused(f"nothing was imported: {error}") from None
    _tell(model, directory, written)


def _for_editors(files: Mapping[str, str]) -> dict[str, str]:
    """The files, each of which names the schema beside them on its first line."""
    ruleset = read({name: text.encode() for name, text in files.items()}).ruleset
    named = {name: f"{schema_line(name)}\n{text}" for name, text in files.items()}
    return {**named, FILE_NAME: schema_text(ruleset)}


def _known(library: Library, only: Collection[str]) -> None:
    names = library.main.by_name
    for name in only:
        if name not in names:
            near = nearest(name, names)
            hint = f"did you mean `{near}`?" if near else f"it has {', '.join(names) or 'none'}"
            raise Refused(f"nothing was imported: the model has no `{name}`", [hint])


def _tell(model: Path, directory: Path, files: Mapping[str, str]) -> None:
    console = stdout()
    for name in files:
        console.print(f"wrote {directory / name}", style="yellow")
    for path in sorted(directory.rglob("*.yaml")):
        if path.relative_to(directory).as_posix() not in files:
            console.print(f"not of the model, left as it is: {path}", style="yellow")
    marked = sum(text.count(MARK.removeprefix("# ")) for text in files.values())
    console.print(f"{counted(len(files), 'file')} from {model}; to review: {counted(marked, 'line')} `set on import`")

"""DMN models on disk, read and checked the same way for every command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.text import Text

from greenlane.api.cli.console import Refused, stderr
from greenlane.engine.diagnostics import Diagnostic, has_errors, render
from greenlane.engine.interop.dmn import MAX_BYTES, check, read
from greenlane.engine.interop.dmn.library import Library


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
                raise Refused(f"the model cannot be read: {error}") from None
    return files


def sound_library(files: Mapping[str, bytes], model: Path, refusal: str) -> Library:
    """The model with all that it imports. Its faults are shown; an error among them ends the command by `refusal`."""
    reading = read(files, str(model))
    found = (*reading.diagnostics, *(check(reading.library) if reading.library else ()))
    show(found, files)
    if reading.library is None or has_errors(found):
        raise Refused(refusal)
    return reading.library


def show(diagnostics: Iterable[Diagnostic], files: Mapping[str, bytes]) -> None:
    """Writes each diagnostic with its line of the model."""
    for diagnostic in diagnostics:
        stderr().print(Text(render([diagnostic], files)), end="")

"""The rule files as a DMN model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from greenlane.api.cli.console import Refused, counted, stderr, stdout
from greenlane.api.cli.rules import check_rules, show, summary
from greenlane.api.cli.whole_files import write_whole
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.interop.dmn.exporter import export_model


def write_model(directory: Path, file: Path) -> None:
    """Writes the model; rule files with errors are shown them, and nothing is written.

    Decisions that are left out are told on stderr, each at its place. Raises `OSError`.
    """
    checked = check_rules(directory)
    if has_errors(checked.diagnostics) or checked.ruleset is None:
        show(stderr(), checked)
        raise Refused(f"nothing was exported: {summary(checked.diagnostics)}")
    exported = export_model(checked.ruleset)
    here = (replace(d, place=replace(d.place, path=f"{directory}/{d.place.path}")) for d in exported.left_out)
    show(stderr(), replace(checked, diagnostics=tuple(here)))
    write_whole({file: exported.data})
    left_out = f", {len(exported.left_out)} left out" if exported.left_out else ""
    stdout().print(f"{counted(len(exported.decisions), 'decision')} in {directory} to {file}{left_out}")

"""Rule files on disk, read, checked, shown and written the same way for every command."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text

from greenlane.api.cli.console import CommandError, counted, stderr
from greenlane.api.config import Settings
from greenlane.engine.decide import compile_ruleset
from greenlane.engine.decide.application import Validator
from greenlane.engine.decide.matching import MatcherName, why_no_rete
from greenlane.engine.diagnostics import Diagnostic, Place, Severity, has_errors, render, sort
from greenlane.engine.policy import Policy, inspect
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.rule_files import read_files


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """What was found in a directory of rule files. `files` and the places are by path from where the command runs."""

    files: Mapping[str, bytes]
    ruleset: Ruleset | None
    diagnostics: tuple[Diagnostic, ...]


def check_rules(directory: Path, today: date | None = None) -> CheckedRules:
    """Reads and checks every rule file: all faults at once. A directory that cannot be read ends the command."""
    try:
        files = read_files(directory)
    except OSError as error:
        raise CommandError(f"the rule files cannot be read: {error}") from None
    found = inspect(files, today)
    shown = sort(_from_here(d, directory) for d in found.diagnostics)
    return CheckedRules({f"{directory}/{path}": text for path, text in files.items()}, found.ruleset, shown)


def compile_rules(directory: Path, settings: Settings) -> Policy:
    """The rules ready to decide. Faults end the command after they are shown; warnings alone do not."""
    tell_matcher(settings.matcher)
    checked = check_rules(directory)
    if has_errors(checked.diagnostics) or checked.ruleset is None:
        show(stderr(), checked)
        raise CommandError(f"the rule files in `{directory}` cannot decide anything: {summary(checked.diagnostics)}")
    vocabulary = checked.ruleset.vocabulary
    decider = compile_ruleset(checked.ruleset, settings.matcher, most=settings.decision_steps)
    return Policy(checked.ruleset, decider, Validator(vocabulary))


def tell_matcher(matcher: MatcherName) -> None:
    """Says on stderr that rule sets run without durable_rules, where that is so because it cannot be used.

    Ends the command where durable_rules is asked for by name.
    """
    why = why_no_rete()
    if matcher == "rete" and why is not None:
        hint = "unset GREENLANE_MATCHER: the bitmap matcher gives the same answers"
        raise CommandError(f"the matcher `rete` cannot be used: {why}", [hint])
    if matcher == "bitmap" and why is not None:
        stderr().print(Text(f"rule sets run on the bitmap matcher, with the same answers: {why}", "dim"))


def show(console: Console, checked: CheckedRules) -> None:
    """Writes each diagnostic with its line and the fault underlined."""
    for diagnostic in checked.diagnostics:
        block = Text(render([diagnostic], checked.files))
        colour = "red" if diagnostic.severity is Severity.ERROR else "yellow"
        block.highlight_regex(rf"(?<=: )(error|warning) {diagnostic.code}", f"bold {colour}")
        block.highlight_regex(r"(?m)^ *\| *\^+$", colour)
        block.highlight_regex(r"(?m)^help:", "bold green")
        console.print(block)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`."""
    severities = [d.severity for d in diagnostics]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    parts = [counted(errors, "error")] if errors else []
    parts += [counted(warnings, "warning")] if warnings else []
    return ", ".join(parts) or "no faults"


def _from_here(diagnostic: Diagnostic, directory: Path) -> Diagnostic:
    def moved(place: Place) -> Place:
        return replace(place, path=f"{directory}/{place.path}")

    return replace(diagnostic, place=moved(diagnostic.place), related=tuple(map(moved, diagnostic.related)))


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Writes every file, making directories as needed. Raises `OSError`, and then each file is as it was before."""
    staged: dict[Path, Path] = {}
    try:
        for file, content in contents.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            staged[file] = file.with_name(f".{file.name}.{os.getpid()}.new")
            with staged[file].open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        _swap(staged)
    finally:
        for new in staged.values():
            new.unlink(missing_ok=True)


def _swap(staged: Mapping[Path, Path]) -> None:
    """Puts the new files in place of the old; after a failure the old ones stand there again."""
    before = {file: file.read_bytes() if file.exists() else None for file in staged}
    done: list[Path] = []
    try:
        for file, new in staged.items():
            new.replace(file)
            done.append(file)
    except OSError:
        for file in done:
            old = before[file]
            with suppress(OSError):
                file.unlink() if old is None else file.write_bytes(old)
        raise

"""`greenlane test`: worked cases decided again, and which rows they reach. Reads files; the engine only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.progress import track
from rich.text import Text

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.decide import day_of, read_application
from greenlane.api.cli.options import current_settings, rules_option
from greenlane.api.cli.rule_files import compile_rules
from greenlane.engine.json_text import JsonError, decode, encode
from greenlane.engine.policy import Policy
from greenlane.engine.rules.ruleset import Ruleset
from greenlane.engine.rules.table import Table
from greenlane.engine.worked_cases import CaseResult, WorkedCase, decide_case


@click.command("test")
@click.argument("path", type=click.Path(path_type=Path), default="examples")
@click.option("--rows", "list_rows", is_flag=True, help="List the rows that held in no case.")
@rules_option()
@click.pass_context
def test_command(context: click.Context, path: Path, list_rows: bool, rules: Path | None) -> None:
    """Decide the worked cases in PATH again and compare with what is expected.

    重新决策 PATH 中的案例并与预期比较，同时统计被覆盖的规则行。

    PATH (./examples) holds applications/*.json and, by the same names, expected/*.json: members of the outcome.
    Exit code 1 when a case differs. Rows that held in some case are counted.
    """
    settings = current_settings()
    compiled = compile_rules(rules or settings.rules, settings.matcher)
    cases = sorted((path / "applications").glob("*.json"))
    if not cases:
        raise CommandError(f"there are no cases in `{path / 'applications'}`")
    err = stderr()
    checked = [
        _check(compiled, case, path / "expected" / case.name)
        for case in track(cases, "deciding", console=err, disable=not err.is_terminal, transient=True)
    ]
    failed = [case for case in checked if case.differences]
    for case in failed:
        _show(case)
    _show_rows(compiled.ruleset, frozenset().union(*(case.held for case in checked)), list_rows)
    style = "bold red" if failed else "bold green"
    stdout().print(f"{counted(len(checked), 'case')}, {len(failed)} different", style=style)
    context.exit(1 if failed else 0)


def _check(compiled: Policy, case: Path, expectation: Path) -> CaseResult:
    with case.open("rb") as file:
        application = read_application(file, compiled)
    try:
        expected = decode(expectation.read_bytes())
    except (OSError, JsonError):
        raise CommandError(f"`{expectation}` is missing or is not JSON") from None
    return decide_case(compiled, WorkedCase(case.stem, application, expected), day_of(compiled, application, None))


def _show(case: CaseResult) -> None:
    console = stdout()
    console.print(Text.assemble((case.name, "bold red")))
    for found in case.differences:
        expected, decided = (_shown(found, member) for member in ("stored", "replayed"))
        console.print(Text(f"  {found['pointer']}: expected {expected}, decided {decided}"))


def _shown(found: Mapping[str, Any], member: str) -> str:
    return encode(found[member]).decode() if member in found else "nothing"


def _show_rows(ruleset: Ruleset, held: frozenset[str], listed: bool) -> None:
    tables = {d.name: d.logic for d in ruleset.decided() if isinstance(d.logic, Table)}
    total = sum(len(table.rows) for table in tables.values())
    never = [(name, row) for name, table in tables.items() for row in table.rows if row.id not in held]
    console = stdout()
    for name, row in never if listed else ():
        console.print(Text(f"never held: {row.id} ({name}, {row.place.path}:{row.place.line})"))
    console.print(
        f"{total - len(never)} of {total} rows held in some case ({(total - len(never)) / max(total, 1):.0%})"
    )

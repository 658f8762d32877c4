"""`greenlane test`: worked cases decided again, and which rows they reach. Touches case files; the engine only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.progress import track
from rich.text import Text

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.decide import day_of
from greenlane.api.cli.options import current_settings, rules_option
from greenlane.api.cli.rule_files import CheckedRules, compile_rules, show, summary, write_whole
from greenlane.engine.check import cases as case_check
from greenlane.engine.diagnostics import DiagnosticSink, sort
from greenlane.engine.json_text import encode, layout
from greenlane.engine.policy import Policy
from greenlane.engine.rules.files import CASES, read_cases
from greenlane.engine.rules.ruleset import Ruleset, WorkedCase
from greenlane.engine.rules.table import Table
from greenlane.engine.worked_cases import CaseResult, NearMiss, decide_case, near_misses

SHOWN = 12
"""Rows of a difference that are named."""


@click.command("test")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--rows", "list_rows", is_flag=True, help="List the rows that held in no case, each with the case nearest to it."
)
@click.option("--update", is_flag=True, help="Write what is decided as what is expected, in the files of the cases.")
@rules_option()
@click.pass_context
def test_command(context: click.Context, path: Path | None, list_rows: bool, update: bool, rules: Path | None) -> None:
    """Decide the worked cases of the rules again and compare with what is expected.

    重新决策案例并与预期比较，同时统计被覆盖的规则行；--update 以实际结果改写预期。

    The cases are `cases/*.json` of the rule files, or the `*.json` in PATH: an application, and members that its
    outcome is to have. Lists are the same in any order. Each difference names the rows that it stands on. Exit code 1
    when a case differs, unless it is updated. Rows that held in some case are counted.
    """
    settings = current_settings()
    directory = rules or settings.rules
    compiled = compile_rules(directory, settings)
    folder = path or directory / CASES
    cases = _cases_in(path, compiled.ruleset) if path is not None else compiled.ruleset.cases
    if not cases:
        raise CommandError(f"there are no cases in `{folder}`")
    checked = _decided(compiled, cases.values())
    failed = [result for result in checked if result.differences]
    for result in failed:
        _show(result)
    _show_rows(compiled, cases.values(), frozenset().union(*(result.held for result in checked)), list_rows)
    stdout().print(
        f"{counted(len(checked), 'case')}, {len(failed)} different", style="bold red" if failed else "bold green"
    )
    if update:
        changed = _update(folder, cases, checked)
        stdout().print(f"{counted(changed, 'file')} updated in {folder}")
    context.exit(1 if failed and not update else 0)


def _decided(policy: Policy, cases: Collection[WorkedCase]) -> list[CaseResult]:
    err = stderr()
    told = track(cases, "deciding", console=err, disable=not err.is_terminal, transient=True)
    return [decide_case(policy, case, day_of(policy, case.application, None)) for case in told]


def _cases_in(folder: Path, ruleset: Ruleset) -> Mapping[str, WorkedCase]:
    """The cases in a directory. Faults end the command after they are shown."""
    files = {f"{folder}/{file.name}": file.read_bytes() for file in sorted(folder.glob("*.json"))}
    sink = DiagnosticSink()
    texts = {name: content.decode("utf-8-sig", "replace") for name, content in files.items()}
    cases = read_cases(texts, str(folder), sink)
    sink.extend(case_check.check_cases(cases.values(), ruleset.vocabulary))
    found = sort(sink.in_order())
    if found:
        show(stderr(), CheckedRules(files, None, found))
        raise CommandError(f"the cases in `{folder}` cannot be decided: {summary(found)}")
    return cases


def _update(folder: Path, cases: Mapping[str, WorkedCase], results: Iterable[CaseResult]) -> int:
    """Writes the members that were expected as they are now, or all where none was; how many files changed."""
    changed: dict[Path, bytes] = {}
    for result in results:
        case = cases[result.name]
        if case.expected and not result.differences:
            continue
        kept = {name: value for name, value in result.outcome.items() if not case.expected or name in case.expected}
        changed[folder / f"{case.name}.json"] = layout({"application": case.application, "expected": kept})
    try:
        write_whole(changed)
    except OSError as error:
        raise CommandError(f"nothing was updated: {error}") from None
    return len(changed)


def _show(case: CaseResult) -> None:
    console = stdout()
    console.print(Text.assemble((case.name, "bold red")))
    for found in case.differences:
        console.print(Text(f"  {found['pointer']}: {_told(found)}{_rows(found['rows'])}"))


def _told(found: Mapping[str, Any]) -> str:
    if "missing" in found:
        parts = [f"{word} {_shown(found[word])}" for word in ("missing", "unexpected") if found[word]]
        return ", ".join(parts)
    expected, decided = (_shown(found[member]) if member in found else "nothing" for member in ("stored", "replayed"))
    return f"expected {expected}, decided {decided}"


def _rows(rows: list[str]) -> str:
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f" ({', '.join(rows[:SHOWN])}{more})" if rows else ""


def _shown(value: Any) -> str:
    return encode(value).decode()


def _show_rows(policy: Policy, cases: Collection[WorkedCase], held: frozenset[str], listed: bool) -> None:
    tables = {d.name: d.logic for d in policy.ruleset.decided() if isinstance(d.logic, Table)}
    total = sum(len(table.rows) for table in tables.values())
    never = [(name, row) for name, table in tables.items() for row in table.rows if row.id not in held]
    console = stdout()
    if listed:
        days = ((case, day_of(policy, case.application, None)) for case in cases)
        near = near_misses(policy, days, {row.id for _, row in never})
        for name, row in never:
            told = f"never held: {row.id} ({name}, {row.place.path}:{row.place.line}){_nearest(near.get(row.id))}"
            console.print(Text(told), soft_wrap=True)
    console.print(
        f"{total - len(never)} of {total} rows held in some case ({(total - len(never)) / max(total, 1):.0%})"
    )


def _nearest(near: NearMiss | None) -> str:
    return f"; nearest {near.case}: {'; '.join(each.en for each in near.against)}" if near is not None else ""

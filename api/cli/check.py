"""Commands on rule files: `greenlane check`, `fmt`, `schema`. The engine only, no service."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.options import current_settings
from greenlane.api.cli.rule_files import CheckedRules, check_rules, show, summary, write_whole
from greenlane.engine.diagnostics import RulesetError, has_errors
from greenlane.engine.rules.layout.formatting import format_text
from greenlane.engine.rules.layout.json_schema import schema_of
from greenlane.engine.rules.ruleset import Ruleset


@click.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.pass_context
def check_command(context: click.Context, path: Path | None) -> None:
    """Check the rule files in PATH and show every fault at its cell.

    检查 PATH 中的规则文件，把每个问题指到单元格。

    PATH is the directory of `GREENLANE_RULES` (./rules) unless given. Exit code 1 when there is an error.
    """
    directory = path or current_settings().rules
    checked = check_rules(directory, date.today())
    console = stdout()
    show(console, checked)
    failed = has_errors(checked.diagnostics) or checked.ruleset is None
    console.print(
        f"{counted(len(checked.files), 'file')} in {directory}: {summary(checked.diagnostics)}",
        style="bold red" if failed else "bold green",
    )
    context.exit(1 if failed else 0)


@click.command("fmt")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 when a file would change.")
@click.pass_context
def fmt_command(context: click.Context, path: Path | None, only_check: bool) -> None:
    """Lay out the rule files in PATH: columns aligned, Chinese characters two columns wide.

    统一规则文件的排版：列对齐，汉字按两列宽计算。

    PATH is a directory or one file; the directory of `GREENLANE_RULES` (./rules) unless given.
    """
    chosen = path or current_settings().rules
    files = _rule_files(chosen)
    changed = [f for f in files if _format(f, chosen, write=not only_check)]
    console = stdout()
    for file in changed:
        console.print(f"{'would change' if only_check else 'changed'} {file}", style="yellow")
    console.print(f"{counted(len(files), 'file')}, {len(changed)} {'to change' if only_check else 'changed'}")
    context.exit(1 if only_check and changed else 0)


def _rule_files(chosen: Path) -> list[Path]:
    if chosen.is_file():
        return [chosen]
    inside = ((p, p.relative_to(chosen).parts) for p in sorted(chosen.rglob("*.yaml")))
    found = [p for p, parts in inside if not any(part.startswith(".") for part in parts)]
    if not found:
        raise CommandError(f"there are no rule files in `{chosen}`")
    return found


def _format(file: Path, chosen: Path, write: bool) -> bool:
    """Whether the file was not laid out as it should be. A file that cannot be read as rules ends the command."""
    before = file.read_bytes()
    name = file.relative_to(chosen).as_posix() if chosen.is_dir() else _name_of(file)
    try:
        after = format_text(name, before.decode("utf-8-sig")).encode()
    except UnicodeDecodeError:
        raise CommandError(f"`{file}` is not UTF-8 text") from None
    except RulesetError as refused:
        show(stderr(), CheckedRules({name: before}, None, refused.diagnostics))
        raise CommandError(f"`{file}` cannot be laid out: {summary(refused.diagnostics)}") from None
    if after == before:
        return False
    if write:
        file.write_bytes(after)
    return True


def _name_of(file: Path) -> str:
    """The path that a single file has in its ruleset: `reference/reference.yaml` for the description of tables."""
    return f"{file.parent.name}/{file.name}" if file.parent.name == "reference" else file.name


@click.command("schema")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
def schema_command(path: Path | None, out: Path | None) -> None:
    """Print the JSON Schema of rule files: editors complete and explain their keys by it.

    输出规则文件的 JSON Schema，供编辑器补全和提示。

    With PATH, a directory of rule files, editors also offer the names of its facts, groups and decisions.
    """
    text = schema_text(_named_ruleset(path) if path else None)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        write_whole({out: text.encode()})
    except OSError as error:
        raise CommandError(f"nothing was written: {error}") from None


def schema_text(ruleset: Ruleset | None) -> str:
    """The schema as it stands in a file."""
    return json.dumps(schema_of(ruleset), ensure_ascii=False, indent=2) + "\n"


def _named_ruleset(path: Path) -> Ruleset:
    checked = check_rules(path)
    if checked.ruleset is None:
        show(stderr(), checked)
        raise CommandError(f"the names of `{path}` cannot be read: {summary(checked.diagnostics)}")
    return checked.ruleset

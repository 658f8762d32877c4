"""`greenlane fmt`: rule files in their one canonical layout."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane.api.cli.console import Refused, counted, stderr, stdout
from greenlane.api.cli.rules import CheckedRules, show, summary
from greenlane.api.cli.settings import current_settings
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.rules.files import format_text


@click.command("fmt")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit code 1 when a file would change.")
@click.pass_context
def command(context: click.Context, path: Path | None, only_check: bool) -> None:
    """Lay out the rule files in PATH: columns aligned, Chinese characters two columns wide.

    统一规则文件的排版：列对齐，汉字按两列宽计算。

    PATH is a directory or one file; the directory of `GREENLANE_RULES` (./rules) unless given.
    """
    chosen = path or current_settings().rules
    files = _files(chosen)
    changed = [f for f in files if _format(f, chosen, write=not only_check)]
    console = stdout()
    for file in changed:
        console.print(f"{'would change' if only_check else 'changed'} {file}", style="yellow")
    console.print(f"{counted(len(files), 'file')}, {len(changed)} {'to change' if only_check else 'changed'}")
    context.exit(1 if only_check and changed else 0)


def _files(chosen: Path) -> list[Path]:
    if chosen.is_file():
        return [chosen]
    inside = ((p, p.relative_to(chosen).parts) for p in sorted(chosen.rglob("*.yaml")))
    found = [p for p, parts in inside if not any(part.startswith(".") for part in parts)]
    if not found:
        raise Refused(f"there are no rule files in `{chosen}`")
    return found


def _format(file: Path, chosen: Path, write: bool) -> bool:
    """Whether the file was not laid out as it should be. A file that cannot be read as rules ends the command."""
    before = file.read_bytes()
    name = file.relative_to(chosen).as_posix() if chosen.is_dir() else _name_of(file)
    try:
        after = format_text(name, before.decode("utf-8-sig")).encode()
    except UnicodeDecodeError:
        raise Refused(f"`{file}` is not UTF-8 text") from None
    except RulesetError as refused:
        show(stderr(), CheckedRules({name: before}, None, refused.diagnostics))
        raise Refused(f"`{file}` cannot be laid out: {summary(refused.diagnostics)}") from None
    if after == before:
        return False
    if write:
        file.write_bytes(after)
    return True


def _name_of(file: Path) -> str:
    """The path that a single file has in its ruleset: `reference/reference.yaml` for the description of tables."""
    return f"{file.parent.name}/{file.name}" if file.parent.name == "reference" else file.name

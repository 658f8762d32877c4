"""`greenlane schema`: the JSON Schema of rule files, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from greenlane.api.cli.console import Refused, stderr
from greenlane.api.cli.rules import check_rules, show, summary
from greenlane.api.cli.whole_files import write_whole
from greenlane.engine.rules.files.schema import schema_of
from greenlane.engine.rules.ruleset import Ruleset


@click.command("schema")
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
def command(path: Path | None, out: Path | None) -> None:
    """Print the JSON Schema of rule files: editors complete and explain their keys by it.

    输出规则文件的 JSON Schema，供编辑器补全和提示。

    With PATH, a directory of rule files, editors also offer the names of its facts, groups and decisions.
    """
    text = schema_text(_ruleset(path) if path else None)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        write_whole({out: text.encode()})
    except OSError as error:
        raise Refused(f"nothing was written: {error}") from None


def schema_text(ruleset: Ruleset | None) -> str:
    """The schema as it stands in a file."""
    return json.dumps(schema_of(ruleset), ensure_ascii=False, indent=2) + "\n"


def _ruleset(path: Path) -> Ruleset:
    checked = check_rules(path)
    if checked.ruleset is None:
        show(stderr(), checked)
        raise Refused(f"the names of `{path}` cannot be read: {summary(checked.diagnostics)}")
    return checked.ruleset

"""`greenlane decide`: one application, nothing stored."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import IO

import click

from greenlane.api.cli.answer import show_answer
from greenlane.api.cli.application import decide, read_application
from greenlane.api.cli.console import stdout
from greenlane.api.cli.options import Lang, as_of_option, language_option, rules_option
from greenlane.api.cli.rules import compile_rules
from greenlane.api.cli.settings import current_settings
from greenlane.api.config import TRACES, Trace
from greenlane.api.decisions.service import rendered
from greenlane.api.rendering import render
from greenlane.engine.json_text import encode


@click.command("decide")
@click.argument("application", type=click.File("rb"))
@click.option("--trace", type=click.Choice(TRACES), default="none", show_default=True, help="How much trace to show.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers.")
@as_of_option()
@language_option()
@rules_option()
def command(
    application: IO[bytes], trace: Trace, as_json: bool, as_of: datetime | None, lang: Lang, rules: Path | None
) -> None:
    """Decide about one APPLICATION (a JSON file, - for standard input).

    对一笔申请（JSON 文件，- 表示标准输入）作出决策。

    Nothing is stored. The answer holds what the API's does, without the ids that storing gives.
    """
    settings = current_settings()
    compiled = compile_rules(rules or settings.rules, settings.matcher)
    result, day = decide(compiled, read_application(application, compiled.ruleset.vocabulary), _day(as_of), trace)
    answer = {"as_of": day.isoformat(), **rendered(result), "trace": render(result.trace)}
    if as_json:
        click.echo(encode(answer))
    else:
        show_answer(stdout(), answer, lang)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None

"""Commands on one application in a file: `greenlane decide`, `explain`. The engine only, no service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import starmap
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.text import Text

from greenlane.api.application_fields import application_date
from greenlane.api.cli.console import CommandError, stdout
from greenlane.api.cli.options import Lang, as_of_option, current_settings, in_language, language_option, rules_option
from greenlane.api.cli.rule_files import compile_rules
from greenlane.api.config import TRACES, Trace
from greenlane.api.days import Days
from greenlane.api.problem_kinds import KINDS
from greenlane.engine.decide import Result
from greenlane.engine.decide.application import Violation
from greenlane.engine.json_text import JsonError, decode, encode, pointer
from greenlane.engine.policy import Policy


@click.command("decide")
@click.argument("application", type=click.File("rb"))
@click.option("--trace", type=click.Choice(TRACES), default="none", show_default=True, help="How much trace to show.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the API answers.")
@as_of_option()
@language_option()
@rules_option()
def decide_command(
    application: IO[bytes], trace: Trace, as_json: bool, as_of: datetime | None, lang: Lang, rules: Path | None
) -> None:
    """Decide about one APPLICATION (a JSON file, - for standard input).

    对一笔申请（JSON 文件，- 表示标准输入）作出决策。

    Nothing is stored. The answer holds what the API's does, without the ids that storing gives.
    """
    settings = current_settings()
    compiled = compile_rules(rules or settings.rules, settings)
    result, day = decide(compiled, read_application(application, compiled), _day(as_of), trace)
    answer = {"as_of": day.isoformat(), **result.as_json(), "trace": result.trace}
    if as_json:
        click.echo(encode(answer))
    else:
        show_answer(stdout(), answer, lang)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


@click.command("explain")
@click.argument("subject", metavar="APPLICATION.json | ID")
@language_option()
@rules_option()
@click.pass_context
def explain_command(context: click.Context, subject: str, lang: Lang, rules: Path | None) -> None:
    """Explain a decision: of an application in a file, or a stored one by its ID.

    逐句解释一笔决策：可给申请文件，也可给已存决策的编号。

    A stored decision is explained by the release that made it, from its stored inputs.
    """
    if Path(subject).exists():
        show_sentences(_from_file(Path(subject), rules), lang)
        return
    # Stored decisions need the service, which this module does without: the command of that name has it.
    group = context.find_root().command
    assert isinstance(group, click.Group)
    explain_stored = group.get_command(context, "explain ID")
    assert explain_stored is not None
    context.invoke(explain_stored, decision_id=subject, lang=lang)


def show_sentences(sentences: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    """An explanation, headings in bold, each sentence with the place it comes from."""
    console = stdout()
    for sentence in sentences:
        text = in_language(sentence["zh"], sentence["en"], lang)
        place = f"  ({sentence['source']})" if sentence["source"] else ""
        if sentence["heading"]:
            console.print(Text.assemble("\n", (text, "bold"), (place, "dim")))
        else:
            console.print(Text.assemble("  ", text, (place, "dim")))


def _from_file(path: Path, rules: Path | None) -> Sequence[Mapping[str, Any]]:
    settings = current_settings()
    compiled = compile_rules(rules or settings.rules, settings)
    with path.open("rb") as file:
        application = read_application(file, compiled)
    result, _ = decide(compiled, application, None, "full")
    return [{"zh": s.zh, "en": s.en, "heading": s.heading, "source": s.source} for s in compiled.explain(result)]


Application = Mapping[str, Any]


def read_application(file: IO[bytes], policy: Policy) -> Application:
    """The application in a JSON file. Every fault in it, by its JSON pointer, ends the command."""
    try:
        body = decode(file.read())
    except JsonError as refused:
        detail = KINDS[refused.code].detail.en.replace("{subject}", refused.subject)
        raise CommandError(f"`{file.name}`: {KINDS[refused.code].title.en}", [detail]) from None
    found = policy.validator.violations(body)
    if found:
        raise CommandError(
            f"`{file.name}` is not an application that the rules accept", starmap(_violation_line, found)
        )
    application: Application = body
    return application


def decide(rules: Policy, application: Application, as_of: date | None, trace: Trace) -> tuple[Result, date]:
    """The result and the day it is of: see `day_of`."""
    day = day_of(rules, application, as_of)
    return rules.decide_valid(application, day, trace), day


def day_of(rules: Policy, application: Application, as_of: date | None) -> date:
    """`as_of`, else the application's own date, else today. A day on which the rules do not hold ends the command."""
    day = as_of or application_date(application) or Days(current_settings().time_zone).today(datetime.now(UTC))
    if not rules.in_force(day):
        ruleset = rules.ruleset
        until = f" until {ruleset.effective_until}" if ruleset.effective_until else ""
        raise CommandError(f"the rules are not in force on {day}", [f"in force from {ruleset.effective_from}{until}"])
    return day


def _violation_line(path: tuple[str, ...], fault: Violation) -> str:
    line = f"{pointer(*path) or '(the whole)'}: {fault.detail.en} / {fault.detail.zh}"
    if fault.nearest is not None:
        line += f" (did you mean `{fault.nearest}`?)"
    if fault.allowed is not None:
        line += f" (one of {', '.join(map(str, fault.allowed))})"
    return line


def show_answer(console: Console, answer: Mapping[str, Any], lang: Lang) -> None:
    """Status, reasons, what could not be said, outcome, and the trace if there is one."""
    if answer["status"] is not None:
        console.print(Text.assemble(("status  ", "bold"), (answer["status"], "bold cyan")))
    for reason in answer["reasons"]:
        text = in_language(reason["zh"], reason["en"], lang)
        console.print(
            Text.assemble(
                "  ", (reason["code"], "yellow"), f"  {text}", (f"  ({reason['row']}, {reason['source']})", "dim")
            )
        )
    if answer["undetermined"]:
        console.print(Text("undetermined", "bold"))
    for found in answer["undetermined"]:
        causes = "; ".join(f"{c['subject']}: {in_language(c['zh'], c['en'], lang)}" for c in found["because"])
        console.print(Text.assemble("  ", (found.get("row") or found["member"], "yellow"), f"  {causes}"))
    show_tree(console, "outcome", answer["outcome"])
    if answer.get("trace") is not None:
        show_tree(console, "trace", answer["trace"])


def show_tree(console: Console, title: str, value: Any) -> None:
    """A JSON value under a title, two spaces for each level."""
    console.print(Text(title, "bold"))
    for depth, key, shown in _lines(value, 1):
        console.print(Text.assemble("  " * depth, (key, "cyan"), "  " if key and shown else "", shown))


def _lines(value: Any, depth: int) -> Iterator[tuple[int, str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_short(inner):
                yield depth, str(key), _text(inner)
            else:
                yield depth, str(key), ""
                yield from _lines(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if _is_short(inner):
                yield depth, "-", _text(inner)
            else:
                yield depth, "-", ""
                yield from _lines(inner, depth + 1)
    else:
        yield depth, "", _text(value)


LINE = 100
"""Characters up to which a list of plain values stays on one line."""


def _is_short(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, list):
        return not any(isinstance(v, Mapping) and v for v in value) and len(_text(value)) <= LINE
    return True


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) if value else "none"
    return value if isinstance(value, str) and value else encode(value).decode()

"""`greenlane explain`: why a decision is as it is, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from greenlane.api.cli.application import decide, read_application
from greenlane.api.cli.console import stdout
from greenlane.api.cli.options import Lang, in_language, language_option, rules_option
from greenlane.api.cli.rules import compile_rules
from greenlane.api.cli.settings import current_settings
from greenlane.api.cli.stored import replays
from greenlane.api.decisions.replay import sentence_document
from greenlane.api.principals import OPERATOR


@click.command("explain")
@click.argument("subject", metavar="APPLICATION.json | ID")
@language_option()
@rules_option()
def command(subject: str, lang: Lang, rules: Path | None) -> None:
    """Explain a decision: of an application in a file, or a stored one by its ID.

    逐句解释一笔决策：可给申请文件，也可给已存决策的编号。

    A stored decision is explained by the release that made it, from its stored inputs.
    """
    sentences = _from_file(Path(subject), rules) if Path(subject).exists() else _stored(subject)
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
    compiled = compile_rules(rules or settings.rules, settings.matcher)
    with path.open("rb") as file:
        application = read_application(file, compiled.ruleset.vocabulary)
    result, _ = decide(compiled, application, None, "full")
    return [sentence_document(sentence) for sentence in compiled.explain(result)]


def _stored(decision_id: str) -> Sequence[Mapping[str, Any]]:
    with replays() as service:
        found: Sequence[Mapping[str, Any]] = service.explanation(decision_id, OPERATOR)["sentences"]
    return found

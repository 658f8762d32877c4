"""`greenlane explain`: why a decision is as it is, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from api.cli.application import decide, read_application
from api.cli.console import stdout
from api.cli.options import Lang, in_language, language_option, rules_option
from api.cli.rules import compile_rules
from api.cli.settings import current_settings
from api.cli.stored import replays
from engine.model.vocabulary import Text


@click.command("explain")
@click.argument("subject", metavar="APPLICATION.json | ID")
@language_option()
@rules_option()
def command(subject: str, lang: Lang, rules: Path | None) -> None:
    """Explain a decision: of an application in a file, or a stored one by its ID.

    逐句解释一笔决策：可给申请文件，也可给已存决策的编号。

    A stored decision is explained by the release that made it, from its stored inputs.
    """
    for sentence in _from_file(Path(subject), rules) if Path(subject).exists() else _stored(subject):
        stdout().print(in_language(sentence.zh, sentence.en, lang), markup=False)


def _from_file(path: Path, rules: Path | None) -> Sequence[Text]:
    settings = current_settings()
    compiled = compile_rules(rules or settings.rules, settings.matcher)
    with path.open("rb") as file:
        application = read_application(file, compiled.ruleset.vocabulary)
    result, _ = decide(compiled, application, None, "full")
    return compiled.explain(result)


def _stored(decision_id: str) -> list[Text]:
    with replays() as service:
        found = service.explanation(decision_id)["sentences"]
    return [Text(s["zh"], s["en"]) for s in found]

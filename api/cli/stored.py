"""Commands on stored decisions: `greenlane replay`, `evidence`, `explain ID`. Reads the store, writes packs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.decide import show_sentences, show_tree
from greenlane.api.cli.options import Lang, current_settings, language_option
from greenlane.api.cli.rule_files import check_rules, show, summary
from greenlane.api.decisions.answers import ReplayDocument
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.json_objects import encode, members_of
from greenlane.api.ledger import private_files
from greenlane.api.ledger.errors import DatabaseUrlError, EncryptionKeyError, LogForkError, StoreUnavailableError
from greenlane.api.principals import OPERATOR
from greenlane.api.problems import ProblemError
from greenlane.api.wiring.services import Services, build_services
from greenlane.engine.diagnostics import RulesetError
from greenlane.engine.json_text import decode


@contextmanager
def stored_services() -> Iterator[Services]:
    """The services over the store of `DATABASE_URL`. What goes wrong ends the command with a message."""
    settings = current_settings()
    try:
        services = build_services(settings)
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    except EncryptionKeyError as refused:
        raise CommandError(str(refused)) from None
    except RulesetError as refused:
        show(stderr(), check_rules(settings.rules))
        raise CommandError(f"the rule files in `{settings.rules}` have {summary(refused.diagnostics)}") from None
    except OSError as error:
        raise CommandError(f"the rule files cannot be read: {error}") from None
    try:
        yield services
    except ProblemError as problem:
        raise CommandError(problem.kind.title.en, [problem.detail.en]) from None
    except (EncryptionKeyError, LogForkError) as refused:
        raise CommandError(str(refused)) from None
    except StoreUnavailableError as error:
        raise CommandError("the database cannot be reached", [str(error)] if str(error) else []) from None
    finally:
        services.close()


@contextmanager
def replays() -> Iterator[ReplayService]:
    """The service that starts from stored decisions; see `stored_services`."""
    with stored_services() as services:
        yield services.replays


@click.command("replay")
@click.argument("decision_id", metavar="ID", required=False)
@click.option("--all", "every", is_flag=True, help="Replay every stored decision.")
@click.pass_context
def replay_command(context: click.Context, decision_id: str | None, every: bool) -> None:
    """Decide the stored decision ID again, and say whether the result is identical.

    用存储的输入和规则版本重新决策，并说明结果是否完全一致；--all 重放全部决策。

    The stored inputs and the stored release are used. Exit code 1 when anything differs; then it is said what of the
    input, rules, data and engine is not as it was.
    """
    if (decision_id is None) != every:
        raise click.UsageError("name one decision by its ID, or say --all")
    with replays() as service:
        if decision_id is None:
            identical = _replay_all(service)
        else:
            found = service.replay(decision_id, OPERATOR)
            identical = found.identical
            _show_replay(stdout(), found)
    context.exit(0 if identical else 1)


def _show_replay(console: Console, found: ReplayDocument) -> None:
    word = "identical" if found.identical else f"different: {', '.join(found.cause)}"
    console.print(Text(word, "bold green" if found.identical else "bold red"))
    decided, replayed = found.engine.decided, found.engine.replayed
    console.print(f"release {found.release}, decided by engine {decided}, replayed by {replayed}")
    if found.differences:
        show_tree(console, "differences", decode(encode(found.differences)))


def _replay_all(service: ReplayService) -> bool:
    """Replays all; shows each that differs. Whether none does."""
    done = different = erased = 0
    err = stderr()
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:
        task = progress.add_task("replaying", total=None)
        for seq, found in service.sweep():
            if not done:
                progress.update(task, total=seq)
            done += 1
            progress.advance(task)
            if found is None:
                erased += 1
            elif not found.identical:
                different += 1
                stdout().print(Text(found.decision_id, "bold"))
                _show_replay(stdout(), found)
    style = "bold red" if different else "bold green"
    told = f", {erased} erased" if erased else ""
    stdout().print(f"{counted(done - erased, 'decision')} replayed, {different} different{told}", style=style)
    return not different


@click.command("evidence")
@click.argument("decision_id", metavar="ID")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write [ID.zip].")
def evidence_command(decision_id: str, output: Path | None) -> None:
    """Write all about the stored decision ID, with its proofs and a verifier, to a zip.

    把一笔决策的全部证据（输入、规则、轨迹、证明）和独立验证程序写入压缩包。

    `python verify.py PACK.zip` verifies it with Python and `cryptography` alone.
    """
    with stored_services() as services:
        pack = services.evidence.pack(decision_id, OPERATOR)
    file = output or Path(f"{decision_id}.zip")
    try:
        private_files.write(file, pack)
    except OSError as error:
        raise CommandError(f"`{file}` cannot be written", [error.strerror or ""]) from None
    stdout().print(f"{file}: {counted(len(pack), 'byte')}", markup=False)


@click.command("explain ID", hidden=True)
@click.argument("decision_id", metavar="ID")
@language_option()
def explain_stored_command(decision_id: str, lang: Lang) -> None:
    """Explain the stored decision ID, as `greenlane explain ID` does.

    逐句解释一笔已存决策。
    """
    with replays() as service:
        sentences = service.explanation(decision_id, OPERATOR).sentences
        show_sentences([members_of(each) for each in sentences], lang)

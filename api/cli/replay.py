"""`greenlane replay`: decides a stored decision again, or all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from greenlane.api.cli.answer import show_tree
from greenlane.api.cli.console import counted, stderr, stdout
from greenlane.api.cli.stored import replays
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.principals import OPERATOR


@click.command("replay")
@click.argument("decision_id", metavar="ID", required=False)
@click.option("--all", "every", is_flag=True, help="Replay every stored decision.")
@click.pass_context
def command(context: click.Context, decision_id: str | None, every: bool) -> None:
    """Decide the stored decision ID again, and say whether the result is identical.

    用存储的输入和规则版本重新决策，并说明结果是否完全一致；--all 重放全部决策。

    The stored inputs and the stored release are used. Exit code 1 when anything differs; then it is said what of the
    input, rules, data and engine is not as it was.
    """
    if (decision_id is None) != every:
        raise click.UsageError("name one decision by its ID, or say --all")
    with replays() as service:
        if decision_id is None:
            identical = _sweep(service)
        else:
            found = service.replay(decision_id, OPERATOR)
            identical = bool(found["identical"])
            _show(stdout(), found)
    context.exit(0 if identical else 1)


def _show(console: Console, found: Mapping[str, Any]) -> None:
    identical = bool(found["identical"])
    word = "identical" if identical else f"different: {', '.join(found['cause'])}"
    console.print(Text(word, "bold green" if identical else "bold red"))
    engine = found["engine"]
    console.print(
        f"release {found['release']}, decided by engine {engine['decided']}, replayed by {engine['replayed']}"
    )
    if found["differences"]:
        show_tree(console, "differences", found["differences"])


def _sweep(service: ReplayService) -> bool:
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
            elif not found["identical"]:
                different += 1
                stdout().print(Text(str(found["decision_id"]), "bold"))
                _show(stdout(), found)
    style = "bold red" if different else "bold green"
    told = f", {erased} erased" if erased else ""
    stdout().print(f"{counted(done - erased, 'decision')} replayed, {different} different{told}", style=style)
    return not different

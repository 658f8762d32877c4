"""`greenlane replay`: decides a stored decision again."""

from __future__ import annotations

import click
from rich.text import Text

from api.cli.answer import show_tree
from api.cli.console import stdout
from api.cli.stored import replays
from api.principals import OPERATOR


@click.command("replay")
@click.argument("decision_id", metavar="ID")
@click.pass_context
def command(context: click.Context, decision_id: str) -> None:
    """Decide the stored decision ID again, and say whether the result is identical.

    用存储的输入和规则版本重新决策，并说明结果是否完全一致。

    The stored inputs and the stored release are used. Exit code 1 when anything differs.
    """
    with replays() as service:
        found = service.replay(decision_id, OPERATOR)
    console = stdout()
    identical = bool(found["identical"])
    console.print(Text("identical" if identical else "different", "bold green" if identical else "bold red"))
    engine = found["engine"]
    console.print(
        f"release {found['release']}, decided by engine {engine['decided']}, replayed by {engine['replayed']}"
    )
    if not identical:
        show_tree(console, "differences", found["differences"])
    context.exit(0 if identical else 1)

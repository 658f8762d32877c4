"""The command line. Exit codes: 0 all is well, 1 something was found or refused, 2 the command was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from greenlane.engine.diagnostics import nearest

COMMANDS: Mapping[str, str] = {
    "serve": "serve",
    "check": "check",
    "fmt": "fmt",
    "schema": "schema",
    "export": "export",
    "import": "import_files",
    "decide": "decide",
    "explain": "explain",
    "replay": "replay",
    "test": "scenarios",
    "eval": "evaluate",
    "dmn": "dmn",
    "key": "keys",
    "release": "release",
    "db": "database",
    "audit": "audit",
    "evidence": "evidence",
    "keys": "data_keys",
    "erase": "erase",
    "retention": "retention",
}
"""The module of each command, imported only when the command is asked for."""


class Commands(click.Group):
    """The commands by name; a name that is not known is answered with the nearest that is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"greenlane.api.cli.{COMMANDS[cmd_name]}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with our words for an unknown name."""
        known = nearest(args[0], COMMANDS)
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command `{args[0]}`" + (f": did you mean `{known}`?" if known else ""), ctx)
        return super().resolve_command(ctx, args)


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from greenlane.api.version import service_version

        click.echo(service_version())
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it.")
def main() -> None:
    """Decide on corporate loans by the bank's own rule files, and say why.

    用银行自己的规则文件对公贷款决策，并说明理由。
    """

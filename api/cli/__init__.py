"""The command line: which commands there are. Imports a command when it is asked for, and touches nothing itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from greenlane.engine.diagnostics import nearest

COMMANDS: Mapping[str, str] = {
    "serve": "serve:serve_command",
    "check": "check:check_command",
    "fmt": "check:fmt_command",
    "schema": "check:schema_command",
    "export": "export:export_command",
    "import": "imports:import_command",
    "decide": "decide:decide_command",
    "explain": "decide:explain_command",
    "replay": "stored:replay_command",
    "test": "worked_cases:test_command",
    "eval": "evaluate:eval_command",
    "dmn": "dmn:dmn_command",
    "key": "api_keys:key_group",
    "release": "release:release_group",
    "db": "database:db_group",
    "audit": "audit:audit_group",
    "evidence": "stored:evidence_command",
    "keys": "privacy:keys_group",
    "erase": "privacy:erase_command",
    "retention": "privacy:retention_command",
}
"""The module and function of each command, imported only when the command is asked for."""

UNLISTED: Mapping[str, str] = {"explain ID": "stored:explain_stored_command"}
"""Commands that only others call."""

EXTRAS: Mapping[str, str] = {"openpyxl": "excel", "durable_rules_engine": "rete"}
"""The extra that brings a library; every other library that may be missing comes with `service`."""


class Commands(click.Group):
    """The commands by name; a name that is not known is answered with the nearest that is."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, None when there is none of that name; where a library is missing, one that says so."""
        place = COMMANDS.get(cmd_name) or UNLISTED.get(cmd_name)
        if place is None:
            return None
        module, _, function = place.partition(":")
        try:
            command: click.Command = getattr(import_module(f"greenlane.api.cli.{module}"), function)
        except ModuleNotFoundError as missing:
            return _unusable(cmd_name, missing)
        _log_no_more()
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; what it imports when it runs may be missing too."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            raise _not_installed(f"`greenlane {ctx.invoked_subcommand}`", missing) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with our words for an unknown name."""
        known = nearest(args[0], COMMANDS)
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"no command `{args[0]}`" + (f": did you mean `{known}`?" if known else ""), ctx)
        return super().resolve_command(ctx, args)


def _unusable(name: str, missing: ModuleNotFoundError) -> click.Command:
    """A command that only says what it needs, whatever it is asked: so the list of commands is whole."""
    why = _not_installed(f"`greenlane {name}`", missing)

    def say(**_asked: object) -> None:
        raise why

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    told = f"Not installed: {_install(missing)}"
    return click.Command(name, anything, say, short_help=told, add_help_option=False)


def _log_no_more() -> None:
    """Commands say themselves what is wrong; `serve` sets its log when it begins. Only where there is a log at all."""
    logs = sys.modules.get("greenlane.api.logs")
    if logs is not None:
        logs.configure("critical")


def _not_installed(what: str, missing: ModuleNotFoundError) -> click.ClickException:
    """What to install. Raises the error itself where a module of ours is missing."""
    library = (missing.name or "").partition(".")[0]
    if library in ("", "greenlane"):
        raise missing
    return click.ClickException(f"{what} needs `{library}`: {_install(missing)}")


def _install(missing: ModuleNotFoundError) -> str:
    return f"pip install 'greenlane[{EXTRAS.get((missing.name or '').partition('.')[0], 'service')}]'"


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

"""`greenlane serve`: the API over HTTP."""

from __future__ import annotations

from dataclasses import replace

import click

from greenlane.api import logs
from greenlane.api.cli.console import CommandError, stderr
from greenlane.api.cli.options import current_settings
from greenlane.api.cli.rule_files import check_rules, show, summary, tell_matcher
from greenlane.api.config import RANGES, Settings
from greenlane.api.ledger.errors import DatabaseUrlError, EncryptionKeyError, SigningKeyError, StoreUnavailableError
from greenlane.api.telemetry import TelemetryError, check_installed
from greenlane.api.wiring.access_control import key_service
from greenlane.engine.diagnostics import has_errors

LOCAL_CALLS = "callers on this machine may decide, read and audit without a key"
EVERY_CALL = "every caller needs a key"


@click.command("serve")
@click.option("--host", help="The address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(*RANGES["port"]), help="The port to listen on [8000].")
@click.option("--workers", type=click.IntRange(*RANGES["workers"]), help="How many processes answer [2].")
def serve_command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API until stopped; requests under way are answered first.

    启动 API 服务；停止时先完成正在处理的请求。

    Settings are read from `DATABASE_URL` and `GREENLANE_*`; options win. Nothing is served with faulty rule files.
    """
    from greenlane.api.server.process import serve

    found = current_settings()
    port = found.port if port is None else port
    settings = replace(found, host=host or found.host, port=port, workers=workers or found.workers)
    if settings.otel_endpoint:
        _check_telemetry()
    what, warned = _rule_files(settings) if settings.rules_mode == "files" else ("the releases in the store", "")
    stderr().print(f"greenlane: {what} on http://{settings.host}:{settings.port}{warned}", markup=False)
    tell_matcher(settings.matcher)
    stderr().print(f"greenlane: {LOCAL_CALLS if settings.local else EVERY_CALL}", markup=False)
    logs.configure(settings.log_level)
    try:
        first_admin(settings)
        serve(settings)
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    except SigningKeyError as refused:
        hint = "give the service that key with GREENLANE_SIGNING_KEY or GREENLANE_SIGNING_KEY_FILE"
        raise CommandError(f"not served: {refused}", [hint]) from None
    except EncryptionKeyError as refused:
        raise CommandError(f"not served: {refused}") from None


def first_admin(settings: Settings) -> None:
    """Shows a key for the first admin when there never was one: on the terminal, never in a log line."""
    try:
        with key_service(settings) as keys:
            issued = keys.first_admin()
    except EncryptionKeyError:
        raise
    except StoreUnavailableError as error:
        why = str(error) or "the database cannot be reached"
        stderr().print(f"greenlane: no key for a first admin was made: {why}", markup=False)
        return
    if issued is not None:
        until = (issued.key.expires_at or "")[:16].replace("T", " ")
        stderr().print(f"greenlane: key of the first admin, shown this once, good until {until} UTC:", markup=False)
        stderr().print(f"    {issued.secret}", markup=False)
        stderr().print("make lasting keys with it at /v1/keys, or with `greenlane key create`", markup=False)


def _rule_files(settings: Settings) -> tuple[str, str]:
    """What decides, and whether anything is to be said of it. Faulty rule files end the command."""
    checked = check_rules(settings.rules)
    if has_errors(checked.diagnostics) or checked.ruleset is None:
        show(stderr(), checked)
        raise CommandError(f"not served: the rule files in `{settings.rules}` have {summary(checked.diagnostics)}")
    warned = f" ({summary(checked.diagnostics)}: see `greenlane check`)" if checked.diagnostics else ""
    return f"{checked.ruleset.name} {checked.ruleset.version}", warned


def _check_telemetry() -> None:
    try:
        check_installed()
    except TelemetryError as refused:
        raise CommandError(f"not served: {refused}", ["pip install 'greenlane[otel]'"]) from None

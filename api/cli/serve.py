"""`greenlane serve`: the API over HTTP."""

from __future__ import annotations

from dataclasses import replace

import click

from api.cli.console import Refused, stderr
from api.cli.rules import check_rules, show, summary
from api.cli.settings import current_settings
from api.config import RANGES
from api.proof.keys import KeyRefused
from api.store.database import DatabaseRefused
from api.vault.master import KeysRefused
from engine.diagnostics import has_errors


@click.command("serve")
@click.option("--host", help="The address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(*RANGES["port"]), help="The port to listen on [8000].")
@click.option("--workers", type=click.IntRange(*RANGES["workers"]), help="How many processes answer [2].")
def command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API until stopped; requests under way are answered first.

    启动 API 服务；停止时先完成正在处理的请求。

    Settings are read from `DATABASE_URL` and `GREENLANE_*`; options win. Nothing is served with faulty rule files.
    """
    from api.server import serve

    found = current_settings()
    settings = replace(
        found,
        host=host or found.host,
        port=found.port if port is None else port,
        workers=workers or found.workers,
    )
    checked = check_rules(settings.rules)
    if has_errors(checked.diagnostics) or checked.ruleset is None:
        show(stderr(), checked)
        raise Refused(f"not served: the rule files in `{settings.rules}` have {summary(checked.diagnostics)}")
    ruleset = checked.ruleset
    found_in_rules = f" ({summary(checked.diagnostics)}: see `greenlane check`)" if checked.diagnostics else ""
    address = f"http://{settings.host}:{settings.port}"
    stderr().print(f"greenlane: {ruleset.name} {ruleset.version} on {address}{found_in_rules}", markup=False)
    try:
        serve(settings)
    except DatabaseRefused as refused:
        raise click.UsageError(str(refused)) from None
    except KeyRefused as refused:
        hint = "give the service that key with GREENLANE_SIGNING_KEY or GREENLANE_SIGNING_KEY_FILE"
        raise Refused(f"not served: {refused}", [hint]) from None
    except KeysRefused as refused:
        raise Refused(f"not served: {refused}") from None

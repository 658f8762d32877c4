"""The stored decisions, as commands reach them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from greenlane.api.app import build_services
from greenlane.api.cli.console import Refused, stderr
from greenlane.api.cli.rules import check_rules, show, summary
from greenlane.api.cli.settings import current_settings
from greenlane.api.decisions.replay import ReplayService
from greenlane.api.http.context import Services
from greenlane.api.ledger.errors import DatabaseUrlError, EncryptionKeyError, StoreUnavailableError
from greenlane.api.problems import Problem
from greenlane.engine.diagnostics import RulesetError


@contextmanager
def stored_services() -> Iterator[Services]:
    """The services over the store of `DATABASE_URL`. What goes wrong ends the command with a message."""
    settings = current_settings()
    try:
        services = build_services(settings)
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    except EncryptionKeyError as refused:
        raise Refused(str(refused)) from None
    except RulesetError as refused:
        show(stderr(), check_rules(settings.rules))
        raise Refused(f"the rule files in `{settings.rules}` have {summary(refused.diagnostics)}") from None
    try:
        yield services
    except Problem as problem:
        raise Refused(problem.kind.title.en, [problem.detail.en]) from None
    except EncryptionKeyError as refused:
        raise Refused(str(refused)) from None
    except StoreUnavailableError as error:
        raise Refused("the database cannot be reached", [str(error)] if str(error) else []) from None
    finally:
        services.store.close()


@contextmanager
def replays() -> Iterator[ReplayService]:
    """The service that starts from stored decisions; see `stored_services`."""
    with stored_services() as services:
        yield services.replays

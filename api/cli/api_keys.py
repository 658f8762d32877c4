"""`greenlane key`: keys of access. Reads and writes the store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from rich.cells import cell_len, set_cell_size

from greenlane.api.access.bodies import GRACE_LIMIT, NAME_PATTERN
from greenlane.api.access.keys import Issued, KeyService
from greenlane.api.cli.console import CommandError, stderr, stdout
from greenlane.api.cli.options import current_settings
from greenlane.api.json_objects import members_of
from greenlane.api.ledger.errors import DatabaseUrlError, EncryptionKeyError, LogForkError, StoreUnavailableError
from greenlane.api.principals import OPERATOR, REGION_PATTERN, Role
from greenlane.api.problems import ProblemError
from greenlane.api.whole_numbers import whole
from greenlane.api.wiring.access_control import key_service

LONGEST = 99_999
"""Days, hours or minutes that may be named."""

UNITS = {"m": 60, "h": 3600, "d": 86400}
COLUMNS = ("id", "name", "roles", "regions", "state", "expires_at", "step", "at", "by")


class Duration(click.ParamType[timedelta]):
    """`90d`, `24h`, `15m`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The duration."""
        if isinstance(value, timedelta):
            return value
        number, unit = whole(value[:-1], 0, LONGEST), UNITS.get(value[-1:])
        if number is None or unit is None:
            self.fail(f"`{value}` is no duration: write `90d`, `24h` or `15m`", param, ctx)
        return timedelta(seconds=number * unit)


class LastDay(click.ParamType[date]):
    """A day, or so many days from now."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The last day, in UTC."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
        days = whole(value[:-1], 0, LONGEST) if value.endswith("d") else None
        if days is None:
            self.fail(f"`{value}` is no day: write `2027-06-30` or `90d`", param, ctx)
        return datetime.now(UTC).date() + timedelta(days=days)


class Matching(click.ParamType[str]):
    """A text of one form."""

    def __init__(self, name: str, pattern: str, help_: str) -> None:
        self.name, self.pattern, self.help = name, pattern, help_

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text."""
        if re.fullmatch(self.pattern, value, re.ASCII) is None:
            self.fail(self.help, param, ctx)
        return str(value)


REGION = Matching("region", REGION_PATTERN, "the first two digits of a region code are expected, such as `32`")
NAME = Matching("name", NAME_PATTERN, "1 to 100 characters are expected")


@click.group("key")
def key_group() -> None:
    """Make, list, rotate and revoke API keys.

    创建、列出、轮换和吊销 API 密钥。

    Keys are in the database of `DATABASE_URL`; whoever reaches that may keep them. A secret is written once, to
    standard output.
    """


@key_group.command()
@click.option("--name", type=NAME, default="unnamed", show_default=True, help="What the key is for.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]), help="May be given repeatedly."
)
@click.option("--region", "regions", multiple=True, type=REGION, help="Limits reading to a province; repeatedly.")
@click.option("--expires", type=LastDay(), help="The last day it is good: 2027-06-30, or 90d for days from now.")
def create(name: str, roles: tuple[str, ...], regions: tuple[str, ...], expires: date | None) -> None:
    """Make a key and write its secret, this once.

    Without a role it may read the metrics and nothing else.
    """
    with _keys() as service:
        chosen = frozenset(Role(role) for role in roles)
        _show(service.create(OPERATOR, name, chosen, frozenset(regions) or None, expires))


@key_group.command("list")
def list_keys() -> None:
    """List every key; secrets are not known."""
    with _keys() as service:
        lines = [members_of(service.document(key)) for key in service.all(OPERATOR)]
    rows = [list(COLUMNS), *([_cell(line[column]) for column in COLUMNS] for line in lines)]
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(COLUMNS))]
    for row in rows:
        shown = "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        stdout().print(shown.rstrip(), markup=False)


@key_group.command()
@click.argument("key_id", metavar="ID")
@click.option("--grace", type=Duration(), default="24h", show_default=True, help="How long the old secret stays good.")
def rotate(key_id: str, grace: timedelta) -> None:
    """Give the key ID a new secret and write it, this once."""
    if grace.total_seconds() > GRACE_LIMIT:
        raise click.UsageError(f"`--grace` is at most {GRACE_LIMIT // UNITS['d']}d")
    with _keys() as service:
        _show(service.rotate(OPERATOR, key_id, grace))


@key_group.command()
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """End the key ID: every worker refuses it within a second."""
    with _keys() as service:
        key = service.revoke(OPERATOR, key_id)
    stdout().print(f"{key.key_id} is revoked", markup=False)


@contextmanager
def _keys() -> Iterator[KeyService]:
    try:
        with key_service(current_settings()) as service:
            yield service
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    except ProblemError as problem:
        raise CommandError(problem.kind.title.en, [problem.kind.detail.en]) from None
    except (EncryptionKeyError, LogForkError) as refused:
        raise CommandError(str(refused)) from None
    except StoreUnavailableError:
        raise CommandError("the database cannot be reached") from None


def _show(issued: Issued) -> None:
    """The secret alone on standard output, so that it can be piped; what it belongs to beside it."""
    key = issued.key
    roles, regions = key.roles or "none: may read the metrics", key.regions or "all"
    ends = key.expires_at or "no end"
    told = f"{key.key_id} ({key.name}): roles {roles}; regions {regions}; good until {ends}"
    stderr().print(told, markup=False)
    stderr().print("its secret, shown this once:", markup=False)
    stdout().print(issued.secret, markup=False)


def _cell(value: Any) -> str:
    shown = " ".join(value) if isinstance(value, list) else value
    return str(shown) if shown else "-"

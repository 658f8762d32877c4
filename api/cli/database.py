"""`greenlane db`: the tables of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from greenlane.api.cli import database_copy
from greenlane.api.cli.console import Refused, stdout
from greenlane.api.cli.settings import current_settings
from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.beginning import waiting
from greenlane.api.ledger.backup import BackupError, back_up
from greenlane.api.ledger.database import reading
from greenlane.api.ledger.errors import DatabaseUrlError, StoreUnavailableError
from greenlane.api.ledger.opening import open_configured


@click.group("db")
def command() -> None:
    """Bring the database's tables up to date, or back; back it up; move it.

    升级或回退数据库表结构；在线备份；迁移到另一个数据库。

    The database is that of `DATABASE_URL` (sqlite:///var/greenlane.db).
    """


@command.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the tables up to REVISION (the newest).

    This needs no key. Decisions from before there was a log are sealed and get their entries at the first start, with
    the keys that the service has.
    """
    with _database() as engine:
        migrate.upgrade(engine, _known(revision, "head"))
        found = migrate.current(engine)
        _say(found)
        if found == migrate.newest():
            _say_what_waits(engine)


@command.command()
@click.argument("revision")
@click.confirmation_option(prompt="Tables are changed back; `base` drops everything. Go on?", help="Do not ask.")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION with all they hold; `base` drops everything.

    Refused when the tables of that revision cannot hold what is stored, for instance what a newer version has sealed.
    """
    with _database() as engine:
        migrate.downgrade(engine, _known(revision, "base"))
        _say(migrate.current(engine))


@command.command()
def current() -> None:
    """Show the revision the tables are at; exit code 1 when it is not the newest."""
    with _database() as engine:
        found = migrate.current(engine)
    _say(found)
    if found != migrate.newest():
        raise Refused(f"this version needs {migrate.newest()}", ["run `greenlane db upgrade`"])


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a whole copy of the SQLite database to FILE, a new one, while the service goes on."""
    with _database() as engine:
        try:
            size = back_up(engine, file)
        except BackupError as refused:
            raise Refused(str(refused)) from None
    stdout().print(f"{file}: {size / 1_000_000:.1f} MB", markup=False)


command.add_command(database_copy.command)


def _known(revision: str, besides: str) -> str:
    known = (besides, *migrate.revisions())
    if revision not in known:
        raise click.UsageError(f"no revision `{revision}`: one of {', '.join(known)} is expected")
    return revision


@contextmanager
def _database() -> Iterator[Any]:
    try:
        engine = open_configured(current_settings())
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    try:
        yield engine
    except migrate.DowngradeError as refused:
        raise Refused(
            str(refused),
            [
                *refused.lost,
                "nothing was changed: put back a backup from before the upgrade, or drop everything with `base`",
            ],
        ) from None
    except StoreUnavailableError as error:
        raise Refused("the database cannot be reached or written", [str(error.__cause__ or "").strip()]) from None
    finally:
        engine.dispose()


def _say_what_waits(engine: Any) -> None:
    with reading(engine) as connection:
        rows = waiting(connection)
    if rows:
        told = ", ".join(f"{number} {name}" for name, number in rows.items())
        stdout().print(f"{told} from before there was a log: the first start of the service seals and proves them")


def _say(revision: str | None) -> None:
    stdout().print(f"tables at {revision or 'no revision'}")

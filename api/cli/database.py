"""`greenlane db`: the tables of the store. Reads and writes the store, and whole copies of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from greenlane.api.cli.console import CommandError, stderr, stdout
from greenlane.api.cli.options import current_settings
from greenlane.api.config import Settings
from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.verification import rows_before_the_log
from greenlane.api.ledger.configured import (
    KEY_FILE,
    KEY_STORE_FILE,
    MASTER_KEY_FILE,
    WITNESS_FILE,
    configured_database,
    configured_signer,
)
from greenlane.api.ledger.copying import BackupError, CopyError, back_up, copy_store
from greenlane.api.ledger.database import ADDRESS, Database, open_database, reading
from greenlane.api.ledger.errors import (
    DatabaseUrlError,
    EncryptionKeyError,
    LogForkError,
    SigningKeyError,
    StoreUnavailableError,
)


@click.group("db")
def db_group() -> None:
    """Bring the database's tables up to date, or back; back it up; move it.

    升级或回退数据库表结构；在线备份；迁移到另一个数据库。

    The database is that of `DATABASE_URL` (sqlite:///var/greenlane.db).
    """


@db_group.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the tables up to REVISION (the newest).

    This needs no key. Decisions from before there was a log are sealed and get their entries at the first start, with
    the keys that the service has.
    """
    with _database() as database:
        migrate.upgrade(database, _known(revision, "head"))
        found = migrate.current(database)
        _say(found)
        if found == migrate.newest():
            _say_what_waits(database)


@db_group.command()
@click.argument("revision")
@click.confirmation_option(prompt="Tables are changed back; `base` drops everything. Go on?", help="Do not ask.")
def downgrade(revision: str) -> None:
    """Take the tables back to REVISION with all they hold; `base` drops everything.

    Refused when the tables of that revision cannot hold what is stored, for instance what a newer version has sealed.
    """
    with _database() as database:
        migrate.downgrade(database, _known(revision, "base"))
        _say(migrate.current(database))


@db_group.command()
def current() -> None:
    """Show the revision the tables are at; exit code 1 when it is not the newest."""
    with _database() as database:
        found = migrate.current(database)
    _say(found)
    if found != migrate.newest():
        raise CommandError(f"this version needs {migrate.newest()}", ["run `greenlane db upgrade`"])


@db_group.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a whole copy of the SQLite database to FILE, a new one, while the service goes on."""
    with _database() as database:
        try:
            size = back_up(database, file)
        except BackupError as refused:
            raise CommandError(str(refused)) from None
    stdout().print(f"{file}: {size / 1_000_000:.1f} MB", markup=False)


def _known(revision: str, besides: str) -> str:
    known = (besides, *migrate.revisions())
    if revision not in known:
        raise click.UsageError(f"no revision `{revision}`: one of {', '.join(known)} is expected")
    return revision


@contextmanager
def _database() -> Iterator[Database]:
    try:
        database = configured_database(current_settings())
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    try:
        yield database
    except migrate.DowngradeError as refused:
        raise CommandError(
            str(refused),
            [
                *refused.lost,
                "nothing was changed: put back a backup from before the upgrade, or drop everything with `base`",
            ],
        ) from None
    except StoreUnavailableError as error:
        raise CommandError("the database cannot be reached or written", [str(error.__cause__ or "").strip()]) from None
    finally:
        database.dispose()


def _say_what_waits(database: Database) -> None:
    with reading(database) as connection:
        rows = rows_before_the_log(connection)
    if rows:
        told = ", ".join(f"{number} {name}" for name, number in rows.items())
        stdout().print(f"{told} from before there was a log: the first start of the service seals and proves them")


def _say(revision: str | None) -> None:
    stdout().print(f"tables at {revision or 'no revision'}")


@db_group.command("copy")
@click.option("--to", "url", required=True, help="The address of an empty database: sqlite:///PATH or postgresql://…")
def copy_command(url: str) -> None:
    """Move the whole store to another database, SQLite or PostgreSQL.

    将全部存储内容原样迁移到另一个数据库（SQLite 或 PostgreSQL）。

    Stop the services first, and never start one on the old database again: two databases would go on with one log. All
    rows are copied as they are, with their hashes and signatures, and audited in the target; when anything is wrong the
    target stays empty. The keys are not in the database: see `greenlane keys copy`.
    """
    settings = current_settings()
    witness = configured_signer(settings).witness
    with copying_errors():
        source = configured_database(settings)
        target = open_database(url, name=ADDRESS)
        try:
            with _bar() as told:
                found = copy_store(source, target, [witness] if witness.exists() else [], told)
        finally:
            source.dispose()
            target.dispose()
    out = stdout()
    for name, number in found.checked.items():
        out.print(f"{number:>10,}  {name}", markup=False)
    out.print(f"everything was copied and verifies: size {found.size}, root {found.root or '-'}", markup=False)
    out.print("set DATABASE_URL to the new address; start no service on the old one again")
    for line in _places(settings, url):
        out.print(f"  {line}", markup=False, soft_wrap=True)


@contextmanager
def copying_errors() -> Iterator[None]:
    """What goes wrong ends the command with a message."""
    try:
        yield
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    except (EncryptionKeyError, LogForkError, SigningKeyError) as refused:
        raise CommandError(str(refused)) from None
    except CopyError as refused:
        raise CommandError(str(refused), refused.hints) from None
    except StoreUnavailableError as error:
        reason = str(error.__cause__ or error).strip().partition("\n")[0]
        raise CommandError("a database cannot be reached or written", [reason, "nothing was copied"]) from None


def _places(settings: Settings, url: str) -> Iterator[str]:
    """The settings to be named from now on, where a file would be looked for beside the new database."""
    if replace(settings, database_url=url).directory == settings.directory:
        return
    beside = settings.directory
    given = {
        "GREENLANE_SIGNING_KEY_FILE": (settings.signing_key or settings.signing_key_file, beside / KEY_FILE),
        "GREENLANE_WITNESS": (settings.witness, beside / WITNESS_FILE),
        "GREENLANE_MASTER_KEY_FILE": (settings.master_key or settings.master_key_file, beside / MASTER_KEY_FILE),
        "GREENLANE_KEY_STORE": (settings.key_store, f"sqlite:///{beside / KEY_STORE_FILE}"),
    }
    for name, (set_already, usual) in given.items():
        if not set_already:
            yield f"{name}={usual}"


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    console = stderr()
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

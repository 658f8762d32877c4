"""`greenlane db copy`: a store moved to another database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from greenlane.api.cli.console import Refused, stderr, stdout
from greenlane.api.cli.settings import current_settings
from greenlane.api.config import Settings
from greenlane.api.ledger.copying import CopyError, copy_store
from greenlane.api.ledger.database import open_database
from greenlane.api.ledger.errors import DatabaseUrlError, EncryptionKeyError, StoreUnavailableError
from greenlane.api.ledger.opening import (
    KEY_FILE,
    KEY_STORE_FILE,
    MASTER_KEY_FILE,
    WITNESS_FILE,
    notary_for,
    open_configured,
)


@click.command("copy")
@click.option("--to", "url", required=True, help="The address of an empty database: sqlite:///PATH or postgresql://…")
def command(url: str) -> None:
    """Move the whole store to another database, SQLite or PostgreSQL.

    将全部存储内容原样迁移到另一个数据库（SQLite 或 PostgreSQL）。

    Stop the services first, and never start one on the old database again: two databases would go on with one log. All
    rows are copied as they are, with their hashes and signatures, and audited in the target; when anything is wrong the
    target stays empty. The keys are not in the database: see `greenlane keys copy`.
    """
    settings = current_settings()
    witness = notary_for(settings).witness
    with copying_errors():
        source = open_configured(settings)
        target = open_database(url)
        try:
            with _bar() as told:
                found = copy_store(source, target, [witness] if witness and witness.exists() else [], told)
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
        raise click.UsageError(str(refused).replace("DATABASE_URL", "the address")) from None
    except EncryptionKeyError as refused:
        raise Refused(str(refused)) from None
    except CopyError as refused:
        raise Refused(str(refused), refused.hints) from None
    except StoreUnavailableError as error:
        reason = str(error.__cause__ or error).strip().partition("\n")[0]
        raise Refused("a database cannot be reached or written", [reason, "nothing was copied"]) from None


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

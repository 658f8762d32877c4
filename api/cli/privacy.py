"""`greenlane erase`: makes a customer's personal data unreadable."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from greenlane.api.cli.console import counted, progress, stdout
from greenlane.api.cli.database import copying_errors
from greenlane.api.cli.options import current_settings
from greenlane.api.cli.stored import stored_services
from greenlane.api.ledger.configured import configured_database, configured_key_store, configured_signer
from greenlane.api.ledger.key_binding import bind_again
from greenlane.api.ledger.log import appending
from greenlane.api.principals import OPERATOR
from greenlane.api.privacy.service import DataClass
from greenlane.api.privacy.statements import REASONS


@click.command("erase")
@click.option("--customer", required=True, help="What identifies the customer in applications; - reads it from input.")
@click.option("--reason", type=click.Choice(REASONS), default=REASONS[0], show_default=True, help="Why.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(customer: str, reason: str, yes: bool) -> None:
    """Destroy the data keys of a customer, for good.

    永久销毁某客户的数据密钥，其个人数据从此不可读取。

    What was encrypted with them cannot be read any more, in the database and in every backup of it. Status, product,
    tier, route, dates, release and the rows that held stay. Copies of the key store of before must be destroyed.
    """
    name = sys.stdin.readline().strip() if customer == "-" else customer
    if not yes:
        click.confirm("This cannot be undone. Destroy the customer's data keys?", abort=True)
    with stored_services() as services:
        done = services.erasures.erase(name, reason, OPERATOR)
    out = stdout()
    if not done.erased:
        out.print("already erased: no data key of this customer is left (or there never was one)")
        return
    out.print(f"erased: {counted(done.keys, 'data key')} destroyed, {counted(done.decisions, 'decision')} unreadable")
    for erasure in done.erasures:
        out.print(f"  erasure {erasure}", markup=False)
    out.print(
        "copies of the key store made before still hold the keys: replace them now (docs/privacy.md)", markup=False
    )


@click.command("retention")
@click.option("--apply", "applied", is_flag=True, help="Erase what is due; otherwise it is only shown.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def retention_command(applied: bool, yes: bool) -> None:
    """Show what has been kept as long as it is to be, and with --apply erase it.

    显示保存期满的数据；加 --apply 则删除。

    The periods are those of GREENLANE_RETENTION, in whole years after the year of deciding. Erasing destroys data keys:
    the decisions' rows and their proofs stay.
    """
    with stored_services() as services:
        found = services.retention.classes()
        due = [each for each in found if each.due]
        for line in _table(found):
            stdout().print(line, markup=False)
        keys, decisions = sum(each.keys for each in due), sum(each.decisions for each in due)
        said = f"{counted(keys, 'data key')}, {counted(decisions, 'decision')}"
        if not applied or not due:
            stdout().print(f"due: {said}" + ("; nothing was erased (see --apply)" if due else ""))
            return
        if not yes:
            click.confirm(f"This cannot be undone. Erase {said}?", abort=True)
        with progress("data keys", keys) as told:
            services.retention.apply(due, OPERATOR, told)
    stdout().print(f"erased: {said}")


def _table(found: Sequence[DataClass]) -> Iterator[str]:
    """A table, every column as wide as what is in it."""
    rows = [("year", "status", "kept for", "to the end of", "data keys", "decisions", "")]
    for each in found:
        figures = (f"{each.keys:,}", f"{each.decisions:,}", "due" if each.due else "")
        rows.append((str(each.year), each.status, counted(each.years, "year"), str(each.until), *figures))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


@click.group("keys")
def keys_group() -> None:
    """Look after the keys that encrypt what is stored.

    管理用于加密存储数据的密钥。
    """


@keys_group.command()
def rotate() -> None:
    """Turn to a new master key: every data key is wrapped anew.

    更换主密钥：用新主密钥重新包裹全部数据密钥。

    The service goes on meanwhile. A rotation that was interrupted is taken up again. A master key in a file is replaced
    there; with one in the environment, put the new key and a comma before the old one first.
    """
    with stored_services() as services:
        todo = services.rotation.begin()
        with progress("keys", todo) as told:
            services.rotation.finish(told)
        ring = services.rotation.keys.ring
    out = stdout()
    out.print(f"{counted(todo, 'key')} wrapped by the master key {ring.current.id}", markup=False)
    if ring.file is None:
        out.print("take the old key out of the environment and restart; then destroy every copy of it")
    else:
        out.print(f"destroy every copy of the old `{ring.file}`, and keep a copy of the new one apart", markup=False)


@keys_group.command("bind")
def bind() -> None:
    """Put back the row that binds the database to its key store, when it was removed or changed.

    数据库与密钥库的绑定行被删除或更改时，用原来的密钥库将其恢复。

    The key store must be the one that the log was told of when the database was bound to it. Find out who changed the
    row, and what else was changed: `greenlane audit verify`.
    """
    settings = current_settings()
    with copying_errors():
        database, keys = configured_database(settings), configured_key_store(settings)
        try:
            name = keys.open().name
            with appending(database, configured_signer(settings)) as log:
                done = bind_again(log, keys, name)
        finally:
            keys.close()
            database.dispose()
    stdout().print(f"bound to the key store {name}" if done else f"it is bound to the key store {name}", markup=False)


@keys_group.command("copy")
@click.option("--to", "url", required=True, help="The address of an empty database: sqlite:///PATH or postgresql://…")
def copy(url: str) -> None:
    """Copy the key store to another database, the keys wrapped as they are.

    将密钥库原样复制到另一个数据库；密钥仍由同一主密钥包裹。

    Stop the services first. Set GREENLANE_KEY_STORE to the new address, then destroy the old key store: it would go on
    holding what is erased from now on. It must not be the database of the decisions.
    """
    settings = current_settings()
    with copying_errors():
        keys = configured_key_store(settings)
        try:
            number = keys.copy_to(url)
        finally:
            keys.close()
    stdout().print(f"{counted(number, 'key')} copied: set GREENLANE_KEY_STORE, then destroy the old key store")

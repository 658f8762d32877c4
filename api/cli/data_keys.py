"""`greenlane keys`: the keys that seal what is stored."""

from __future__ import annotations

import click

from greenlane.api.cli.console import counted, stdout
from greenlane.api.cli.database_copy import copying_errors
from greenlane.api.cli.progress import progress
from greenlane.api.cli.settings import current_settings
from greenlane.api.cli.stored import stored_services
from greenlane.api.ledger.opening import open_key_store


@click.group("keys")
def command() -> None:
    """Look after the keys that encrypt what is stored.

    管理用于加密存储数据的密钥。
    """


@command.command()
def rotate() -> None:
    """Turn to a new master key: every data key is wrapped anew.

    更换主密钥：用新主密钥重新包裹全部数据密钥。

    The service goes on meanwhile. A rotation that was interrupted is taken up again. A master key in a file is replaced
    there; with one in the environment, put the new key and a comma before the old one first.
    """
    with stored_services() as services:
        todo = services.data_keys.begin_rotation()
        with progress("keys", todo) as told:
            services.data_keys.finish_rotation(told)
        ring = services.data_keys.keys.ring
    out = stdout()
    out.print(f"{counted(todo, 'key')} wrapped by the master key {ring.current.id}", markup=False)
    if ring.file is None:
        out.print("take the old key out of the environment and restart; then destroy every copy of it")
    else:
        out.print(f"destroy every copy of the old `{ring.file}`, and keep a copy of the new one apart", markup=False)


@command.command("copy")
@click.option("--to", "url", required=True, help="The address of an empty database: sqlite:///PATH or postgresql://…")
def copy(url: str) -> None:
    """Copy the key store to another database, the keys wrapped as they are.

    将密钥库原样复制到另一个数据库；密钥仍由同一主密钥包裹。

    Stop the services first. Set GREENLANE_KEY_STORE to the new address, then destroy the old key store: it would go on
    holding what is erased from now on. It must not be the database of the decisions.
    """
    settings = current_settings()
    with copying_errors():
        keys = open_key_store(settings)
        try:
            number = keys.copy_to(url)
        finally:
            keys.close()
    stdout().print(f"{counted(number, 'key')} copied: set GREENLANE_KEY_STORE, then destroy the old key store")

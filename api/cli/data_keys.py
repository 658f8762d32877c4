"""`greenlane keys`: the keys that seal what is stored."""

from __future__ import annotations

import click

from api.cli.console import counted, stdout
from api.cli.progress import progress
from api.cli.stored import stored_services


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

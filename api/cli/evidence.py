"""`greenlane evidence`: a decision proved to somebody without Greenlane."""

from __future__ import annotations

from pathlib import Path

import click

from greenlane.api.cli.console import Refused, counted, stdout
from greenlane.api.cli.stored import stored_services
from greenlane.api.principals import OPERATOR


@click.command("evidence")
@click.argument("decision_id", metavar="ID")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write [ID.zip].")
def command(decision_id: str, output: Path | None) -> None:
    """Write all about the stored decision ID, with its proofs and a verifier, to a zip.

    把一笔决策的全部证据（输入、规则、轨迹、证明）和独立验证程序写入压缩包。

    `python verify.py PACK.zip` verifies it with Python and `cryptography` alone.
    """
    with stored_services() as services:
        pack = services.evidence.pack(decision_id, OPERATOR)
    file = output or Path(f"{decision_id}.zip")
    try:
        file.write_bytes(pack)
    except OSError as error:
        raise Refused(f"`{file}` cannot be written", [error.strerror or ""]) from None
    stdout().print(f"{file}: {counted(len(pack), 'byte')}", markup=False)

"""`greenlane erase`: makes a customer's personal data unreadable."""

from __future__ import annotations

import sys

import click

from greenlane.api.cli.console import counted, stdout
from greenlane.api.cli.stored import stored_services
from greenlane.api.principals import OPERATOR
from greenlane.api.privacy.statements import REASONS


@click.command("erase")
@click.option("--customer", required=True, help="What identifies the customer in applications; - reads it from input.")
@click.option("--reason", type=click.Choice(REASONS), default=REASONS[0], show_default=True, help="Why.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(customer: str, reason: str, yes: bool) -> None:
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
    if not done["erased"]:
        out.print("already erased: no data key of this customer is left (or there never was one)")
        return
    out.print(
        f"erased: {counted(done['keys'], 'data key')} destroyed, {counted(done['decisions'], 'decision')} unreadable"
    )
    for erasure in done["erasures"]:
        out.print(f"  erasure {erasure}", markup=False)
    out.print(
        "copies of the key store made before still hold the keys: replace them now (docs/privacy.md)", markup=False
    )

"""`greenlane retention`: makes unreadable what has been kept long enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from greenlane.api.cli.console import counted, stdout
from greenlane.api.cli.progress import progress
from greenlane.api.cli.stored import stored_services
from greenlane.api.principals import OPERATOR
from greenlane.api.privacy.retention import DataClass


@click.command("retention")
@click.option("--apply", "applied", is_flag=True, help="Erase what is due; otherwise it is only shown.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(applied: bool, yes: bool) -> None:
    """Show what has been kept as long as it is to be, and with --apply erase it.

    显示保存期满的数据；加 --apply 则删除。

    The periods are those of GREENLANE_RETENTION, in whole years after the year of deciding. Erasing destroys data keys:
    the decisions' rows and their proofs stay.
    """
    with stored_services() as services:
        found = services.retention.classes()
        due = [each for each in found if each.due]
        for line in _lines(found):
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


def _lines(found: Sequence[DataClass]) -> Iterator[str]:
    """A table, every column as wide as what is in it."""
    rows = [("year", "status", "kept for", "to the end of", "data keys", "decisions", "")]
    for each in found:
        figures = (f"{each.keys:,}", f"{each.decisions:,}", "due" if each.due else "")
        rows.append((str(each.year), each.status, counted(each.years, "year"), str(each.until), *figures))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

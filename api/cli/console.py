"""What commands write: styled on a terminal, plain when piped; how far a long one is. Touches stdout, stderr only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text


class CommandError(click.ClickException):
    """The command ends with exit code 1 and this message."""

    exit_code = 1

    def __init__(self, message: str, hints: Iterable[str] = ()) -> None:
        self.hints = tuple(hints)
        super().__init__(message)

    def show(self, file: IO[Any] | None = None) -> None:
        """Writes the message, then one hint a line."""
        err = stderr()
        err.print(Text.assemble(("error", "bold red"), f": {self.message}"))
        for hint in self.hints:
            err.print(Text(f"  {hint}"))


def stdout() -> Console:
    """Where answers go. Lines are never broken to fit."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


def stderr() -> Console:
    """Where everything else goes, so that answers can be piped."""
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar until the block ends; what it gives is told how many more are done."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = stderr()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(what, total=total)
        yield lambda done: shown.advance(task, done)

"""A decision as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from greenlane.api.cli.options import Lang, in_language
from greenlane.engine.json_text import encode


def show_answer(console: Console, answer: Mapping[str, Any], lang: Lang) -> None:
    """Status, reasons, what could not be said, outcome, and the trace if there is one."""
    console.print(Text.assemble(("status  ", "bold"), (str(answer["status"]), "bold cyan")))
    for reason in answer["reasons"]:
        text = in_language(reason["zh"], reason["en"], lang)
        console.print(
            Text.assemble(
                "  ", (reason["code"], "yellow"), f"  {text}", (f"  ({reason['row']}, {reason['source']})", "dim")
            )
        )
    if answer["undetermined"]:
        console.print(Text("undetermined", "bold"))
    for row in answer["undetermined"]:
        causes = "; ".join(f"{c['subject']}: {in_language(c['zh'], c['en'], lang)}" for c in row["because"])
        console.print(Text.assemble("  ", (row["row"], "yellow"), f"  {causes}"))
    show_tree(console, "outcome", answer["outcome"])
    if answer.get("trace") is not None:
        show_tree(console, "trace", answer["trace"])


def show_tree(console: Console, title: str, value: Any) -> None:
    """A JSON value under a title, two spaces for each level."""
    console.print(Text(title, "bold"))
    for depth, key, shown in _lines(value, 1):
        console.print(Text.assemble("  " * depth, (key, "cyan"), "  " if key and shown else "", shown))


def _lines(value: Any, depth: int) -> Iterator[tuple[int, str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_short(inner):
                yield depth, str(key), _text(inner)
            else:
                yield depth, str(key), ""
                yield from _lines(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if _is_short(inner):
                yield depth, "-", _text(inner)
            else:
                yield depth, "-", ""
                yield from _lines(inner, depth + 1)
    else:
        yield depth, "", _text(value)


LINE = 100
"""Characters up to which a list of plain values stays on one line."""


def _is_short(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not value
    if isinstance(value, list):
        return not any(isinstance(v, Mapping) and v for v in value) and len(_text(value)) <= LINE
    return True


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value)) if value else "none"
    return value if isinstance(value, str) and value else encode(value).decode()

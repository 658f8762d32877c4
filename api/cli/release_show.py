"""Releases, their steps and their differences as people read them in a terminal. Writes to stdout only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from greenlane.api.cli.console import counted
from greenlane.api.cli.options import Lang, in_language

SIGNS: Mapping[str, tuple[str, str]] = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "moved": (">", "cyan"),
    "changed": ("~", "yellow"),
}
STATES: Mapping[str, str] = {"active": "bold green", "approved": "green", "submitted": "yellow", "rejected": "red"}
SHOWN = 60
"""Characters of a cell that a line shows of a row which is added or removed."""


def show_step(console: Console, step: Mapping[str, Any]) -> None:
    """One line for a step, and its comment."""
    line = Text.assemble((moment(step["recorded_at"]), "dim"), f"  {step['release'] or 'kill switch':<20}  ")
    line.append(f"{step['step']:<12}", "bold")
    line.append(f"by {step['by']}")
    if step["effective_from"]:
        line.append(f"  from {moment(step['effective_from'])}", "cyan")
    if step["effective_until"]:
        line.append(f" until {moment(step['effective_until'])}", "cyan")
    if step["comment"]:
        line.append(f"  {step['comment']}", "dim")
    console.print(line)


def show_submission(console: Console, asked: Mapping[str, Any]) -> None:
    """One line for a submission of which no step has come, with the problem that it was refused with."""
    line = Text.assemble((moment(asked["requested_at"]), "dim"), f"  {asked['release']:<20}  ")
    line.append(f"submission {asked['state']}", "yellow").append(f"  by {asked['by']}")
    if asked["problem"] is not None:
        line.append(f"  {asked['problem']['title']} ({asked['problem']['code']})")
    console.print(line)


def show_overrides(console: Console, activation: Mapping[str, Any], lang: Lang) -> None:
    """What an activation takes the place of, a line for each stretch of time, and the warning if there is one."""
    until = activation["effective_until"]
    span = f"{moment(activation['effective_from'])} – {moment(until) if until else '…'}"
    console.print(Text(in_language(f"{span} 内取代：", f"takes the place, for {span}, of", lang), "bold"))
    for each in activation["overrides"]:
        ends = moment(each["until"]) if each["until"] else "…"
        console.print(Text(f"  {each['release']:<20}  {moment(each['from'])} – {ends}"))
    if not activation["overrides"]:
        console.print(Text(in_language("  无", "  nothing", lang), "dim"))
    if activation["warning"]:
        told = activation["warning"]
        console.print(Text(in_language(told["zh"], told["en"], lang), "yellow"), soft_wrap=True)


def show_releases(console: Console, releases: Iterable[Mapping[str, Any]]) -> None:
    """One line for a release."""
    for release in releases:
        line = Text.assemble(f"{release['id']}  {release['version']:<10}")
        line.append(f"{release['state']:<12}", STATES.get(release["state"], "dim"))
        line.append(moment(release["stored_at"]), "dim")
        if release["planned_from"]:
            line.append(f"  from {moment(release['planned_from'])}", "cyan")
        if release["current"]:
            line.append("  decides now", "bold green")
        console.print(line)


def show_changes(console: Console, changes: Sequence[Mapping[str, Any]]) -> None:
    """Every change under the table it is in, row by row."""
    for (kind, home), found in groupby(changes, key=_heading):
        title = f"{kind} of {home}" if home else kind
        console.print(Text(title, "bold"))
        for change in found:
            console.print(_change(change))
    console.print(Text(counted(len(changes), "change"), "bold" if changes else "bold green"))


def show_blame(console: Console, rows: Iterable[Mapping[str, Any]]) -> None:
    """One line for a row: the release that changed it last, and who stands behind that."""
    for row in rows:
        step = row["step"]
        who = ", ".join(row["authors"]) or step["by"]
        line = Text.assemble((f"{row['row']:<10}", "bold"), (f"{moment(step['recorded_at'])}  ", "dim"))
        line.append(f"{row['release']}  {step['step']} by {step['by']}; {who}")
        if row["approved_by"]:
            line.append(f", approved by {', '.join(row['approved_by'])}")
        for change in row["changes"]:
            if change["change"] == "changed":
                line.append("  ").append_text(_cell(change))
        line.append(f"  ({row['source']})", "dim")
        console.print(line)


def moment(text: str) -> str:
    """A moment without its fractions."""
    return f"{text[:19]}Z"


def _heading(change: Mapping[str, Any]) -> tuple[str, str]:
    return {"row": "rows", "reference row": "rows"}.get(change["kind"], change["kind"]), change["in"] or ""


def _change(change: Mapping[str, Any]) -> Text:
    sign, colour = SIGNS[change["change"]]
    line = Text.assemble((f"  {sign} {change['name']}", colour))
    if change["change"] == "changed":
        line.append("  ").append_text(_cell(change))
    elif change["change"] == "moved":
        after = f"after {change['after']}" if change["after"] else "to the head"
        line.append(f"  {after}" + (f", from {change['from']}" if change["from"] != change["in"] else ""))
    else:
        cells = (f"{name}: {_short(text)}" for name, text in change["cells"].items())
        line.append("  " + "  ".join(cells), "dim")
    return line.append(f"  ({change['source']})", "dim")


def _cell(change: Mapping[str, Any]) -> Text:
    old, new = (change[name] if change[name] is not None else "(none)" for name in ("old", "new"))
    return Text.assemble(f"{change['cell']}: ", (old, "red"), " → ", (new, "green"))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

"""`greenlane release`: releases, from a draft to a rollback. Reads rule files, calls the API, never the store."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from greenlane.api.cli.console import CommandError, stderr, stdout
from greenlane.api.cli.options import Lang, current_settings, in_language, language_option
from greenlane.api.cli.release_show import (
    show_blame,
    show_changes,
    show_overrides,
    show_releases,
    show_step,
    show_submission,
)
from greenlane.api.cli.remote import Remote, refused
from greenlane.api.json_objects import encode as encode_answer
from greenlane.api.releases.answers import ChangeItem
from greenlane.engine.check.compare import compare
from greenlane.engine.check.describe import Description, describe
from greenlane.engine.json_text import decode, encode
from greenlane.engine.rules.files import read
from greenlane.rule_files import read_files

FIRST_LOOK, LAST_LOOK = 0.25, 2.0
"""Seconds between the first two looks at what is waited for, and later on: each answer has all files of the release."""

comment_option = click.option("--comment", help="Why; kept with the step.")
lang_option = language_option()
json_option = click.option("--json", "as_json", is_flag=True, help="Write the answer of the API.")


@click.group("release")
def release_group() -> None:
    """Take rule files from a draft to every decision, under four eyes, and back.

    规则发布：起草、提交、审批、启用、回退、比较与停用开关（四眼原则）。

    The service at GREENLANE_URL (http://127.0.0.1:8000) does the work; who you are, the key in GREENLANE_KEY says.
    """


@release_group.command("list")
@lang_option
def list_releases(lang: Lang) -> None:
    """List all releases with their states."""
    show_releases(stdout(), Remote(lang).get("releases")["releases"])


@release_group.command()
@click.argument("path", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@comment_option
@lang_option
def draft(path: Path | None, comment: str | None, lang: Lang) -> None:
    """Store the rule files in PATH (./rules) as a draft; faults are shown at their cells."""
    _recorded(Remote(lang).post("releases", files=_texts(path or current_settings().rules), comment=comment))


@release_group.command()
@click.argument("release", metavar="ID")
@click.option("--impact", type=click.File("r", encoding="utf-8"), help="A document about who is affected.")
@click.option(
    "--wait", type=click.IntRange(0), default=300, show_default=True, help="Seconds to wait for it to be judged."
)
@comment_option
@lang_option
def submit(release: str, impact: Any, wait: int, comment: str | None, lang: Lang) -> None:
    """Ask for the approval of release ID; the service checks it and runs the worked cases of its rule files.

    提交发布以供审批；由服务检查规则并运行案例，等待其结果。

    It is judged in the background. Exit code 1 when it is refused, or not judged in time: it is judged all the same.
    """
    remote = Remote(lang)
    asked = remote.post(
        "releases", release, "submit", impact=impact.read() if impact is not None else None, comment=comment
    )
    found = _judged(remote, release, asked, time.monotonic() + wait)
    if found["submission"]["state"] == "refused":
        raise refused(found["submission"]["problem"])
    if found["submission"]["state"] == "pending":
        told = in_language("仍在评审，结果见 release log", "not judged yet; `release log` tells what comes of it", lang)
        raise CommandError(f"{release}: {told}")
    show_step(stdout(), [step for step in found["steps"] if step["step"] == "submitted"][-1])


def _judged(remote: Remote, release: str, asked: Mapping[str, Any], deadline: float) -> Mapping[str, Any]:
    """The release once its submission is judged, or when the time is up; meanwhile a line says what is waited for."""
    console, pause = stderr(), FIRST_LOOK
    with console.status("judging", spinner="line") if console.is_terminal else nullcontext():
        while True:
            found: Mapping[str, Any] = remote.get("releases", release)
            latest = found["submission"]
            if latest["state"] != "pending" or latest["requested_at"] != asked["requested_at"]:
                return found
            if time.monotonic() >= deadline:
                return found
            time.sleep(pause)
            pause = min(LAST_LOOK, pause * 1.5)


@release_group.command()
@click.argument("release", metavar="ID")
@comment_option
@lang_option
def approve(release: str, comment: str | None, lang: Lang) -> None:
    """Approve release ID. Nobody approves what they drafted or submitted."""
    _recorded(Remote(lang).post("releases", release, "approve", comment=comment))


@release_group.command()
@click.argument("release", metavar="ID")
@click.option("--comment", required=True, help="Why; kept with the step.")
@lang_option
def reject(release: str, comment: str, lang: Lang) -> None:
    """Turn release ID down, or take back its approval before it is ever activated."""
    _recorded(Remote(lang).post("releases", release, "reject", comment=comment))


@release_group.command()
@click.argument("release", metavar="ID")
@click.option("--from", "begin", metavar="MOMENT", help="2026-03-02T08:00:00+08:00, or a day [now].")
@click.option("--until", "end", metavar="MOMENT", help="The moment before which it ends [open, or the next plan].")
@comment_option
@click.option("--dry-run", is_flag=True, help="Only show what would be recorded, and what it would replace.")
@click.option("--yes", is_flag=True, help="Do not ask when it replaces what came into force later.")
@lang_option
def activate(release: str, lang: Lang, dry_run: bool, yes: bool, **given: str | None) -> None:
    """Put the approved release ID in force: now, later by itself, or from a past day as a correction.

    将已批准的发布启用：立即、到日自动，或自过去某日起更正；会取代此后生效的发布时先列出并询问。

    One that takes the place of releases which came into force later lists them and asks first.
    """
    remote = Remote(lang)
    body = {"effective_from": given["begin"], "effective_until": given["end"], "comment": given["comment"]}
    tried = remote.post("releases", release, "activate", dry_run=True, **body)
    if tried["warning"] or dry_run:
        show_overrides(stdout(), tried, lang)
    if dry_run:
        return
    if tried["warning"] and not yes:
        click.confirm(in_language("仍要启用吗？", "Activate it all the same?", lang), abort=True)
    _recorded(remote.post("releases", release, "activate", **body))


@release_group.command()
@click.argument("release", metavar="[ID]", required=False)
@click.option("--from", "begin", metavar="MOMENT", help="From when [where the present release began].")
@comment_option
@lang_option
def rollback(release: str | None, begin: str | None, comment: str | None, lang: Lang) -> None:
    """Put the release before the present one, or release ID, in force again."""
    _recorded(Remote(lang).post("releases:rollback", to=release, effective_from=begin, comment=comment))


@release_group.command()
@click.argument("sides", metavar="[OLD] NEW", nargs=-1, required=True)
@json_option
@lang_option
@click.pass_context
def diff(context: click.Context, sides: tuple[str, ...], as_json: bool, lang: Lang) -> None:
    """Show what changed from OLD to NEW, row by row and cell by cell; exit code 1 when anything did.

    Each is the id of a release or a directory of rule files. Without OLD a release is compared with the one in force
    before it, a draft and a directory with the one that decides now.
    """
    if len(sides) > 2:
        raise click.UsageError("two releases or directories are compared, not more")
    new, old = sides[-1], sides[0] if len(sides) == 2 else None
    remote = Remote(lang)
    local = Path(new).is_dir() or (old is not None and Path(old).is_dir())
    found = {"changes": _local(remote, new, old)} if local else remote.get("releases", new, "diff", against=old)
    if as_json:
        click.echo(encode(found))
    else:
        console = stdout()
        for step in found.get("steps", ()):
            show_step(console, step)
        show_changes(console, found["changes"])
    context.exit(1 if found["changes"] else 0)


@release_group.command()
@click.argument("release", metavar="[ID]", required=False)
@json_option
@lang_option
def log(release: str | None, as_json: bool, lang: Lang) -> None:
    """Show every step of release ID, or of all: who, when, from when, why; of one also a submission not taken."""
    remote = Remote(lang)
    found = remote.get("releases", release, "log") if release else remote.get("releases:log")
    if as_json:
        click.echo(encode(found))
        return
    for step in found["steps"]:
        show_step(stdout(), step)
    asked = remote.get("releases", release)["submission"] if release else None
    if asked is not None and asked["state"] != "submitted":
        show_submission(stdout(), asked)


@release_group.command()
@click.argument("release", metavar="[ID]", required=False)
@click.option("--row", metavar="ROW", help="One row, by its id.")
@json_option
@lang_option
def blame(release: str | None, row: str | None, as_json: bool, lang: Lang) -> None:
    """Show for each row of release ID (the one that decides now) which release changed it last, and by whom."""
    remote = Remote(lang)
    found = remote.get("releases", release or _current(remote), "blame", row=row)
    if as_json:
        click.echo(encode(found))
    else:
        show_blame(stdout(), found["rows"])


@release_group.command("kill-switch")
@click.argument("turn", type=click.Choice(["on", "off"]), required=False)
@click.option("--reason", help="Why; asked for when it is turned.")
@lang_option
def kill_switch(turn: str | None, reason: str | None, lang: Lang) -> None:
    """Turn the kill switch on or off, or show it. On: every application is referred, and no rule is asked."""
    remote = Remote(lang)
    if turn is not None:
        if not reason:
            raise click.UsageError("say why with --reason")
        _recorded(remote.post("kill-switch", on=turn == "on", reason=reason))
        return
    found = remote.get("kill-switch")
    stdout().print(f"the kill switch is {'on' if found['on'] else 'off'}", style="bold red" if found["on"] else "")
    if found["step"]:
        show_step(stdout(), found["step"])


def _recorded(step: Mapping[str, Any]) -> None:
    show_step(stdout(), step)


def _current(remote: Remote) -> str:
    return str(remote.get("rulesets", "current")["release"]["id"])


def _texts(directory: Path) -> dict[str, str]:
    try:
        return {path: content.decode("utf-8-sig") for path, content in read_files(directory).items()}
    except UnicodeDecodeError:
        raise CommandError(f"a rule file in `{directory}` is not UTF-8 text: `greenlane check` says which") from None
    except OSError as error:
        raise CommandError(f"the rule files cannot be read: {error}") from None


def _local(remote: Remote, new: str, old: str | None) -> list[dict[str, Any]]:
    before, after = _description(remote, old or _current(remote)), _description(remote, new)
    changes: list[dict[str, Any]] = decode(encode_answer([ChangeItem.of(c) for c in compare(before, after)]))
    return changes


def _description(remote: Remote, named: str) -> Description:
    directory = Path(named)
    files = _texts(directory) if directory.is_dir() else remote.get("releases", named)["files"]
    reading = read({path: text.encode() for path, text in files.items()})
    if reading.ruleset is None:
        raise CommandError(f"the rule files of `{named}` cannot be read: `greenlane check` shows every fault")
    return describe(reading.ruleset)

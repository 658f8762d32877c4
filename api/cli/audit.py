"""`greenlane audit`: whether the store is as it was written. Reads the store; a new key is written to its file."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.cells import cell_len
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.text import Text

from greenlane.api.cli.console import CommandError, counted, stderr, stdout
from greenlane.api.cli.options import Lang, current_settings, in_language, language_option
from greenlane.api.evidence.pack.verify import judged, key_of
from greenlane.api.ledger import migrate
from greenlane.api.ledger.audit.guard_check import GUARDS
from greenlane.api.ledger.audit.head_check import Unsettled, unsettled
from greenlane.api.ledger.audit.report import AuditReport
from greenlane.api.ledger.audit.verification import TRUST, verify
from greenlane.api.ledger.configured import configured_database, configured_signer, open_ledger
from greenlane.api.ledger.database import Database, reading
from greenlane.api.ledger.errors import (
    DatabaseUrlError,
    EncryptionKeyError,
    LogForkError,
    SigningKeyError,
    StoreUnavailableError,
)
from greenlane.api.ledger.log import appending
from greenlane.api.ledger.log_rows import newest_head
from greenlane.api.ledger.proof.signing_key import KeySource, new_signing_key, read_signing_key, write_signing_key
from greenlane.api.ledger.signer import LogSigner

SHOWN = 50
NAMES = {
    "log": ("日志条目", "log entries"),
    "heads": ("签名树头", "signed heads"),
    "decisions": ("决策", "decisions"),
    "releases": ("规则发布", "releases"),
    "release_evidence": ("发布依据", "evidence for releases"),
    "release_steps": ("发布步骤", "steps of releases"),
    "erasures": ("删除记录", "erasures"),
    "reviews": ("人工复核", "reviews"),
    "data_keys": ("数据密钥", "data keys"),
    "key_binding": ("密钥库绑定", "binding to the key store"),
    "decision_lookups": ("检索标记", "tokens that decisions are found by"),
    "key_steps": ("密钥步骤", "steps of keys"),
    "log_keys": ("签名公钥", "signing keys"),
    "log_events": ("事件", "events"),
    GUARDS: ("守护（触发器、键、索引）", "guards (triggers, keys, indexes)"),
}


@click.group("audit")
def audit_group() -> None:
    """Prove that the store is as it was written.

    证明存储的内容与写入时一致。

    The database is that of `DATABASE_URL` (sqlite:///var/greenlane.db). docs/audit.md tells how the proof works.
    """


@audit_group.command("verify-pack")
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.option("--key", help="The public key, in hex, that the bank publishes at /v1/log/key.")
@click.pass_context
def verify_pack_command(ctx: click.Context, pack: Path, key: str | None) -> None:
    """Verify an evidence PACK: a zip, or a folder that it was unpacked to.

    验证一个决策证据包（压缩包或解开后的目录）。

    It is what the verifier in the pack does, by a copy that did not come with it. Exit code 3: the pack agrees with
    itself, but no key was given, so that the signer was not checked.
    """
    try:
        wanted = key_of(key) if key is not None else None
    except ArgumentTypeError as wrong:
        raise click.BadParameter(str(wrong), ctx, param_hint="--key") from None
    ctx.exit(judged(pack, wanted))


@audit_group.command("verify")
@click.option(
    "--head",
    "heads",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of heads or receipts kept elsewhere, one a line; may be given more than once.",
)
@click.option(
    "--accept-key",
    "accepted",
    multiple=True,
    metavar="KEY",
    help="The id of a key that took over after the one before was lost, as you were told of it; may be repeated.",
)
@language_option()
@click.pass_context
def verify_store(context: click.Context, heads: tuple[Path, ...], accepted: tuple[str, ...], lang: Lang) -> None:
    """Check every row, every entry of the log, every head and guard; exit code 1 when anything is wrong.

    检查每一行数据、每条日志、每个签名树头和守护（触发器、键、索引）；有任何不符时退出码为 1。

    The log is compared with the heads in the witness file (GREENLANE_WITNESS), and with those of every --head. A key
    that took over by force (`rotate-key --lost`) is always shown, and wrong unless it is one of --accept-key.
    """
    witness = configured_signer(current_settings()).witness
    with _database() as database, _bar() as progress:
        found = verify(database, [witness] if witness.exists() or not heads else [], progress, heads, accepted)
    _show(found, lang)
    context.exit(0 if found.clean else 1)


@audit_group.command("rotate-key")
@click.option("--key", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The new key [made].")
@click.option(
    "--lost", is_flag=True, help="The key in use is lost: the new one takes over though nobody vouches for it."
)
@click.option("--by", metavar="NAME", help="With --lost: who does it; kept in the log for ever.")
@click.option("--reason", metavar="TEXT", help="With --lost: what became of the key; kept in the log for ever.")
def rotate_key(file: Path | None, lost: bool, by: str | None, reason: str | None) -> None:
    """Sign the log with a new key from now on; what the old one signed stays verifiable.

    更换日志签名密钥；旧密钥签署的内容仍可验证。旧密钥已丢失时用 --lost，须写明操作人和原因，信任链由此中断并永久留痕。

    The old key vouches for the new one. Where the key is kept in a file, the file is replaced and running services go
    on with it; where it comes from GREENLANE_SIGNING_KEY, restart them with the new one.

    With --lost the old key is not needed. Every audit and evidence pack then tells that the chain of trust is broken
    there, by whom and why.
    """
    said = _said(lost, by, reason)
    signer = configured_signer(current_settings())
    place = signer.source
    with _database() as database:
        if said is not None:
            _truly_lost(database, signer, place)
        new = read_signing_key(file.read_text("ascii", "replace"), f"`{file}`") if file else new_signing_key()
        if place.text is None or file is None:
            write_signing_key(place.next().file, new, replace=True)
        with appending(database, signer) as log:
            if said is not None:
                log.force(new, *said)
            else:
                log.rotate(new)
        if place.text is None:
            place.next().file.replace(place.file)
            place.next().file.unlink(missing_ok=True)
    where = place.file if place.text is None else file or place.next().file
    stdout().print(f"the log is signed with key {new.public.id} from now on (`{where}`)", markup=False)


@audit_group.command("settle")
@click.option("--by", metavar="NAME", required=True, help="Who does it; kept in the log for ever.")
@click.option("--reason", metavar="TEXT", required=True, help="Why the log was set back; kept in the log for ever.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def settle(by: str, reason: str, yes: bool) -> None:
    """Give up signed heads that the log does not hold, so that it is signed again.

    日志缺少已见证的树头（例如恢复了旧备份）时，由管理员写明操作人和原因，作废这些树头，恢复签名。

    Where the witness file (GREENLANE_WITNESS) has heads that the database lacks, as after an older copy was put back,
    services sign nothing. What those heads were signed for is gone: name it to those who asked. This command writes an
    entry that says who gave them up, why, and which; every audit tells of it. It settles it for all machines.
    """
    who, why = by.strip(), reason.strip()
    if not who or not why:
        raise click.UsageError("--by and --reason are needed")
    settings = current_settings()
    witness = configured_signer(settings).witness
    with _database() as database:
        found = unsettled(database, witness)
        if found is None:
            raise CommandError(f"there is nothing to settle: the log holds every head in `{witness}`")
        for line in _of_unsettled(found, witness):
            stderr().print(line, markup=False)
        if not yes:
            click.confirm("Give these heads up, for ever on record?", abort=True, err=True)
        ledger = open_ledger(settings)
        try:
            ledger.settle_fork(found.agreed, found.newest, who, why)
        finally:
            ledger.close()
    stdout().print("settled: the log is signed again; `greenlane audit verify` tells of it from now on", markup=False)


def _of_unsettled(found: Unsettled, witness: Path) -> Iterator[str]:
    """What is to be given up, and what that means."""
    yield f"the log has {counted(found.size, 'entry', 'entries')} and agrees with `{witness}` up to {found.agreed}"
    newest, number = found.newest, counted(found.number, "signed head")
    yield f"not in the log: {number}, up to {newest.size} entries, the last of {newest.time}"
    if found.ours:
        yield "what they were signed for is not in this database: name it to those who asked"
    else:
        yield f"their key {newest.key} is none of this log: is GREENLANE_WITNESS the file of another? Then set it right"


def _said(lost: bool, by: str | None, reason: str | None) -> tuple[str, str] | None:
    """Who forces a key on the log, and why; None when nobody does."""
    who, why = (by or "").strip(), (reason or "").strip()
    if lost != bool(who and why) or (not lost and (by or reason)):
        raise click.UsageError("--lost needs both --by and --reason, and they are for --lost alone")
    return (who, why) if lost else None


def _truly_lost(database: Database, signer: LogSigner, place: KeySource) -> None:
    """Returns when the key that the log is signed with is not at hand, and no other key would be overwritten."""
    with reading(database) as connection:
        head = newest_head(connection)
        try:
            if head is not None:
                signer.key(head.key)
                raise CommandError("the key in use is here, so it is not lost", ["rotate without --lost"])
        except SigningKeyError:
            pass
    if place.text is None and place.file.exists():
        raise CommandError(f"`{place.file}` is there and is not the key of this log", ["move it away first"])


@contextmanager
def _database() -> Iterator[Database]:
    try:
        database = configured_database(current_settings())
    except DatabaseUrlError as refused:
        raise click.UsageError(str(refused)) from None
    try:
        if migrate.current(database) != migrate.newest():
            raise CommandError("the tables are not those of this version", ["run `greenlane db upgrade`"])
        yield database
    except (EncryptionKeyError, LogForkError, SigningKeyError) as refused:
        raise CommandError(str(refused)) from None
    except StoreUnavailableError as error:
        raise CommandError(
            "the database cannot be reached or written", [str(error), str(error.__cause__ or "").strip()]
        ) from None
    finally:
        database.dispose()


@contextmanager
def _bar() -> Iterator[Any]:
    """Shows on a terminal how far the audit is."""
    console = stderr()
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("entries", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(found: AuditReport, lang: Lang) -> None:
    console = stdout()
    names = {name: in_language(*NAMES.get(name, (name, name)), lang) for name in found.checked}
    width = max(map(cell_len, names.values()), default=0)
    for name, number in sorted(found.checked.items()):
        shown = names[name]
        padding = " " * (width - cell_len(shown))
        wrong = found.wrong.get(name, 0)
        state = Text(f"{wrong} ✗", "bold red") if wrong else Text("✓", "green")
        console.print(Text.assemble(f"{shown}{padding}  {number:>10,}  ", state))
    unknown = {fault.key for fault in found.faults if fault.table == TRUST}
    for one in found.breaks:
        if str(one.position) not in unknown:
            console.print(Text(f"{TRUST}/{one.position}: {in_language(one.text.zh, one.text.en, lang)}", "yellow"))
    for settled in found.settled:
        text = in_language(settled.text.zh, settled.text.en, lang)
        console.print(Text(f"log/{settled.position}: {text}", "yellow"))
    for fault in found.faults[:SHOWN]:
        place = f"{fault.table}/{fault.key}" + (f".{fault.column}" if fault.column else "")
        console.print(Text.assemble((place, "bold"), ": ", in_language(fault.text.zh, fault.text.en, lang)))
    total = sum(found.wrong.values())
    if total > SHOWN:
        console.print(in_language(f"另有 {total - SHOWN} 处", f"and {total - SHOWN} more", lang))
    console.print(Text(_verdict(found, total, lang), "bold red" if total else "bold green"))
    if not total:
        console.print(f"size {found.size}, root {found.root or '-'}", markup=False)


def _verdict(found: AuditReport, total: int, lang: Lang) -> str:
    whole = in_language("存储内容与写入时一致", "everything is as it was written", lang)
    if not total:
        return whole
    if found.wrong.keys() == {GUARDS}:
        away = counted(total, "guard is", "guards are")
        return whole + in_language(f"，但 {total} 处守护不在位", f", but {away} not in place", lang)
    if found.wrong.keys() == {TRUST}:
        zh, en = (
            "，但信任链已中断；若已知情，用 --accept-key 指明新密钥",
            ", but the chain of trust is broken: --accept-key if you know of it",
        )
        return whole + in_language(zh, en, lang)
    return in_language(f"存储内容不可信：{total} 处不符", f"not as it was written: {counted(total, 'fault')}", lang)

"""Verifies a Greenlane evidence pack. Needs Python 3.9 or newer and `cryptography`; nothing of Greenlane.

    python verify.py pack.zip --key PUBLIC_KEY_IN_HEX

A pack that was unpacked is named by its folder. The newest head must be signed by the key, which the bank publishes at
/v1/log/key: anybody can make a pack that agrees with itself and is signed by a key of their own.

Exit code 0: every byte of the pack is what was stored, signed by that key. 1: it is not. 2: the command was not
understood, an empty key for instance. 3: the pack agrees with itself, and no key was given: the signer was not checked.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import itertools
import json
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Files = dict[str, bytes]
Row = dict[str, Any]
OUTSIDE = {"pack.json", "pack.sig"}
SEALED = ("inputs", "answer", "trace")
PLAIN = {"inputs.json", "answer.json", "trace.zlib", "trace.json", "full-trace.json", "explanation.json"}
KNOWN = re.compile(
    r"README\.md|verify\.py|pack\.(json|sig)|(head|decision-head|consistency|decision|release|salts)\.json"
    r"|(inputs|answer|trace|full-trace|explanation)\.json|trace\.zlib|(keys|vouched)/[0-9a-f]{16}\.json"
    r"|(breaks|steps)/[0-9]{12}\.json|rules(/[^./\\\x00-\x1f][^/\\\x00-\x1f]*)+"
)
WHOLE, REFUSED, UNCHECKED = 0, 1, 3
SIZE = 100_000_000
MEMBERS = 5000
"""Bytes and files of a pack, at most."""

ENTRY, END, LARGE = 600, 22, 20
"""Bytes of the zip's directory: for one file at most; of its end; of what stands before that where sizes are large."""

TEXT = 20_000_000
"""Bytes of a file that is read as JSON, whose values take many times as much memory."""

DIGITS = 18


class PackError(Exception):
    """The pack is not what was stored and signed."""


def check(holds: bool, zh: str, en: str) -> None:
    """Goes on if something holds."""
    if not holds:
        raise PackError(f"{zh} / {en}")


def said(zh: str, en: str) -> None:
    """Tells what was verified."""
    sys.stdout.write(f"✓ {zh} / {en}\n")


def marked(zh: str, en: str) -> None:
    """Tells what whoever relies on the pack should know."""
    sys.stdout.write(f"! {zh} / {en}\n")


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and nothing between tokens."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def loads(content: bytes | str) -> Any:
    """The JSON value; a whole number of more than 18 digits, which is never one of the proof, as its text."""
    check(len(content) <= TEXT, "文件过大", f"a file has more than {TEXT} bytes")
    return json.loads(content, parse_int=lambda text: int(text) if len(text) <= DIGITS else text)


def read(place: Path) -> Files:
    """The files of a pack; of a zip also every byte around them. No more than `SIZE` bytes of them, whatever it is."""
    if not place.is_dir():
        return unzipped(limited(place, SIZE))
    found = (p for p in place.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    listed = sorted(itertools.islice(found, MEMBERS + 1))
    check(len(listed) <= MEMBERS, "文件过多", f"there are more than {MEMBERS} files")
    files: Files = {}
    for path in listed:
        files[path.relative_to(place).as_posix()] = limited(path, SIZE - sum(map(len, files.values())))
    return files


def limited(path: Path, most: int) -> bytes:
    """What is in a file, of so many bytes at most."""
    with path.open("rb") as file:
        content = file.read(min(path.stat().st_size, most) + 1)
    check(len(content) <= most, "证据包过大", f"the pack has more than {SIZE} bytes")
    return content


def unzipped(content: bytes) -> Files:
    """The files in a zip, none of them compressed: what is read is never more than the zip itself."""
    end, large = content[-END:], content[-END - LARGE : -END][:4] == b"PK\6\7"
    single = end[:4] == b"PK\5\6" and end[-2:] == b"\0\0" and not large
    check(single, "不是完整的证据包", "the file is not a pack, or not a whole one")
    members, size = struct.unpack("<10xHI6x", end)
    check(members <= MEMBERS and size <= members * ENTRY, "文件过多", f"there are more than {MEMBERS} files")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        check(len({e.filename for e in entries}) == len(entries), "文件重名", "two files have the same name")
        stored_only = all(e.compress_type == zipfile.ZIP_STORED for e in entries)
        check(stored_only, "文件被压缩", "a file is compressed, which those of a pack never are")
        whole = sum(e.compress_size for e in entries) <= len(content)
        check(whole, "文件大小与压缩包不符", "the files are said to be larger than the zip")
        files = {e.filename: archive.read(e) for e in entries}
    check(packed(files) == content, "压缩包有多余或更改的字节", "the zip has bytes that are not of its files")
    return files


def packed(files: Files) -> bytes:
    """The zip of these files: always the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two halves (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162 section 2.1.3.2)."""
    check(0 <= position < size, "条目不在日志内", "the entry is not in the log")
    at, last, found = position, size - 1, leaf
    for other in path:
        check(last > 0, "包含证明过长", "the inclusion proof is too long")
        if at & 1 or at == last:
            found = node(other, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, other)
        at, last = at >> 1, last >> 1
    check(last == 0, "包含证明过短", "the inclusion proof is too short")
    return found


def grown(old: int, old_root: bytes, new: int, path: list[bytes]) -> tuple[bytes, bytes]:
    """The roots of both sizes that a path leads to (RFC 9162 section 2.1.4.2)."""
    check(0 < old <= new, "一致性证明有误", "the consistency proof is wrong")
    if old == new:
        check(not path, "一致性证明过长", "the consistency proof is too long")
        return old_root, old_root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    check(bool(hashes), "一致性证明有误", "the consistency proof is wrong")
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = hashes[0]
    for other in hashes[1:]:
        check(last > 0, "一致性证明过长", "the consistency proof is too long")
        if at & 1 or at == last:
            before, after = node(other, before), node(other, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, other)
        at, last = at >> 1, last >> 1
    check(last == 0, "一致性证明过短", "the consistency proof is too short")
    return before, after


def stored(value: Any) -> Any:
    """The bytes of a column's value, None for null."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"], validate=True)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return None if value is None else str(value).encode()


def proved(row: Row, head: Row) -> Row:
    """The columns of a row, once its entry is found to tell of it and to be under the head."""
    entry, name = loads(row["entry"]["data"]), f"{row['kind']}/{row['subject']}"
    check(
        (entry["kind"], entry["subject"]) == (row["kind"], row["subject"]), f"条目不属于 {name}", f"not {name}'s entry"
    )
    digests = {column: None if value is None else sha256(stored(value)) for column, value in row["columns"].items()}
    check(digests == entry["columns"], f"{name} 的值与条目不符", f"values of {name} are not those of its entry")
    leaf = hashlib.sha256(b"\x00" + row["entry"]["data"].encode()).digest()
    root = included(leaf, row["entry"]["position"], head["size"], [bytes.fromhex(h) for h in row["path"]])
    check(root.hex() == head["root"], f"{name} 不在日志中", f"{name} is not in the log")
    return dict(row["columns"])


def signed(content: bytes, signature: str, key: str) -> bool:
    """Whether a key, in hex, signed the content."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_head(head: Row, keys: dict[str, str]) -> None:
    """A head is signed by its key."""
    lines = ("greenlane tree head v1", head["size"], head["root"], head["time"], head["previous"], head["key"])
    text = "".join(f"{line}\n" for line in lines).encode()
    holds = head["key"] in keys and signed(text, head["signature"], keys[head["key"]])
    check(holds, "树头签名无效", "the signature of a head does not verify")


def check_files(files: Files) -> Row:
    """The pack holds what its list says, each file whole; gives the list."""
    check(files.keys() >= OUTSIDE, "缺少 pack.json 或 pack.sig", "pack.json or pack.sig is missing")
    unknown = sorted(name for name in files if KNOWN.fullmatch(name) is None)
    check(not unknown, f"不认识的文件 {unknown[:1]}", f"a pack has no file {unknown[:1]}")
    listed: Row = loads(files["pack.json"])
    check(canonical(listed) == files["pack.json"], "pack.json 格式有误", "pack.json is not written as it should be")
    check(listed["files"].keys() == files.keys() - OUTSIDE, "文件与清单不符", "files are missing or more than listed")
    for name, digest in listed["files"].items():
        check(sha256(files[name]) == digest, f"{name} 已被更改", f"{name} was changed")
    said(f"{len(files)} 个文件与清单一致", f"{len(files)} files are those listed")
    return listed


def check_keys(files: Files, head: Row, wanted: str) -> dict[str, str]:
    """The keys of the log by id, each found to be an entry of it."""
    keys = {}
    for name in (n for n in files if n.startswith("keys/")):
        row = proved(loads(files[name]), head)
        check(sha256(bytes.fromhex(row["public_key"]))[:16] == row["id"], "公钥编号有误", "a key's id is wrong")
        keys[row["id"]] = row["public_key"]
    check(not wanted or keys.get(head["key"]) == wanted, "不是所给的公钥签名", "not signed by the key that was given")
    check_head(head, keys)
    size, time, by = head["size"], head["time"], head["key"]
    said(f"日志有 {size} 条，{time} 由密钥 {by} 签名", f"a log of {size} entries, signed at {time} by key {by}")
    return keys


def check_earlier(first: Row, path: list[str], head: Row, keys: dict[str, str]) -> None:
    """An earlier head is signed, and of the same log."""
    check_head(first, keys)
    hashes = [bytes.fromhex(h) for h in path]
    roots = grown(first["size"], bytes.fromhex(first["root"]), head["size"], hashes)
    holds = (roots[0].hex(), roots[1].hex()) == (first["root"], head["root"])
    check(holds, "日志并非只增不改", "the log did not only grow")


def check_chain(files: Files, head: Row, keys: dict[str, str]) -> int:
    """Each key but the first was vouched for by one before it, or took over by force, which is told; how many did."""
    forced = {}
    for name in sorted(n for n in files if n.startswith("breaks/")):
        row = loads(files[name])
        proved(row, head)
        check(row["kind"] == "log_key_forced", f"{name} 不是强制换钥记录", f"{name} does not tell of a forced key")
        forced[row["subject"]] = (row["entry"]["position"], loads(row["columns"]["content"]))
    named = {key: loads(files[f"keys/{key}.json"])["entry"]["position"] for key in keys}
    for key in (k for k in sorted(keys, key=named.__getitem__) if named[k] > 0):
        check(f"vouched/{key}.json" in files, f"密钥 {key} 无人认可", f"nothing tells who vouched for key {key}")
        vouched = loads(files[f"vouched/{key}.json"])
        first = vouched["head"]
        check_earlier(first, vouched["path"], head, keys)
        holds = named[key] < first["size"] and (key in forced or named[first["key"]] < named[key])
        check(holds, f"密钥 {key} 未经前一密钥认可", f"key {key} was not vouched for by one before it")
    for key, (at, told) in forced.items():
        by, why, before = told["by"], told["reason"], told["before"]
        marked(
            f"信任链在第 {at} 条中断：密钥 {key} 未经前一密钥 {before} 认可即启用。操作人：{by}；原因：{why}",
            f"the chain of trust is broken at entry {at}: key {key} took over, and key {before} did not vouch for it; "
            f"by {by}, because: {why}",
        )
    return len(forced)


def check_heads(files: Files, head: Row, keys: dict[str, str]) -> Row:
    """The head of the decision's own transaction is signed, and the log has only grown since."""
    first: Row = loads(files["decision-head.json"])
    check_earlier(first, loads(files["consistency.json"]), head, keys)
    said(f"自决策写入（{first['time']}）起日志只增不改", f"the log has only grown since that of {first['time']}")
    return first


def check_release(files: Files, head: Row, decision: Row) -> None:
    """The rule files are those of the release that decided."""
    release = proved(loads(files["release.json"]), head)
    check(
        release["id"] == decision["release_id"], "规则发布不是作出决策的那个", "the release is not the one that decided"
    )
    check(sha256(release["files"].encode()) == release["sha256"], "规则发布的哈希有误", "the release's hash is wrong")
    rules = {name[len("rules/") :]: text.decode() for name, text in files.items() if name.startswith("rules/")}
    check(rules == loads(release["files"]), "规则文件有出入", "the rule files are not those of the release")
    of = release["id"]
    said(f"{len(rules)} 个规则文件属于作出决策的发布 {of}", f"{len(rules)} rule files are those of {of}, which decided")
    steps = sorted(name for name in files if name.startswith("steps/"))
    for name in steps:
        step = loads(files[name])
        check(proved(step, head).get("release_id") == release["id"], f"{name} 属于另一发布", f"{name} is of another")
    said(f"{len(steps)} 条发布记录在日志中", f"{len(steps)} steps of the release are in the log")


def check_content(files: Files, decision: Row) -> None:
    """Inputs, answer and trace are what the row of the decision holds, encrypted or not."""
    if "salts.json" not in files:
        check(not files.keys() & PLAIN, "不应有明文", "there should be no plain text")
        said("个人数据不在包内（已销毁密钥）", "personal data are not in the pack: their key was destroyed")
        return
    salts = loads(files["salts.json"])
    values = {"inputs": files["inputs.json"], "answer": files["answer.json"], "trace": files.get("trace.zlib")}
    for name in SEALED:
        value, salt = values[name], salts[name]
        if salt is None:
            holds = stored(decision[name]) == value
        else:
            title = f"greenlane commitment v1\n{name}\n".encode()
            holds = value is not None and sha256(title + bytes.fromhex(salt) + value) == decision[f"{name}_commitment"]
        check(holds, f"{name} 与存储的不符", f"{name} is not what was stored")
    if values["trace"] is not None:
        # Bounded by the file that it must equal: a few bytes may be said to be gigabytes.
        trace = zlib.decompressobj().decompress(values["trace"], len(files["trace.json"]) + 1)
        check(trace == files["trace.json"], "trace.json 与存储的不符", "trace.json is not what was stored")
    answer = loads(values["answer"] or b"")
    check(answer["decision_id"] == decision["decision_id"], "答复属于另一决策", "the answer is of another decision")
    said("输入、答复和轨迹与存储的一致", "inputs, answer and trace are those that were stored")


def verify(files: Files, key: str = "") -> int:
    """Everything. How often the chain of trust is broken. Raises `PackError`."""
    listed, head = check_files(files), loads(files["head.json"])
    keys = check_keys(files, head, key)
    broken = check_chain(files, head, keys)
    seal = loads(files["pack.sig"])
    text = f"greenlane evidence pack v1\n{sha256(files['pack.json'])}\n".encode()
    holds = seal["key"] in keys and signed(text, seal["signature"], keys[seal["key"]])
    check(holds and canonical(seal) == files["pack.sig"], "清单签名无效", "the signature of the list does not verify")
    said("整包已由日志密钥签名", "the whole pack is signed by a key of the log")
    first, row = check_heads(files, head, keys), loads(files["decision.json"])
    check((row["kind"], row["subject"]) == ("decision", listed["decision"]), "不是所称的决策", "another decision")
    check(row["entry"]["position"] < first["size"], "决策晚于其树头", "the decision is later than its head")
    decision = proved(row, head)
    name, at = listed["decision"], row["entry"]["position"]
    said(
        f"决策 {name} 即日志第 {at} 条，各列均未更改",
        f"decision {name} is entry {at} of the log, every column as stored",
    )
    check_release(files, head, decision)
    check_content(files, decision)
    return broken


def judged(place: Path, key: str | None) -> int:
    """Tells the verdict on a pack, and what it stands on; gives the exit code. `key` in hex, None: there is none."""
    try:
        broken = verify(read(place), key or "")
    except Exception as error:
        # A damaged zip or JSON text can fail in any way; whatever cannot be verified is refused.
        sys.stdout.write(f"✗ 证据包不可信 / the pack is not to be trusted: {error}\n")
        return REFUSED
    if key:
        said("证据包完整可信", "the pack is whole and true")
        return WHOLE
    if broken:
        marked("信任链曾中断，须核对签名者", "the chain of trust is broken: whoever signed is not to be taken on trust")
    marked("证据包自身一致，但未核对签名者", "the pack agrees with itself, but the signer was not checked")
    marked("请用 --key 给出从银行另行取得的公钥", "give the public key that the bank itself told you with --key")
    return UNCHECKED


def key_of(text: str) -> str:
    """A public key in hex, as it is given. Raises `ArgumentTypeError` for what is none, as an empty text is."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise argparse.ArgumentTypeError("不是公钥：须为 64 位十六进制 / not a public key: 64 hexadecimal digits")
    return text.lower()


def main(words: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="verify.py", description=f"{__doc__}", allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).parent, help="zip or folder")
    parser.add_argument("--key", type=key_of, help="as /v1/log/key tells it / 公钥，64 位十六进制")
    asked = parser.parse_args(words)
    return judged(asked.pack, asked.key)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))

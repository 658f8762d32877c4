"""Workbooks and evidence packs, damaged as bytes or in one of their parts, and what must hold of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

from greenlane.api.evidence.pack import verify
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.interop.xlsx import export_workbook, import_workbook
from tests.engine.interop.xlsx.workbooks import exported
from tests.fuzz.damage import Damage
from tests.fuzz.service import service

CELLS = (
    b'<c r="A1"><v>1</v></c>', b'<c r="XFD1048576" t="s"><v>0</v></c>', b'<c r="ZZZ9999999"><v>1e400</v></c>',
    b"<f>1+1</f>", b'<mergeCell ref="A1:ZZ99"/>', b"_x0041_", b'state="hidden"', b't="s"', b't="d"', b't="e"',
    b's="99999999999"', b"<t>", b"&#x110000;", b"&#0;", b"&lt;", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;",
    b"<![CDATA[", b"]]>", b'xml:space="preserve"',
)  # fmt: skip
EXPORTED = 20
PART, WHOLE = 30_000, 200_000


def check_workbook(data: bytes) -> None:
    """Rule files, or faults and none."""
    found = import_workbook(data)
    if has_errors(found.diagnostics) != (not found.files):
        raise AssertionError(f"{len(found.files)} files, and errors: {has_errors(found.diagnostics)}")
    # Writing a workbook takes long: one of so many, always the same ones.
    if found.files and crc32(data) % EXPORTED == 0:
        again = import_workbook(export_workbook(found.files))
        if again.files != found.files:
            raise AssertionError("exported and imported again it is another")


def workbook(chance: Random) -> bytes:
    """A workbook of a few rule files, one part of it damaged, or its bytes."""
    return _damaged(chance, chance.choice(_workbooks()), CELLS)


@dataclass(frozen=True)
class Genuine:
    """A pack as the service made it, its files, and the key that it is signed with."""

    data: bytes
    files: Mapping[str, bytes]
    key: str


@cache
def genuine() -> Genuine:
    """The pack of a decision with a full trace."""
    here = service()
    data = here.answer(b"GET /v1/decisions/@decision/evidence\n\n")[2]
    key = json.loads(here.answer(b"GET /v1/log/key\n\n")[2])["public_key"]
    return Genuine(data, _parts(data), key)


def check_pack(data: bytes) -> None:
    """Refused, unless it is the one that was made."""
    try:
        with redirect_stdout(io.StringIO()):
            verify.verify(verify.unzipped(data), genuine().key)
    except Exception:
        # However it fails: the verifier says of all that it is not to be trusted.
        return
    if data != genuine().data:
        raise AssertionError("a pack that nobody made is whole and true")


def pack(chance: Random) -> bytes:
    """A pack whose files, list or bytes were damaged; sometimes listed anew, as a forger would."""
    one = genuine()
    if chance.random() < 0.3:
        return Damage(chance, [], [], 2 * len(one.data)).of(one.data)
    files = dict(one.files)
    name = chance.choice(sorted(files))
    match chance.randrange(4):
        case 0:
            files[name] = _json_changed(files[name], chance)
        case 1:
            files[name] = Damage(chance, [], [*one.files.values()], PART).of(files[name])
        case 2:
            files[chance.choice(("keys/0.json", "steps/000000000009.json", "x", "../x", "rules/y.yaml"))] = files[name]
        case 3:
            del files[name]
    if chance.random() < 0.7 and "pack.json" in files:
        files["pack.json"] = _listed_anew(files)
    return verify.packed(files)


def _listed_anew(files: Mapping[str, bytes]) -> bytes:
    listed = {name: verify.sha256(content) for name, content in files.items() if name not in verify.OUTSIDE}
    decision = json.loads(genuine().files["pack.json"])["decision"]
    return verify.canonical({"decision": decision, "files": listed, "v": 1})


def _json_changed(content: bytes, chance: Random) -> bytes:
    """A JSON file with one value in it changed for one of another sort or from elsewhere in it."""
    try:
        value = json.loads(content)
    except ValueError:
        return content[: chance.randint(0, len(content))]
    places: list[tuple[Any, Any]] = []
    _gather(value, places)
    if places:
        inside, at = chance.choice(places)
        other, from_ = chance.choice(places)
        strange = (None, "", "0" * 64, -1, 0, 10**18, 10**30, 1e300, [], {}, [[]] * 100, True, other[from_])
        inside[at] = chance.choice(strange)
    return verify.canonical(value)


def _gather(value: Any, places: list[tuple[Any, Any]]) -> None:
    for at in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        places.append((value, at))
        _gather(value[at], places)


@cache
def _workbooks() -> Sequence[bytes]:
    return exported(), exported("x.yaml", "decision: x\ntitle: {zh: 甲, en: A}\nvalue: 1\n")


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _damaged(chance: Random, data: bytes, tokens: Sequence[bytes]) -> bytes:
    """An archive with one of its parts damaged, left out, or under another name; or damaged as bytes."""
    if chance.random() < 0.1:
        return Damage(chance, [], [], WHOLE).of(data)
    parts = _parts(data)
    name = chance.choice(sorted(parts))
    match chance.randrange(12):
        case 0:
            del parts[name]
        case 1:
            parts[chance.choice(sorted(parts))] = parts[name]
        case _:
            parts[name] = Damage(chance, tokens, [*parts.values()], PART).of(parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for each, content in parts.items():
            archive.writestr(zipfile.ZipInfo(each), content)
    return out.getvalue()

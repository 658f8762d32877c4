"""The verifier of packs: who signed is judged only by a key that was given, and nothing it reads grows in its hands."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.cli import main as greenlane
from greenlane.api.evidence.pack import verify as standalone
from greenlane.api.ledger.proof.leaf import commitment
from greenlane.api.wiring.services import Services

MB = 1_000_000
KEY = "0" * 64


@pytest.fixture
def pack(client: FlaskClient, application: dict[str, Any]) -> bytes:
    """The pack of a decision."""
    made = client.post("/v1/decisions", json=application).get_json()["decision_id"]
    return client.get(f"/v1/decisions/{made}/evidence").get_data()


@pytest.fixture
def file(pack: bytes, tmp_path: Path) -> Path:
    """The pack as a file."""
    (tmp_path / "pack.zip").write_bytes(pack)
    return tmp_path / "pack.zip"


def standing(words: list[str]) -> int:
    """The exit code of the verifier in a pack."""
    try:
        return standalone.main(words)
    except SystemExit as ended:
        return int(ended.code or 0)


def command(words: list[str]) -> int:
    """That of the command."""
    return CliRunner().invoke(greenlane, ["audit", "verify-pack", *words]).exit_code


BOTH = pytest.mark.parametrize("verifier", [standing, command])
Verifier = Callable[[list[str]], int]


@BOTH
def test_the_key_that_is_expected(client: FlaskClient, file: Path, verifier: Verifier) -> None:
    """Whoever knows the bank's key does not accept another's pack; whoever gives none has not checked it."""
    key = client.get("/v1/log/key").get_json()["public_key"]
    assert verifier([str(file), "--key", key]) == 0
    assert verifier(["--key", key.upper(), str(file)]) == 0
    assert verifier([str(file), "--key", KEY]) == 1
    assert verifier([str(file)]) == 3


@BOTH
def test_a_pack_of_another_service(
    client: FlaskClient, application: dict[str, Any], start: Callable[..., Services], tmp_path: Path, verifier: Verifier
) -> None:
    """It agrees with itself as any does: only the key tells, so without one there is no good verdict."""
    keys = tmp_path / "other"
    other = create_app(
        start(
            database_url=f"sqlite:///{tmp_path}/other.db",
            signing_key_file=keys / "signing.key",
            witness=tmp_path / "other.jsonl",
            master_key_file=keys / "master.key",
            key_store=f"sqlite:///{keys}/data-keys.db",
        )
    ).test_client()
    client.post("/v1/decisions", json=application)
    made = other.post("/v1/decisions", json=application).get_json()["decision_id"]
    (tmp_path / "pack.zip").write_bytes(other.get(f"/v1/decisions/{made}/evidence").get_data())
    key = client.get("/v1/log/key").get_json()["public_key"]
    assert verifier([str(tmp_path / "pack.zip"), "--key", key]) == 1
    assert verifier([str(tmp_path / "pack.zip")]) == 3


@BOTH
@pytest.mark.parametrize("words", [["--key", ""], ["--key"], ["--key", "03a1"], ["--key="], ["--key", "g" * 64], ["x"]])
def test_what_is_no_key(file: Path, verifier: Verifier, words: list[str]) -> None:
    """An empty one, a variable of the shell that is not set, a text of another form: the command is not understood."""
    assert verifier([str(file), *words]) == 2


def test_the_key_before_the_pack_is_not_taken_for_one(file: Path) -> None:
    """`--key $UNSET pack.zip` names the pack as the key."""
    assert standing(["--key", str(file)]) == 2


def test_the_verdict_without_a_key(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing says that the pack is true."""
    standing([str(file)])
    told = capsys.readouterr().out
    assert "the signer was not checked" in told
    assert "未核对签名者" in told
    assert "whole and true" not in told


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip with these members, whatever they are called."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def many_for_one(copies: int, size: int) -> bytes:
    """A zip whose directory names one member again and again."""
    one = zipped([("README.md", bytes(size))])
    start = one.index(b"PK\1\2")
    entry = one[start : one.index(b"PK\5\6")]
    named = b"".join(entry.replace(b"README.md", b"rules/%03d" % number) for number in range(copies))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(named), start, 0)
    return one[:start] + named + end


def large_directory() -> bytes:
    """A zip that says where its directory is in the way of large ones."""
    plain = zipped([("README.md", b"")])
    at = plain.index(b"PK\5\6")
    return plain[:at] + b"PK\6\7" + bytes(16) + plain[at:]


def declared_stored() -> bytes:
    """A compressed member that is said to be stored."""
    return zipped([("README.md", bytes(64 * MB))], zipfile.ZIP_DEFLATED).replace(b"\x08\0", b"\0\0")


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "compressed": (lambda: zipped([("trace.json", bytes(64 * MB))], zipfile.ZIP_DEFLATED), "is compressed"),
    "compressed, and said to be stored": (declared_stored, ""),
    "one for many": (lambda: many_for_one(900, MB), "larger than the zip"),
    "too many": (lambda: zipped([(f"rules/{n}.yaml", b"") for n in range(5001)]), "more than 5000 files"),
    "twice": (lambda: zipped([("README.md", b"1"), ("README.md", b"2")]), "same name"),
    "large directory": (large_directory, "not a pack"),
    "nothing": (lambda: b"", "not a pack"),
    "a comment": (lambda: zipped([("README.md", b"")])[:-2] + b"\1\0x", "not a pack"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", BOMBS)
def test_a_pack_that_would_grow(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is refused, before it takes more memory than a few times its own size and a little more."""
    make, why = BOMBS[name]
    content = make()
    (tmp_path / "bomb.zip").write_bytes(content)
    tracemalloc.start()
    code = standing([str(tmp_path / "bomb.zip"), "--key", KEY])
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == 1
    assert why in capsys.readouterr().out
    assert taken < 6 * len(content) + 8 * MB


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    """More than a hundred megabytes are not read, be they a zip, or in a folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (tmp_path / "bomb.zip", folder / "README.md"):
        with path.open("wb") as sparse:
            sparse.truncate(standalone.SIZE + 1)
    for place in (tmp_path / "bomb.zip", folder):
        with pytest.raises(standalone.PackError, match="more than 100000000 bytes"):
            standalone.read(place)


def test_a_folder_with_too_many_files(tmp_path: Path) -> None:
    """A folder that is no pack is not gone through to its end."""
    seen: list[int] = []

    class Folder(type(tmp_path)):  # type: ignore[misc]
        def rglob(self, pattern: str, **more: Any) -> Iterator[Path]:
            for number in range(10**6):
                seen.append(number)
                yield tmp_path / "one"

    (tmp_path / "one").write_text("")
    with pytest.raises(standalone.PackError, match="more than 5000 files"):
        standalone.read(Folder(tmp_path))
    assert len(seen) == standalone.MEMBERS + 1


@pytest.mark.parametrize(
    "name",
    [
        *("more.txt", "../README.md", "/README.md", "rules/../../x.yaml", "rules/./x", "rules/.x", "rules//x"),
        *("rules/", "rules/a\\b", "rules/a\n", "keys/1.json", "keys/../x.json", "steps/1.json", "README.md/"),
        *("readme.md", ""),
    ],
)
def test_names_that_a_pack_does_not_have(name: str, pack: bytes) -> None:
    """Other files are refused by their names, before anything of them is looked at."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    standalone.check_files(files)
    with pytest.raises(standalone.PackError, match="a pack has no file"):
        standalone.check_files({**files, name: b""})


def test_a_trace_that_would_grow(pack: bytes) -> None:
    """What is stored is decompressed up to what stands beside it in clear, and no further."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    bomb, salt = zlib.compress(bytes(200 * MB)), bytes(32)
    salts = json.dumps(dict.fromkeys(standalone.SEALED, salt.hex())).encode()
    sealed = {**files, "trace.zlib": bomb, "salts.json": salts}
    given = {"inputs": files["inputs.json"], "answer": files["answer.json"], "trace": bomb}
    columns = {f"{name}_commitment": commitment(name, salt, content) for name, content in given.items()}
    tracemalloc.start()
    with pytest.raises(standalone.PackError, match=r"trace\.json is not what was stored"):
        standalone.check_content(sealed, columns)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 10 * MB


def test_json_is_bounded() -> None:
    """Lists of nothing take twenty times their text, numbers the square of theirs."""
    with pytest.raises(standalone.PackError, match="more than 20000000 bytes"):
        standalone.loads(b"[" + b"[]," * (standalone.TEXT // 3) + b"[]]")
    assert standalone.loads("[" + "9" * 18 + "]") == [10**18 - 1]
    assert standalone.loads("[" + "9" * 19 + "]") == ["9" * 19]
    assert len(standalone.loads("9" * MB)) == MB
    assert hashlib.sha256(standalone.canonical(standalone.loads("[1]"))).hexdigest() == standalone.sha256(b"[1]")

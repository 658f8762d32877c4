"""Evidence packs: whole, the same each time, and true only as they are."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.evidence.pack import verify as standalone
from greenlane.api.json_objects import canonical
from greenlane.api.ledger.log_reader import LogEntry, ProvedRow
from greenlane.api.ledger.proof.leaf import commitment, decode_leaf, encode_leaf
from greenlane.api.ledger.proof.signing_key import new_signing_key, write_signing_key
from greenlane.api.principals import OPERATOR
from greenlane.api.wiring.services import Services
from tests.api.conftest import USCC

PROGRAM = Path(standalone.__file__)
ALONE = {"inputs.json", "answer.json", "trace.json", "trace.zlib", "salts.json", "explanation.json", "full-trace.json"}


@pytest.fixture
def decision_id(client: FlaskClient, application: dict[str, Any]) -> str:
    """A decision among others."""
    ids = [client.post("/v1/decisions", json=application).get_json()["decision_id"] for _ in range(5)]
    return str(ids[2])


@pytest.fixture
def pack(client: FlaskClient, decision_id: str) -> bytes:
    """Its pack."""
    return fetch(client, decision_id)


def fetch(client: FlaskClient, decision_id: str) -> bytes:
    """The pack of a decision."""
    response = client.get(f"/v1/decisions/{decision_id}/evidence")
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "application/zip"
    return response.get_data()


def files_of(pack: bytes) -> dict[str, bytes]:
    """The files in a pack."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def refusal(files: Mapping[str, bytes]) -> str:
    """Why the verifier refuses these files; nothing when it does not."""
    try:
        standalone.verify(dict(files))
    except standalone.PackError as refused:
        return str(refused)
    return ""


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """The verifier as a program of its own, without anything of ours on its path."""
    command = [sys.executable, "-I", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_what_is_in_a_pack(pack: bytes, decision_id: str, application: dict[str, Any]) -> None:
    """Everything that was asked, by which rules, with which answer, why, and every proof."""
    files = files_of(pack)
    assert sorted(files) == [
        *("README.md", "answer.json", "consistency.json", "decision-head.json", "decision.json", "explanation.json"),
        *("full-trace.json", "head.json", "inputs.json", f"keys/{json.loads(files['head.json'])['key']}.json"),
        *("pack.json", "pack.sig", "release.json", "rules/limit.yaml", "salts.json"),
        *("steps/000000000003.json", "steps/000000000004.json", "trace.json", "trace.zlib", "verify.py"),
    ]
    assert json.loads(files["inputs.json"]) == application
    assert files["rules/limit.yaml"] == b"1000 1.0.0"
    assert json.loads(files["answer.json"])["decision_id"] == decision_id
    assert json.loads(files["explanation.json"])["sentences"]
    assert json.loads(files["full-trace.json"])["trace"]["level"] == "full"


def test_the_same_bytes_each_time(client: FlaskClient, pack: bytes, decision_id: str) -> None:
    """While nothing is added to the log."""
    assert fetch(client, decision_id) == pack


def test_verified_on_a_machine_without_greenlane(
    client: FlaskClient, pack: bytes, decision_id: str, tmp_path: Path
) -> None:
    """Zipped or unpacked, by a copy of the program or the one in it; it says in both languages what it verified."""
    key = client.get("/v1/log/key").get_json()["public_key"]
    file, folder = tmp_path / "pack.zip", tmp_path / "unpacked"
    file.write_bytes(pack)
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    for words in ((PROGRAM, file), (folder / "verify.py",), (folder / "verify.py", folder)):
        assert run(*words).returncode == 3
        done = run(*words, "--key", key)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.splitlines()[-1] == "✓ 证据包完整可信 / the pack is whole and true"
        assert f"✓ 决策 {decision_id} 即日志第 8 条，各列均未更改 / decision {decision_id} is entry 8 " in done.stdout


def test_the_verifier_needs_only_cryptography() -> None:
    """Besides what comes with Python."""
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(PROGRAM.read_text(encoding="utf-8")))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


def test_any_changed_byte_is_refused(pack: bytes, tmp_path: Path) -> None:
    """Wherever it is in the zip: in a file, in a proof, in a signature, or between the files."""
    chance, file, unnoticed = random.Random(11), tmp_path / "pack.zip", []
    for _ in range(300):
        damaged = bytearray(pack)
        at = chance.randrange(len(damaged))
        damaged[at] ^= chance.randrange(1, 256)
        file.write_bytes(bytes(damaged))
        if standalone.main([str(file)]) != 1:
            unnoticed.append(at)
    assert unnoticed == []


def test_a_pack_cut_short_or_grown_is_refused(pack: bytes, tmp_path: Path) -> None:
    """As is no pack at all."""
    file = tmp_path / "pack.zip"
    for content in (pack[:-1], pack[: len(pack) // 2], pack + b"\0", b"", b"no zip"):
        file.write_bytes(content)
        assert standalone.main([str(file)]) == 1
    assert standalone.main([str(tmp_path / "nowhere")]) == 1
    assert standalone.main([str(tmp_path)]) == 1


def test_files_taken_out_or_put_in(pack: bytes) -> None:
    """Are noticed, each of them."""
    files = files_of(pack)
    for name in files:
        assert refusal({n: c for n, c in files.items() if n != name})
    assert refusal({**files, "rules/more.yaml": b""}).endswith("files are missing or more than listed")


def signed_anew(services: Services, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a list of themselves, signed with the log's own key: as somebody inside could do."""
    listed = json.loads(files["pack.json"])
    names = files.keys() - {"pack.json", "pack.sig"}
    listed["files"] = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(names)}
    files["pack.json"] = canonical(listed)
    text = f"greenlane evidence pack v1\n{hashlib.sha256(files['pack.json']).hexdigest()}\n"
    signer = services.proofs.log.signing_key()
    files["pack.sig"] = canonical({"key": signer.public.id, "signature": signer.sign(text.encode()).hex()})
    return files


def edited(name: str, *path: Any, to: Any) -> Callable[[dict[str, bytes]], None]:
    """Changes one value in a JSON file of the pack."""

    def edit(files: dict[str, bytes]) -> None:
        document = json.loads(files[name])
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to
        files[name] = canonical(document)

    return edit


FORGERIES = [
    (edited("decision.json", "columns", "tier", to="strategic"), "are not those of its entry"),
    (edited("decision.json", "columns", "application_id", to=None), "are not those of its entry"),
    (edited("decision.json", "subject", to="other"), "another decision"),
    (edited("decision.json", "entry", "position", to=4), "the inclusion proof is too short"),
    (edited("decision.json", "path", 0, to="0" * 64), "is not in the log"),
    (edited("decision.json", "path", to=[]), "the inclusion proof is too short"),
    (edited("decision.json", "path", to=["0" * 64] * 99), "the inclusion proof is too long"),
    (edited("head.json", "size", to=12), "the signature of a head does not verify"),
    (edited("head.json", "time", to="2026-01-01T00:00:00.000000Z"), "the signature of a head does not verify"),
    (edited("decision-head.json", "time", to="2026-01-01T00:00:00.000000Z"), "the signature of a head does not verify"),
    (edited("consistency.json", 0, to="0" * 64), "the log did not only grow"),
    (edited("inputs.json", "request", "amount_wan", to=1), "inputs is not what was stored"),
    (edited("answer.json", "status", to="DECLINED"), "answer is not what was stored"),
    (edited("trace.json", "level", to="full"), "trace.json is not what was stored"),
    (edited("release.json", "columns", "version", to="9"), "are not those of its entry"),
]


@pytest.mark.parametrize(("forge", "said"), FORGERIES)
def test_a_forgery_that_is_signed(
    services: Services, pack: bytes, forge: Callable[[dict[str, bytes]], None], said: str
) -> None:
    """Even whoever holds the signing key cannot make a pack say what the log does not."""
    files = files_of(pack)
    forge(files)
    assert said in refusal(signed_anew(services, files))


def test_other_rules(services: Services, pack: bytes) -> None:
    """The rule files are those of the release, to the byte and the number."""
    for name, content in (("rules/limit.yaml", b"9000 1.0.0"), ("rules/more.yaml", b"")):
        files = {**files_of(pack), name: content}
        assert "the rule files are not those of the release" in refusal(signed_anew(services, files))
    assert refusal(signed_anew(services, files_of(pack))) == ""


def test_of_an_unknown_decision(client: FlaskClient) -> None:
    """There is none."""
    assert client.get("/v1/decisions/nobody/evidence").get_json()["code"] == "not_found"


def test_every_size_of_log(client: FlaskClient, application: dict[str, Any]) -> None:
    """The first decision is proved under each head that follows."""
    first = client.post("/v1/decisions?trace=none", json=application).get_json()["decision_id"]
    for _ in range(12):
        files = files_of(fetch(client, first))
        assert refusal(files) == ""
        assert "trace.json" not in files
        client.post("/v1/decisions", json=application)


def test_an_older_release_and_key(start: Callable[..., Services], rules_directory: Path, tmp_path: Path) -> None:
    """Rules that have changed and a key that was replaced do not matter: the pack has those of then."""
    body = {
        "application_id": "A-1",
        "application_date": "2026-03-02",
        "applicant": {"uscc": USCC},
        "request": {"product": "INNOV", "amount_wan": 5},
    }
    client = create_app(start()).test_client()
    decision_id = client.post("/v1/decisions", json=body).get_json()["decision_id"]
    (rules_directory / "limit.yaml").write_text("2 2.0.0")
    services, new = start(), new_signing_key()
    with services.ledger.writing() as work:
        work.log.rotate(new)
    write_signing_key(tmp_path / "keys" / "signing.key", new, replace=True)
    client = create_app(services).test_client()
    client.post("/v1/decisions", json=body)
    files = files_of(fetch(client, decision_id))
    assert files["rules/limit.yaml"] == b"1000 1.0.0"
    assert len([name for name in files if name.startswith("keys/")]) == 2
    assert json.loads(files["head.json"])["key"] == new.public.id != json.loads(files["decision-head.json"])["key"]
    assert refusal(files) == ""
    assert [name for name in files if name.startswith("vouched/")] == [f"vouched/{new.public.id}.json"]


def test_a_decision_whose_entry_names_fewer_columns(services: Services, decision_id: str) -> None:
    """Of before a column was added: the pack names those that the entry does, and verifies."""
    row = services.proofs.row(decision_id, OPERATOR)
    leaf = decode_leaf(row.entry.data)
    named = {name: value for name, value in row.columns.items() if name != "lookup_commitment"}
    data = encode_leaf(leaf.kind, leaf.subject, leaf.at, named).decode()
    earlier = ProvedRow(row.kind, row.subject, {**named, "lookup_commitment": None}, LogEntry(row.entry.position, data))
    shown = json.loads(services.evidence._row(earlier, services.proofs.log.head().size))
    assert shown["columns"].keys() == named.keys() == decode_leaf(data).columns.keys()


@pytest.fixture
def forced(services: Services, client: FlaskClient, decision_id: str, tmp_path: Path) -> bytes:
    """The pack of a decision from before the signing key was lost and replaced by force."""
    new = new_signing_key()
    with services.ledger.writing() as work:
        work.log.force(new, "王芳", "the disk was destroyed")
    write_signing_key(tmp_path / "keys" / "signing.key", new, replace=True)
    return fetch(client, decision_id)


def test_a_key_that_was_forced(forced: bytes, tmp_path: Path) -> None:
    """The pack is true, and whoever verifies it is told where the chain of trust is broken, by whom and why."""
    file = tmp_path / "pack.zip"
    file.write_bytes(forced)
    done = run(PROGRAM, file)
    assert done.returncode == 3, done.stdout
    told = [line for line in done.stdout.splitlines() if line.startswith("! ")]
    assert "信任链在第 12 条中断" in told[0]
    assert "the chain of trust is broken at entry 12: key " in told[0]
    assert told[0].endswith("by 王芳, because: the disk was destroyed")
    assert told[-2].endswith("the pack agrees with itself, but the signer was not checked")
    assert told[-1].endswith("give the public key that the bank itself told you with --key")


def test_a_forced_key_cannot_be_kept_quiet(services: Services, forced: bytes) -> None:
    """Not by whoever holds the new key: a key that none vouched for needs the entry that tells of it."""
    files = files_of(forced)
    (broken,) = [name for name in files if name.startswith("breaks/")]
    key = json.loads(files["head.json"])["key"]
    left_out = {name: content for name, content in files.items() if name != broken}
    assert "was not vouched for by one before it" in refusal(signed_anew(services, left_out))
    left_out = {name: content for name, content in files.items() if name != f"vouched/{key}.json"}
    assert "nothing tells who vouched for key" in refusal(signed_anew(services, left_out))
    other = {**files, f"vouched/{key}.json": canonical({"head": json.loads(files["decision-head.json"]), "path": []})}
    assert refusal(signed_anew(services, other))
    told = {**files}
    edited(broken, "columns", "content", to='{"before":"x","by":"nobody","reason":"none"}')(told)
    assert "are not those of its entry" in refusal(signed_anew(services, told))
    assert refusal(signed_anew(services, files)) == ""


def test_erased_personal_data(client: FlaskClient, decision_id: str, services: Services) -> None:
    """Once nobody can read them any more, they are not in the pack, and it still verifies."""
    services.erasures.erase(USCC, "customer_request", OPERATOR)
    files = files_of(fetch(client, decision_id))
    assert not ALONE & files.keys()
    assert refusal(files) == ""


def test_plain_text_is_bound_by_its_commitment(client: FlaskClient, decision_id: str, services: Services) -> None:
    """Where a row holds columns encrypted, salt and plain text must give the commitment that stands beside them."""
    (row,) = services.proofs.log.rows("decision", decision_id=decision_id)
    files, salt = files_of(fetch(client, decision_id)), bytes(range(32))
    columns: dict[str, Any] = dict(row.columns)
    for name, file in (("inputs", "inputs.json"), ("answer", "answer.json"), ("trace", "trace.zlib")):
        columns |= {name: b"sealed", f"{name}_commitment": commitment(name, salt, files[file])}
    sealed = {**files, "salts.json": canonical(dict.fromkeys(("inputs", "answer", "trace"), salt.hex()))}
    standalone.check_content(sealed, columns)
    for name in ("inputs.json", "answer.json", "trace.zlib"):
        with pytest.raises(standalone.PackError, match="is not what was stored"):
            standalone.check_content({**sealed, name: b"{}"}, columns)
    with pytest.raises(standalone.PackError, match="is not what was stored"):
        standalone.check_content({**sealed, "salts.json": sealed["salts.json"].replace(b"00", b"01")}, columns)


def test_what_the_store_opens(services: Services, decision_id: str) -> None:
    """Values as they were given to it, with the salts of the commitments beside them."""
    row: ProvedRow = services.proofs.log.rows("decision", decision_id=decision_id)[0]
    opened, stored = services.decisions.store.opened(row), services.decisions.store.decision(decision_id)
    assert opened is not None
    assert stored is not None
    assert stored.content is not None
    assert opened["inputs"].value == stored.content.inputs
    for name, found in opened.items():
        assert found.salt is not None
        assert found.value is not None
        assert commitment(name, found.salt, found.value) == row.columns[f"{name}_commitment"]

"""A bank with releases and customers, and an auditor's machine that has never heard of Greenlane."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from greenlane.api.app import create_app
from greenlane.api.config import read_settings
from greenlane.api.wiring.services import build_services
from tests.api.callers import Caller
from tests.api.conftest import USCC
from tests.api.sandbox_here import examined_here
from tests.api.small_rules import RATES, case, changed, raised
from tests.api.submitting import submit

PEOPLE = """\
groups:
  applicant: {zh: 申请人, en: Applicant}
facts:
  uscc: {in: applicant, type: string, check: uscc, required: true, sensitivity: 3, personal: true, zh: 代码, en: Code}
"""
COMPANY = {"applicant": {"uscc": "91620900XXXX00027X"}}
"""Of the worked cases: nobody whose data could ever be erased."""

SEEDED = {
    **changed("vocabulary.yaml", "facts:\n", PEOPLE),
    "cases/A.json": case(100, "STANDARD", **COMPANY),
    "cases/B.json": case(5000, "MANUAL", **COMPANY),
}
"""The small rules, of companies with a name that is personal."""


def limited(amount: int, files: Mapping[str, str] = SEEDED) -> dict[str, str]:
    """The rules with another limit, in 万元."""
    found = changed("pricing.yaml", "| > 1000            |", f"| > {amount:<17} |", files)
    return raised(found, f"1.1.{10_000 - amount}")


CORRECTED = raised({**SEEDED, "reference/rates.csv": RATES.replace("2026-02-20,3.10", "2026-02-20,3.00")}, "1.2.0")
"""The rate of February as it should have been recorded."""


class Calendar:
    """A clock that goes on a second each time it is read, and further when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def forward(self, **by: float) -> None:
        """Some time passes."""
        self.now += timedelta(**by)


class Bank:
    """The service in a directory, with releases that decide, and the people who work with it."""

    def __init__(self, directory: Path, database_url: str, **more: str) -> None:
        keys, rules = directory / "keys", directory / "rules"
        for path, text in SEEDED.items():
            (rules / path).parent.mkdir(parents=True, exist_ok=True)
            (rules / path).write_text(text, encoding="utf-8")
        self.variables = {
            "DATABASE_URL": database_url,
            "GREENLANE_RULES": str(rules),
            "GREENLANE_RULES_MODE": "releases",
            "GREENLANE_SIGNING_KEY_FILE": str(keys / "signing.key"),
            "GREENLANE_MASTER_KEY_FILE": str(keys / "master.key"),
            "GREENLANE_KEY_STORE": f"sqlite:///{keys}/data-keys.db",
            "GREENLANE_WITNESS": str(directory / "heads.jsonl"),
        }
        """What commands need to reach the same store."""
        self.clock = Calendar()
        with examined_here():
            self.services = build_services(read_settings(self.variables | more), clock=self.clock)
        app = create_app(self.services)
        self.ann, self.dan, self.bob, self.cat, self.eve = (
            Caller(app, name) for name in ("ann", "dan", "bob", "cat", "eve")
        )

    def people(self) -> Mapping[str, Caller]:
        """Who works with it: authors, approvers, and Eve, who may do everything."""
        return {"Ann": self.ann, "Dan": self.dan, "Bob": self.bob, "Cat": self.cat, "Eve": self.eve}

    def draft(self, files: Mapping[str, str], author: Caller) -> str:
        """The id of a release that the author drafts and submits."""
        drafted = author.post("/v1/releases", {"files": files})
        assert drafted.status_code == 201, drafted.get_json()
        name = str(drafted.get_json()["release"])
        submit(author, name)
        return name

    def release(self, files: Mapping[str, str], author: Caller, approver: Caller, **when: str) -> str:
        """The id of a release that one person drafts and submits, and another approves and activates."""
        name = self.draft(files, author)
        assert approver.post(f"/v1/releases/{name}/approve").status_code == 200
        activated = approver.post(f"/v1/releases/{name}/activate", when)
        assert activated.status_code == 200, activated.get_json()
        return name

    def decide(self, body: Mapping[str, Any], query: str = "") -> dict[str, Any]:
        """The answer to an application."""
        response = self.eve.post(f"/v1/decisions{query}", body)
        assert response.status_code == 201, response.get_json()
        found: dict[str, Any] = response.get_json()
        return found

    def begun(self, release: str) -> str:
        """From when a release was in force, the last time it was activated."""
        steps = self.ann.get(f"/v1/releases/{release}").get_json()["steps"]
        return str(steps[-1]["effective_from"])


def application(amount: int = 800, day: str = "2026-03-02") -> dict[str, Any]:
    """An application of a company."""
    return {
        "application_id": "APP-1",
        "application_date": day,
        "applicant": {"uscc": USCC},
        "amount_wan": amount,
    }


NEEDED = ("cryptography", "cffi", "pycparser", "_cffi_backend*")
"""What `cryptography` is made of, by the names of what is installed."""

DAMAGE = """
import contextlib, io, json, random, runpy, sys
from pathlib import Path

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
main = runpy.run_path(str(folder / "verify.py"))["main"]
chance, tried, unnoticed = random.Random(seed), 0, []
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    whole = main([str(folder)])
    for member in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = member.read_bytes()
        for at in {0, len(content) - 1, *(chance.randrange(len(content)) for _ in range(4))}:
            changed = bytearray(content)
            changed[at] ^= chance.randrange(1, 256)
            member.write_bytes(bytes(changed))
            tried += 1
            if main([str(folder)]) != 1:
                unnoticed.append([str(member), at])
        member.write_bytes(content)
    again = main([str(folder)])
print(json.dumps({"whole": [whole, again], "tried": tried, "unnoticed": unnoticed}))
"""
"""Changes one byte after another of an unpacked pack: first and last of each member, and four between."""


def newest_key(pack: Path) -> str:
    """The public key that signed the newest head in a pack."""
    with zipfile.ZipFile(pack) as archive:
        key_id = json.loads(archive.read("head.json"))["key"]
        return str(json.loads(archive.read(f"keys/{key_id}.json"))["columns"]["public_key"])


@dataclass(frozen=True)
class Machine:
    """A Python of its own that has `cryptography` and nothing else."""

    directory: Path

    @classmethod
    def install(cls, directory: Path) -> Machine:
        """Such a machine in a directory."""
        venv.create(directory, symlinks=True)
        (packages,) = directory.glob("lib/python*/site-packages")
        installed = next(Path(path) for path in sys.path if Path(path, "cryptography").is_dir())
        for pattern in NEEDED:
            for found in installed.glob(pattern):
                (packages / found.name).symlink_to(found)
        return cls(directory)

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Python with these arguments, knowing nothing of the directory or the variables it is started in."""
        command = [str(self.directory / "bin" / "python"), "-I", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8", cwd="/")

    def has(self, package: str) -> bool:
        """Whether a package can be imported there."""
        return self.run("-c", f"import {package}").returncode == 0

    def verifies(self, pack: Path) -> subprocess.CompletedProcess[str]:
        """What the verifier that lies in a pack says of it, told the key of its newest head."""
        return self.run(self.unpacked(pack) / "verify.py", pack, "--key", newest_key(pack))

    def damages(self, pack: Path, seed: int) -> dict[str, Any]:
        """Changes single bytes of every member of a pack: how many were `tried`, and which stayed `unnoticed`."""
        done = self.run("-c", DAMAGE, self.unpacked(pack), seed)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def unpacked(self, pack: Path) -> Path:
        """A folder with the members of a pack."""
        folder = self.directory / pack.stem
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(pack) as archive:
            archive.extractall(folder)
        return folder

"""The package as others install it: a wheel, beside whatever else they have."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.cli import COMMANDS
from tests.project.sources import ROOT

BASE = ("yaml", "_yaml", "click", "rich", "pygments", "markdown_it", "mdurl", "tzdata")
"""What `pip install greenlane` brings, with what that stands on."""

SERVICE = ("flask", "sqlalchemy", "marshmallow", "msgspec", "structlog", "durable_rules_engine", "openpyxl")

STRANGER = "raise ImportError('somebody else\\'s package was imported')\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the repository holds of it."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "greenlane", "engine", "api"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in [*listed, "setup.cfg", "pyproject.toml", "README.md", "LICENSE"]:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(built), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return next(built.glob("*.whl"))


class Machine:
    """A Python with the base libraries, the wheel, and packages named `engine` and `api` of somebody else's."""

    def __init__(self, place: Path, wheel: Path) -> None:
        self.place = place / "work"
        venv.create(place / "venv", with_pip=False, symlinks=True)
        self.python = place / "venv" / "bin" / "python"
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = place / "venv" / "lib" / version / "site-packages"
        installed = Path(sysconfig.get_paths()["purelib"])
        for name in BASE:
            (packages / name).symlink_to(installed / name)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
        for folder in (packages, self.place):
            for name in ("engine", "api"):
                (folder / name).mkdir(parents=True)
                (folder / name / "__init__.py").write_text(STRANGER)

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs Python in a directory that has folders named `engine` and `api` of its own."""
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": os.environ["TMPDIR"], **settings}
        command = [str(self.python), *words]
        return subprocess.run(
            command, cwd=self.place, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    def greenlane(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs a command."""
        return self.run("-c", "from greenlane.api.cli import main; main()", *words, **settings)


@pytest.fixture(scope="module")
def machine(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One for all tests: none of them changes it."""
    return Machine(tmp_path_factory.mktemp("machine"), wheel)


def test_the_wheel_holds_one_package(wheel: Path) -> None:
    """Everything is under `greenlane`, with its types and its data."""
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"greenlane"}
    assert "greenlane/py.typed" in names
    for data in ("feel/grammar.md", "http/assets/docs.html"):
        assert [name for name in names if name.endswith(data)], data


def test_every_package_is_named() -> None:
    """The list in setup.cfg is that of the folders."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    folders = {p.parent.relative_to(ROOT) for room in ("engine", "api") for p in (ROOT / room).rglob("__init__.py")}
    wanted = {"greenlane", *(f"greenlane.{'.'.join(folder.parts)}" for folder in folders)}
    assert set(setup["options"]["packages"].split()) == wanted


def test_nothing_of_the_service_is_there(machine: Machine) -> None:
    """The tests below would not show much otherwise."""
    absent = "from importlib.util import find_spec; import sys; sys.exit(any(map(find_spec, sys.argv[1:])))"
    assert machine.run("-c", absent, *SERVICE).returncode == 0


def test_the_door_without_the_service(machine: Machine) -> None:
    """`import greenlane` decides beside packages of these names, and loads nothing before it is asked."""
    program = f"""
import sys, json, datetime, greenlane
assert not [name for name in sys.modules if name.startswith("greenlane.")], sys.modules
policy = greenlane.load({str(ROOT / "rules")!r})
application = json.load(open({str(ROOT / "examples" / "applications" / "EX-01.json")!r}))
print(policy.decide(application, as_of=datetime.date(2026, 3, 2)).status)
print(greenlane.feel.evaluate("sum(flows)", {{"flows": [0.1, 0.2]}}))
"""
    done = machine.run("-c", program)
    assert done.stdout.split() == ["APPROVE_RECOMMENDED", "0.3"], done.stderr


@pytest.mark.parametrize("case", ["EX-01", "EX-06"])
def test_analysts_commands_without_the_service(machine: Machine, case: str) -> None:
    """`check`, `decide`, `explain` and `eval` need no more than the base; rule sets run on `bitmap`, and say so."""
    rules, file = str(ROOT / "rules"), str(ROOT / "examples" / "applications" / f"{case}.json")
    assert machine.greenlane("check", rules).returncode == 0
    decided = machine.greenlane("decide", file, "--json", "--rules", rules)
    assert json.loads(decided.stdout)["status"] == _expected(case)["status"], decided.stderr
    assert "durable_rules is not installed" in decided.stderr
    assert machine.greenlane("explain", file, "--rules", rules).returncode == 0
    assert machine.greenlane("eval", "1 + 1").stdout == "2\n"


def _expected(case: str) -> dict[str, Any]:
    case_file = ROOT / "rules" / "cases" / f"{case}.json"
    return dict(json.loads(case_file.read_text(encoding="utf-8"))["expected"])


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (("serve",), "service"),
        (("audit", "verify"), "service"),
        (("explain", "no-such-decision"), "service"),
        (("export", "--xlsx", "book.xlsx", str(ROOT / "rules")), "excel"),
    ],
)
def test_what_is_missing_is_named(machine: Machine, words: tuple[str, ...], extra: str) -> None:
    """A command that needs an extra says how to install it, and does nothing."""
    done = machine.greenlane(*words)
    assert done.returncode == 1
    assert f"pip install 'greenlane[{extra}]'" in done.stderr
    assert extra == "excel" or f"`greenlane {words[0]}" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_without_the_service(machine: Machine) -> None:
    """Every command is listed; those that need an extra say which."""
    shown = machine.greenlane("--help")
    listed = shown.stdout.partition("Commands:")[2].split("\n  ")
    assert shown.returncode == 0, shown.stderr
    assert [line.split()[0] for line in listed[1:]] == list(COMMANDS)
    assert "serve      Not installed: pip install 'greenlane[service]'" in listed
    assert [line for line in listed if line.startswith("check") and "fault" in line]


def test_a_matcher_that_is_not_installed(machine: Machine) -> None:
    """Asked for by name, `rete` is refused rather than replaced."""
    program = f"import greenlane; greenlane.load({str(ROOT / 'rules')!r}, matcher='rete')"
    done = machine.run("-c", program)
    assert done.returncode == 1
    assert "greenlane[rete]" in done.stderr
    file = str(ROOT / "examples" / "applications" / "EX-01.json")
    refused = machine.greenlane("decide", file, "--rules", str(ROOT / "rules"), GREENLANE_MATCHER="rete")
    assert refused.returncode == 1
    assert "greenlane[rete]" in refused.stderr
    assert "unset GREENLANE_MATCHER" in refused.stderr

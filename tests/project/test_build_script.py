"""What `make build` says when the machine lacks something: one line, with what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.sources import ROOT

TOOLS = ("sh", "cat", "cksum", "tr", "rm", "env", "dirname", "pwd")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that the build script reads, in a folder without a virtual environment."""
    place = tmp_path / "greenlane"
    (place / "scripts").mkdir(parents=True)
    for name in ("setup.cfg", "pyproject.toml", "scripts/build.sh", *(p.name for p in ROOT.glob("*.lock"))):
        shutil.copy(ROOT / name, place / name)
    return place


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs: all that the machine has."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def program(machine: Path, name: str, text: str) -> None:
    """Puts a shell script among the programs."""
    path = machine / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def python(machine: Path, unless: str = "") -> None:
    """Puts the running Python among the programs; a script with `case` patterns may answer first."""
    program(machine, "python3", f'case "$2" in {unless} *) exec {sys.executable} "$@";; esac')


def build(copy: Path, machine: Path, **environment: str) -> tuple[int, str]:
    """Runs the script with nothing but those programs: its exit code and what it says."""
    done = subprocess.run(
        ["sh", "scripts/build.sh", "run"],
        cwd=copy,
        env={"PATH": str(machine), "TMPDIR": os.environ["TMPDIR"], **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_no_python(copy: Path, machine: Path) -> None:
    """Without Python the line says which packages bring it."""
    assert build(copy, machine) == (
        1,
        "greenlane: needs Python 3.11 or newer (found: no python3): apt-get install python3.11 python3.11-venv "
        "python3.11-dev, then run again with PYTHON=python3.11\n",
    )


def test_python_too_old(copy: Path, machine: Path) -> None:
    """An older Python is named."""
    program(machine, "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    assert build(copy, machine) == (
        1,
        "greenlane: needs Python 3.11 or newer (found: Python 3.9.2): apt-get install python3.11 python3.11-venv "
        "python3.11-dev, then run again with PYTHON=python3.11\n",
    )


def test_no_virtual_environments(copy: Path, machine: Path) -> None:
    """Debian keeps `ensurepip` in a package of its own."""
    python(machine, "*ensurepip*) exit 1;;")
    name = f"python3.{sys.version_info.minor}"
    assert build(copy, machine) == (
        1,
        f"greenlane: {machine}/python3 cannot make virtual environments (module venv or ensurepip is missing): "
        f"apt-get install {name}-venv\n",
    )


def test_no_compiler(copy: Path, machine: Path) -> None:
    """durable_rules is compiled on the spot."""
    python(machine)
    assert build(copy, machine, CC="some-cc") == (
        1,
        "greenlane: the C compiler `some-cc` is missing (durable_rules is built from source): "
        "apt-get install gcc libc6-dev\n",
    )


def test_no_python_headers(copy: Path, machine: Path) -> None:
    """Debian keeps `Python.h` in a package of its own."""
    python(machine, "*include*) echo /nowhere; exit 0;;")
    program(machine, "some-cc", "exit 0")
    code, said = build(copy, machine, CC="some-cc")
    assert code == 1
    assert said == (
        f"greenlane: the C headers of {machine}/python3 are missing (/nowhere/Python.h): "
        f"apt-get install python3.{sys.version_info.minor}-dev\n"
    )


def test_no_system_headers(copy: Path, machine: Path) -> None:
    """A compiler without the headers of the C library cannot build anything."""
    python(machine)
    program(machine, "some-cc", "cat >/dev/null; exit 1")
    assert build(copy, machine, CC="some-cc") == (
        1,
        "greenlane: the C compiler `some-cc` cannot read the system headers: apt-get install libc6-dev\n",
    )


VENV = """if [ "$1 $2" != "-m venv" ]; then exec {real} "$@"; fi
/bin/mkdir -p .venv/bin
/bin/cp "$0" .venv/bin/python
echo '#!/bin/sh
case "$*" in
    *pip*-e*) echo greenlane >> installed; /bin/cp "$0" .venv/bin/greenlane ;;
    *pip*)    for last; do :; done; echo "$last" >> installed ;;
    *)        exec {real} "$@" ;;
esac' > .venv/bin/python"""
"""A Python whose virtual environments install nothing, and write down what they were to install."""


def test_locked_first_then_the_sources(copy: Path, machine: Path) -> None:
    """As an image does it: what is locked before the sources are there, and greenlane once they are."""
    program(machine, "python3", VENV.replace("{real}", sys.executable))
    program(machine, "some-cc", "cat >/dev/null; exit 0")
    locked = ["requirements-build.lock", "requirements.lock"]
    for sources, installed in ((False, locked), (True, [*locked, *locked, "greenlane"])):
        if sources:
            (copy / "greenlane").mkdir()
            (copy / "greenlane" / "__init__.py").touch()
        code, said = build(copy, machine, CC="some-cc")
        assert code == 0, said
        assert (copy / "installed").read_text().split() == installed
    assert build(copy, machine, CC="some-cc") == (0, "")


def test_unknown_part(copy: Path) -> None:
    """Another word than run, test, bench or fuzz is a mistake of the caller."""
    done = subprocess.run(
        ["sh", "scripts/build.sh", "walk"], cwd=copy, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "scripts/build.sh: unknown part `walk`: run, test, bench or fuzz\n")

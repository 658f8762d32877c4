"""The lock files name every package with its hashes, and nothing about where they were made."""

from __future__ import annotations

import configparser
import re

import pytest

from tests.project.sources import ROOT

LOCKS = sorted(p.name for p in ROOT.glob("*.lock"))
PIN = re.compile(r"^([a-z0-9-]+)==(\S+) \\$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Version by package."""
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def plain(requirement: str) -> str:
    """The normal name of the package that a requirement asks for."""
    return re.split(r"[\[<>=]", requirement)[0].strip().lower().replace("_", "-")


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes(name: str) -> None:
    """Each line is a pin, a hash or a comment: no address, no path, no option."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"([a-z0-9-]+==\S+ \\)|(    --hash=sha256:[0-9a-f]{64}( \\)?)|( *#.*)|", line), line
        assert "/" not in line


def test_locks_agree() -> None:
    """A package has the same version wherever it is named."""
    run = pins("requirements.lock")
    for name in ("requirements-test.lock", "requirements-bench.lock", "requirements-fuzz.lock"):
        assert {p: v for p, v in pins(name).items() if p in run} == run


def test_locks_hold_what_setup_asks_for() -> None:
    """Every requirement of setup.cfg is in the lock file of its part."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = setup["options.extras_require"]
    run = [extras[extra] for extra in ("service", "rete", "excel")]
    wanted = {
        "requirements.lock": "".join([setup["options"]["install_requires"], *run]),
        "requirements-test.lock": extras["test"] + extras["quality"],
        "requirements-bench.lock": extras["bench"],
        "requirements-fuzz.lock": extras["fuzz"],
    }
    for name, requirements in wanted.items():
        assert {plain(r) for r in requirements.split("\n") if r} - set(pins(name)) == set()

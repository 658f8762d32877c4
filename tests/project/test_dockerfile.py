"""The image is built by the steps of the README, and starts what `make run` starts."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

from greenlane.api.config import read_settings
from tests.project.sources import ROOT

DOCKERFILE = re.sub(r" *\\\n *", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def instructions(name: str) -> list[str]:
    """What follows each instruction of a name."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE, re.MULTILINE)


def stages() -> list[str]:
    """The text of each stage."""
    return re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]


def test_built_by_make() -> None:
    """No second way to build: the image runs `make build`, and nothing else installs Python packages."""
    commands = " && ".join(instructions("RUN"))
    assert "make build" in commands
    assert "pip" not in commands
    assert "\nbuild:" in MAKEFILE


def test_same_system_packages_as_the_readme() -> None:
    """The README asks for the packages that the image installs; Python itself comes with the image."""
    installed = re.search(r"apt-get install --yes --no-install-recommends ([a-z0-9 +-]+?) &&", DOCKERFILE)
    asked = re.search(r"apt-get install ([a-z0-9 +-]+)", README)
    assert installed is not None
    assert asked is not None
    assert set(asked[1].split()) == {*installed[1].split(), "python3", "python3-venv", "python3-dev"}


def test_starts_what_make_run_starts() -> None:
    """One command serves, whoever starts it."""
    command = instructions("CMD")[-1]
    assert command == '[".venv/bin/greenlane", "serve"]'
    assert "$(BIN)/greenlane serve" in MAKEFILE
    assert "VENV ?= .venv\nBIN  := $(VENV)/bin\n" in MAKEFILE


def test_settings_are_known() -> None:
    """Every setting of the image is one that the service reads, and it listens where the image says."""
    found = dict(re.findall(r"(GREENLANE_[A-Z_]+)=(\S+)", stages()[-1]))
    settings = read_settings(found)
    assert settings.host == "0.0.0.0"
    assert instructions("EXPOSE") == [str(settings.port)]
    assert f"http://127.0.0.1:{settings.port}/healthz" in DOCKERFILE


def test_small_and_without_root() -> None:
    """Two slim stages of the same Python; the last one has no compiler and no root."""
    bases = [stage.split()[0] for stage in stages()]
    assert len(set(bases)) == 1
    assert bases[0].endswith("-slim")
    assert "apt-get" not in stages()[-1]
    assert instructions("USER") == ["greenlane"]
    assert "HEALTHCHECK" in stages()[-1]


def test_everything_copied_is_sent() -> None:
    """What the image copies exists and is not kept back by .dockerignore, and what it does not copy is."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    sent = [line[1:] for line in ignored if line.startswith("!")]
    copied = {s for c in instructions("COPY") if not c.startswith("--from") for s in c.split()[:-1]}
    for source in copied:
        assert list(Path(ROOT).glob(source)), source
    assert copied == {s for s in sent if any(s == c or fnmatch(c, s) for c in copied)}
    assert len(sent) == len(copied)

"""What the service is told by its environment, read once at start-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.suggest import nearest

Matcher = Literal["rete", "bitmap", "linear"]
Trace = Literal["none", "fired", "full"]

PREFIX = "GREENLANE_"
TEST_PREFIX = "GREENLANE_TEST_"
MATCHERS: tuple[Matcher, ...] = ("rete", "bitmap", "linear")
TRACES: tuple[Trace, ...] = ("none", "fired", "full")
LOG_LEVELS = ("debug", "info", "warning", "error")
DEFAULT_DATABASE = "sqlite:///var/greenlane.db"


class SettingsRefused(Exception):
    """The environment holds a value that cannot be used; `faults` has one line for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `commit_timeout` is in seconds: how long a request waits for its decision to be on disk.

    `trace` is how much trace an answer carries when the request does not say. `signing_key` is the key itself, else it
    is in `signing_key_file`, else in `keys/signing.key` of `directory`; `witness` is `heads.jsonl` there unless given.
    `master_key` and `master_key_file` are the same for `keys/master.key`; `key_store` is `keys/data-keys.db` there.
    """

    database_url: str = DEFAULT_DATABASE
    rules: Path = Path("rules")
    matcher: Matcher = "rete"
    trace: Trace = "fired"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 8
    commit_timeout: int = 10
    log_level: str = "info"
    signing_key: str | None = field(default=None, repr=False)
    signing_key_file: Path | None = None
    witness: Path | None = None
    master_key: str | None = field(default=None, repr=False)
    master_key_file: Path | None = None
    key_store: str | None = None
    retention: str = "DECLINED=5 *=30"

    @property
    def directory(self) -> Path:
        """Where files beside the database are kept: beside a SQLite file, else `var`."""
        path = self.database_url.partition("sqlite:///")[2]
        return Path(path).parent if path else Path("var")


VARIABLES: Mapping[str, str] = {
    "RULES": "rules",
    "MATCHER": "matcher",
    "TRACE": "trace",
    "HOST": "host",
    "PORT": "port",
    "WORKERS": "workers",
    "THREADS": "threads",
    "COMMIT_TIMEOUT": "commit_timeout",
    "LOG_LEVEL": "log_level",
    "SIGNING_KEY": "signing_key",
    "SIGNING_KEY_FILE": "signing_key_file",
    "WITNESS": "witness",
    "MASTER_KEY": "master_key",
    "MASTER_KEY_FILE": "master_key_file",
    "KEY_STORE": "key_store",
    "RETENTION": "retention",
}
RETENTION = re.compile(r"(?:[^\s=*]+=[0-9]{1,3} +)*\*=[0-9]{1,3}")
"""Years by status, at last those of all others."""

PATHS = ("rules", "signing_key_file", "witness", "master_key_file")
CHOICES: Mapping[str, tuple[str, ...]] = {"matcher": MATCHERS, "trace": TRACES, "log_level": LOG_LEVELS}
RANGES: Mapping[str, tuple[int, int]] = {
    "port": (0, 65535),
    "workers": (1, 64),
    "threads": (1, 64),
    "commit_timeout": (1, 60),
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`: `DATABASE_URL` and every `GREENLANE_*` variable.

    Raises `SettingsRefused` with every fault: an unknown `GREENLANE_` variable, a value not allowed or out of range.
    `GREENLANE_TEST_*` belongs to the test suite and is passed over.
    """
    faults: list[str] = []
    values: dict[str, object] = {}
    if environment.get("DATABASE_URL"):
        values["database_url"] = environment["DATABASE_URL"]
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX):
            continue
        key = VARIABLES.get(name.removeprefix(PREFIX))
        if key is None:
            faults.append(_unknown(name))
        else:
            values[key] = _value(name, key, environment[name], faults)
    if faults:
        raise SettingsRefused(tuple(faults))
    return Settings(**values)  # type: ignore[arg-type]


def _unknown(name: str) -> str:
    known = nearest(name, (PREFIX + v for v in VARIABLES))
    return f"unknown setting `{name}`" + (f": did you mean `{known}`?" if known else "")


def _value(name: str, key: str, text: str, faults: list[str]) -> object:
    if key in CHOICES:
        if text not in CHOICES[key]:
            faults.append(f"`{name}` is `{text}`: one of {', '.join(CHOICES[key])} is expected")
        return text
    if key == "retention" and not RETENTION.fullmatch(text):
        faults.append(f"`{name}` is `{text}`: years by status, the others last, are expected: `DECLINED=5 *=30`")
    if key in RANGES:
        low, high = RANGES[key]
        if not (text.isascii() and text.isdigit() and low <= int(text[:9]) <= high):
            faults.append(f"`{name}` is `{text}`: a whole number from {low} to {high} is expected")
            return low
        return int(text)
    return Path(text) if key in PATHS else text

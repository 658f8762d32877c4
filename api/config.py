"""What the service is told by its environment, read once at start-up. Touches no file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from greenlane.api.whole_numbers import whole
from greenlane.engine.decide.matching import MATCHERS, MatcherName, default_matcher
from greenlane.engine.diagnostics import nearest
from greenlane.engine.feel.scope import MAX_STEPS

Trace = Literal["none", "fired", "full"]
Access = Literal["auto", "local", "keys"]
RulesMode = Literal["files", "releases"]

PREFIX = "GREENLANE_"
TEST_PREFIX = "GREENLANE_TEST_"
CLIENT = frozenset({"GREENLANE_URL", "GREENLANE_KEY"})
"""What commands that call a service read: where it is, and the key to call it with. No settings of a service."""

TRACES: tuple[Trace, ...] = ("none", "fired", "full")
ACCESS: tuple[Access, ...] = ("auto", "local", "keys")
LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[?::1\]?")
RULES_MODES: tuple[RulesMode, ...] = ("files", "releases")
LOG_LEVELS = ("debug", "info", "warning", "error")
SHOWN = 80
"""Characters of a value that a fault repeats."""

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
DEFAULT_DATABASE = "sqlite:///var/greenlane.db"


class SettingsError(Exception):
    """The environment holds a value that cannot be used; `faults` has one line for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """What one answer holds at most: a batch goes on until its decisions have `size` bytes, and `faults` are told."""

    size: int
    faults: int


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `commit_timeout` is in seconds: how long a request waits for its decision to be on disk.

    `trace` is how much trace an answer carries when the request does not say. `signing_key` is the key itself, else it
    is in `signing_key_file`, else in `keys/signing.key` of `directory`; `witness` is `heads.jsonl` there unless given.
    `access` says who may call without a key, `rate_limit` how many requests a caller has in a minute (0: no limit).
    `oidc_…` say whose tokens are taken, `oidc_jwks` the address or file of the keys, and which claims hold what.
    `rules_mode` says what decides: the rule files, or the releases in the store, of which the rule files are the first.
    `time_zone` is where the bank's days begin.
    `draft_…` bound the processes in which rules that nobody has approved are examined: seconds of a processor, MB of
    memory and of what is found, how many at once on this machine, and how many seconds a request waits for one.
    `answer_limit` (bytes of a batch's decisions) and `fault_limit` are the `limits` of one answer.
    `decision_steps` is the work that one decision may do.
    `master_key` and `master_key_file` are the same for `keys/master.key`; `key_store` is `keys/data-keys.db` there.
    `connections` and `client_memory` (in megabytes) are what a worker has for all its clients together; the timeouts
    say in how many seconds the whole head, the whole body and the whole answer of a request must have passed.
    """

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    rules: Path = Path("rules")
    matcher: MatcherName = field(default_factory=default_matcher)
    trace: Trace = "fired"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 8
    commit_timeout: int = 10
    log_level: str = "info"
    otel_endpoint: str | None = field(default=None, repr=False)
    signing_key: str | None = field(default=None, repr=False)
    signing_key_file: Path | None = None
    witness: Path | None = None
    access: Access = "auto"
    rate_limit: int = 6000
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_jwks: str | None = None
    oidc_roles: str = "roles"
    oidc_regions: str | None = None
    rules_mode: RulesMode = "files"
    time_zone: ZoneInfo = DEFAULT_ZONE
    master_key: str | None = field(default=None, repr=False)
    master_key_file: Path | None = None
    key_store: str | None = field(default=None, repr=False)
    retention: str = "DECLINED=5 *=30"
    connections: int = 1000
    client_memory: int = 64
    head_timeout: int = 10
    body_timeout: int = 30
    answer_timeout: int = 60
    draft_seconds: int = 30
    draft_memory: int = 512
    draft_answer: int = 16
    draft_processes: int = 2
    draft_wait: int = 5
    answer_limit: int = 32_000_000
    fault_limit: int = 1000
    decision_steps: int = MAX_STEPS

    @property
    def limits(self) -> AnswerLimits:
        """What one answer holds at most."""
        return AnswerLimits(self.answer_limit, self.fault_limit)

    @property
    def directory(self) -> Path:
        """Where files beside the database are kept: beside a SQLite file, else `var`."""
        path = self.database_url.partition("sqlite:///")[2]
        return Path(path).parent if path else Path("var")

    @property
    def local(self) -> bool:
        """Whether callers on this machine need no key: by default where no other machine can call."""
        return self.access == "local" or (self.access == "auto" and LOOPBACK.fullmatch(self.host) is not None)


VARIABLES: Mapping[str, str] = {
    "RULES": "rules",
    "RULES_MODE": "rules_mode",
    "TIME_ZONE": "time_zone",
    "MATCHER": "matcher",
    "TRACE": "trace",
    "HOST": "host",
    "PORT": "port",
    "WORKERS": "workers",
    "THREADS": "threads",
    "COMMIT_TIMEOUT": "commit_timeout",
    "LOG_LEVEL": "log_level",
    "OTEL_ENDPOINT": "otel_endpoint",
    "SIGNING_KEY": "signing_key",
    "SIGNING_KEY_FILE": "signing_key_file",
    "WITNESS": "witness",
    "ACCESS": "access",
    "RATE_LIMIT": "rate_limit",
    "OIDC_ISSUER": "oidc_issuer",
    "OIDC_AUDIENCE": "oidc_audience",
    "OIDC_JWKS": "oidc_jwks",
    "OIDC_ROLES": "oidc_roles",
    "OIDC_REGIONS": "oidc_regions",
    "MASTER_KEY": "master_key",
    "MASTER_KEY_FILE": "master_key_file",
    "KEY_STORE": "key_store",
    "RETENTION": "retention",
    "CONNECTIONS": "connections",
    "CLIENT_MEMORY": "client_memory",
    "HEAD_TIMEOUT": "head_timeout",
    "BODY_TIMEOUT": "body_timeout",
    "ANSWER_TIMEOUT": "answer_timeout",
    "DRAFT_SECONDS": "draft_seconds",
    "DRAFT_MEMORY": "draft_memory",
    "DRAFT_ANSWER": "draft_answer",
    "DRAFT_PROCESSES": "draft_processes",
    "DRAFT_WAIT": "draft_wait",
    "ANSWER_LIMIT": "answer_limit",
    "FAULT_LIMIT": "fault_limit",
    "DECISION_STEPS": "decision_steps",
}
RETENTION = re.compile(r"(?:[^\s=*]+=[0-9]{1,3} +)*\*=[0-9]{1,3}")
"""Years by status, at last those of all others."""

PATHS = ("rules", "signing_key_file", "witness", "master_key_file")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "matcher": MATCHERS,
    "trace": TRACES,
    "log_level": LOG_LEVELS,
    "access": ACCESS,
    "rules_mode": RULES_MODES,
}
OIDC_NEEDED = ("OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_JWKS")
RANGES: Mapping[str, tuple[int, int]] = {
    "port": (0, 65535),
    "workers": (1, 64),
    "threads": (1, 64),
    "commit_timeout": (1, 60),
    "rate_limit": (0, 1_000_000),
    "connections": (16, 10_000),
    "client_memory": (16, 16_384),
    "head_timeout": (1, 600),
    "body_timeout": (1, 600),
    "answer_timeout": (1, 3600),
    "draft_seconds": (1, 600),
    "draft_memory": (128, 65_536),
    "draft_answer": (1, 256),
    "draft_processes": (1, 64),
    "draft_wait": (0, 60),
    "answer_limit": (1_000_000, 1_000_000_000),
    "fault_limit": (1, 1000),
    "decision_steps": (10_000, 10_000_000),
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`: `DATABASE_URL` and every `GREENLANE_*` variable.

    Raises `SettingsError` with every fault: an unknown `GREENLANE_` variable, a value not allowed or out of range.
    `GREENLANE_TEST_*` belongs to the test suite and is passed over, as are the variables of `CLIENT`.
    """
    faults: list[str] = []
    values: dict[str, object] = {}
    if environment.get("DATABASE_URL"):
        values["database_url"] = environment["DATABASE_URL"]
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name in CLIENT:
            continue
        key = VARIABLES.get(name.removeprefix(PREFIX))
        if key is None:
            faults.append(_unknown(name))
        else:
            values[key] = _value(name, key, environment[name], faults)
    _check_oidc(values, faults)
    if faults:
        raise SettingsError(tuple(faults))
    return Settings(**values)  # type: ignore[arg-type]


def _check_oidc(values: Mapping[str, object], faults: list[str]) -> None:
    missing = [name for name in OIDC_NEEDED if not values.get(VARIABLES[name])]
    if missing and len(missing) < len(OIDC_NEEDED):
        faults.append("tokens need " + ", ".join(f"`{PREFIX}{name}`" for name in missing) + " as well")
    jwks = str(values.get("oidc_jwks", ""))
    address = urlsplit(jwks) if "://" in jwks else None
    if address is not None and address.scheme != "https" and not LOOPBACK.fullmatch(address.hostname or ""):
        faults.append(f"`{PREFIX}OIDC_JWKS` is an address of another kind: a file or an https address is expected")


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
        number = whole(text, low, high)
        if number is None:
            faults.append(f"`{name}` is `{text[:SHOWN]}`: a whole number from {low} to {high} is expected")
        return number
    if key == "time_zone":
        return _zone(name, text, faults)
    return Path(text) if key in PATHS else text


def _zone(name: str, text: str, faults: list[str]) -> ZoneInfo | None:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(f"`{name}` is `{text}`: the name of a time zone is expected, as in `Asia/Shanghai`")
        return None

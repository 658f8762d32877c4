"""The password in the address of a database is in nothing that is written, whatever fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from greenlane.api.cli import main
from greenlane.api.config import SettingsError, read_settings
from greenlane.api.ledger.database import open_database, reading, writing
from greenlane.api.ledger.errors import DatabaseUrlError
from tests.api.server.running import ROOT, free_port

SECRET = "geheim7f3a9"
"""The marked password."""

NOWHERE = "127.0.0.1:1"
UNREACHABLE = (
    f"postgresql://u:{SECRET}@{NOWHERE}/d",
    f"postgres://u:{SECRET}@{NOWHERE}/d",
    f"postgresql+asyncpg://u:{SECRET}@{NOWHERE}/d",
    f"postgresql://u@{NOWHERE}/d?password={SECRET}",
    f"postgresql://u:{SECRET}@{NOWHERE}/d?sslmode=wrong",
    f"postgresql://u:{SECRET}@no-such-host.invalid/d",
    f"postgresql://u:{SECRET}@127.0.0.1:99999/d",
    f"postgresql://u:x/{SECRET}@{NOWHERE}/d",
    f"postgresql://u:x?{SECRET}@{NOWHERE}/d",
    f"postgresql://u@{NOWHERE}/d?sslpassword={SECRET}",
)
"""Addresses that are well formed, and lead to no database."""

WRONG = (
    f"postgresql://u:{SECRET}@{NOWHERE}x/d",
    f"postgresql://u:x@{SECRET}@h/d",
    f"postgresql://u:x@{SECRET}/y@h/d",
    f"postgresql://u:x@{SECRET}:1@h/d",
    f"postgresql://u:{SECRET}@[::1/d",
    f"postgresql://{NOWHERE}/d?{SECRET}=1",
    f"postgresql://{NOWHERE}/d?password={SECRET}&nosuch=1",
    f"postgresql://u:{SECRET}@/d?host=h&port={SECRET}",
    f"mysql://u:{SECRET}@h/d",
    f"oracle+{SECRET}://u:{SECRET}@h/d",
    f"u:{SECRET}@h/d",
    f"sqlite://u:{SECRET}@h",
    f"{SECRET}",
)
"""Addresses that are none: of other kinds, or with characters of a password that end it too early."""

COMMANDS = (
    ("serve",),
    ("key", "list"),
    ("audit", "verify"),
    ("db", "current"),
    ("db", "upgrade"),
    ("replay", "--all"),
    ("retention",),
    ("keys", "rotate"),
)


def everything(arguments: tuple[str, ...], environment: dict[str, str], capfd: pytest.CaptureFixture[str]) -> str:
    """All that a command writes, with the traceback of what it raises; it must not be well."""
    result = CliRunner().invoke(main, arguments, env=environment)
    assert result.exit_code != 0, arguments
    assert isinstance(result.exception, SystemExit), (arguments, repr(result.exception))
    return result.output + "".join(capfd.readouterr())


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of commands that run in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    return {"GREENLANE_RULES": str(ROOT / "rules"), "DATABASE_URL": f"sqlite:///{tmp_path}/greenlane.db"}


@pytest.mark.parametrize(
    ("name", "commands"),
    [("DATABASE_URL", COMMANDS), ("GREENLANE_KEY_STORE", (("serve",), ("key", "list"), ("keys", "rotate")))],
)
def test_what_is_no_address(
    name: str, commands: tuple[tuple[str, ...], ...], rules: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """Every command refuses it by the name of its setting, as a mistake of usage."""
    for number, url in enumerate(WRONG):
        with pytest.raises(DatabaseUrlError):
            open_database(url)
        for command in commands if number == 0 else commands[1:2]:
            shown = everything(command, {**rules, name: url}, capfd)
            assert SECRET not in shown, (command, url)
            assert name in shown, (command, url)


def test_what_leads_nowhere(rules: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """Commands say that they cannot reach it."""
    for number, url in enumerate(UNREACHABLE):
        for command in COMMANDS[1:-1] if number == 0 else COMMANDS[3:4]:
            shown = everything(command, {**rules, "DATABASE_URL": url}, capfd)
            assert SECRET not in shown, (command, url)


@pytest.mark.parametrize("command", ["db", "keys"])
def test_where_to_copy(command: str, rules: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """The address that is given to a command is not said back."""
    for url in (*WRONG[:4], UNREACHABLE[0]):
        shown = everything((command, "copy", "--to", url), rules, capfd)
        assert SECRET not in shown, url


@pytest.mark.parametrize("url", UNREACHABLE)
def test_what_is_raised(url: str) -> None:
    """Neither the error, nor what caused it, nor the traceback of both holds it, nor what describes the engine."""
    engine = open_database(url)
    assert SECRET not in repr(engine)
    for connect in (reading, writing):
        with pytest.raises(Exception) as raised, connect(engine):
            pass
        assert SECRET not in "".join(traceback.format_exception(raised.value))
    engine.dispose()


@pytest.mark.parametrize("url", WRONG)
def test_what_is_refused(url: str) -> None:
    """Not even as the context of the error, which a traceback would show."""
    with pytest.raises(DatabaseUrlError) as refused:
        open_database(url)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_settings_do_not_show_it() -> None:
    """A description of the settings, or of what is wrong with them."""
    named = ("DATABASE_URL", "GREENLANE_KEY_STORE", "GREENLANE_OTEL_ENDPOINT")
    assert SECRET not in repr(read_settings(dict.fromkeys(named, f"http://u:{SECRET}@h")))
    oidc = {"GREENLANE_OIDC_ISSUER": "i", "GREENLANE_OIDC_AUDIENCE": "a"}
    with pytest.raises(SettingsError) as refused:
        read_settings({**oidc, "GREENLANE_OIDC_JWKS": f"http://u:{SECRET}@h/jwks"})
    assert SECRET not in str(refused.value)


def test_a_service_without_its_databases(tmp_path: Path) -> None:
    """It serves, and refuses: nothing in its logs, its answers and what the system tells of its processes."""
    port, url = free_port(), UNREACHABLE[0]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": url,
        "GREENLANE_KEY_STORE": url.replace("/d", "/keys"),
        "GREENLANE_RULES": str(ROOT / "rules"),
        "GREENLANE_LOG_LEVEL": "debug",
        "GREENLANE_WORKERS": "1",
    }
    command = [sys.executable, "-c", "from greenlane.api.cli import main; main()", "serve", "--port", str(port)]
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
    try:
        answers = [answer(port, *call) for call in (("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/decisions"))]
        told = [path.read_bytes() for pid in family(process.pid) for path in titles(pid)]
        assert len(told) == 6
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert [status for status, _ in answers] == [200, 503, 503]
    written = (tmp_path / "output").read_bytes()
    assert b"store unavailable" in written
    for text in (written, *told, *(body for _, body in answers)):
        assert SECRET.encode() not in text


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def titles(pid: int) -> list[Path]:
    """Where the system tells everybody what a process is."""
    return [Path(f"/proc/{pid}/{name}") for name in ("cmdline", "comm", "stat")]


def answer(port: int, method: str, path: str) -> tuple[int, bytes]:
    """Status and body, once the service listens."""
    body = (ROOT / "examples" / "applications" / "EX-01.json").read_bytes() if method == "POST" else None
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        with suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            response = connection.getresponse()
            found = response.status, response.read() + json.dumps(response.getheaders()).encode()
            connection.close()
            return found
        time.sleep(0.1)
    raise TimeoutError

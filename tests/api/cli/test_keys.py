"""`greenlane key`."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from greenlane.api.access.key_cache import KeyCache
from greenlane.api.access.keys import is_key
from greenlane.api.cli import serve
from greenlane.api.config import Settings
from greenlane.api.principals import Principal
from greenlane.api.wiring.access_control import key_service
from tests.api.cli.conftest import Run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Where the commands keep their keys."""
    return Settings(f"sqlite:///{tmp_path}/greenlane.db")


def caller(settings: Settings, secret: str) -> Principal | None:
    """The caller that a service would see."""
    with key_service(settings) as keys:
        return KeyCache(keys.store, keys.clock, time.monotonic).principal(secret)


def test_the_secret_alone_on_standard_output(run: Run, settings: Settings) -> None:
    """So that it can be piped; what it is for stands beside it."""
    made = run("key", "create", "--role", "read", "--role", "audit", "--region", "32", "--name", "总行")
    secret = made.stdout.removesuffix("\n")
    assert is_key(secret)
    told = r"key-\w{12} \(总行\): roles audit read; regions 32; good until no end\nits secret, shown this once:\n"
    assert re.fullmatch(told, made.stderr)
    found = caller(settings, secret)
    assert found is not None
    assert ({role.value for role in found.roles}, found.regions) == ({"read", "audit"}, {"32"})


def test_listed_rotated_revoked(run: Run, settings: Settings) -> None:
    """By id; the list shows what became of each and no secret."""
    first = run("key", "create", "--role", "decide", "--expires", "2099-12-31").stdout.strip()
    header, line = run("key", "list").output.splitlines()
    assert header.split() == ["id", "name", "roles", "regions", "state", "expires_at", "step", "at", "by"]
    assert line.split()[1:6] == ["unnamed", "decide", "-", "active", "2100-01-01T00:00:00.000000Z"]
    key_id = line.split()[0]
    second = run("key", "rotate", key_id, "--grace", "15m").stdout.strip()
    assert caller(settings, first) == caller(settings, second) is not None
    third = run("key", "rotate", key_id, "--grace", "0m").stdout.strip()
    assert [caller(settings, s) is not None for s in (first, second, third)] == [False, False, True]
    assert run("key", "revoke", key_id).output == f"{key_id} is revoked\n"
    assert caller(settings, third) is None
    shown = run("key", "list").output
    assert " revoked " in shown
    assert "gl_" not in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--role", "owner"), "'owner' is not one of 'decide', 'read'"),
        (("create", "--region", "320500"), "the first two digits of a region code are expected, such as `32`"),
        (("create", "--expires", "soon"), "`soon` is no day: write `2027-06-30` or `90d`"),
        (("create", "--name", ""), "1 to 100 characters are expected"),
        (("rotate", "key-0", "--grace", "1w"), "`1w` is no duration: write `90d`, `24h` or `15m`"),
        (("rotate", "key-0", "--grace", "8d"), "`--grace` is at most 7d"),
    ],
)
def test_mistakes_of_usage(run: Run, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, with what is expected."""
    shown = run("key", *words)
    assert shown.exit_code == 2
    assert said in shown.output


def test_no_such_key(run: Run) -> None:
    """Exit code 1."""
    for words in (("rotate", "key-0"), ("revoke", "key-0")):
        shown = run("key", *words)
        assert (shown.exit_code, shown.output.splitlines()[0]) == (1, "error: there is no such resource")


def test_database_out_of_reach(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in a line."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/greenlane")
    assert run("key", "list").output == "error: the database cannot be reached\n"
    monkeypatch.setenv("DATABASE_URL", "mysql://host/name")
    assert run("key", "list").exit_code == 2


class TestFirstStart:
    """`greenlane serve` shows a key for the first admin."""

    def shown(self, settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
        """What a start writes."""
        serve.first_admin(settings)
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    def test_once(self, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
        """On standard error, with its end; the next start shows nothing."""
        said = self.shown(settings, capsys)
        found = re.search(r"shown this once, good until (\S+ \S+) UTC:\n    (gl_\S+)\n", said)
        assert found is not None
        admin = caller(settings, found[2])
        assert admin is not None
        assert [role.value for role in admin.roles] == ["admin"]
        assert self.shown(settings, capsys) == ""

    def test_not_after_an_admin_was_made(
        self, run: Run, settings: Settings, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An operator who makes the first key beforehand keeps it off standard error."""
        run("key", "create", "--role", "admin")
        assert self.shown(settings, capsys) == ""

    def test_while_the_database_is_away(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The service starts all the same, and says that it made none."""
        said = self.shown(Settings("postgresql://127.0.0.1:1/greenlane"), capsys)
        why = "`postgresql://127.0.0.1:1/greenlane`: OperationalError"
        assert said == f"greenlane: no key for a first admin was made: {why}\n"

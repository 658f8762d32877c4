"""Settings come from the environment, and a mistake there is told before anything starts."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from greenlane.api.config import VARIABLES, Access, Settings, SettingsError, read_settings


def test_nothing_set_gives_the_defaults() -> None:
    """No set-up is needed; other variables are passed over, the test suite's own as well."""
    assert read_settings({"HOME": "/root", "GREENLANE_TEST_PG_URL": "x", "DATABASE_URL": ""}) == Settings()


def test_every_variable_is_read() -> None:
    """Each value arrives with its type."""
    environment = {
        "DATABASE_URL": "postgresql://h/d",
        "GREENLANE_RULES": "/srv/rules",
        "GREENLANE_MATCHER": "bitmap",
        "GREENLANE_TRACE": "full",
        "GREENLANE_HOST": "0.0.0.0",
        "GREENLANE_PORT": "80",
        "GREENLANE_WORKERS": "4",
        "GREENLANE_THREADS": "16",
        "GREENLANE_COMMIT_TIMEOUT": "5",
        "GREENLANE_LOG_LEVEL": "debug",
        "GREENLANE_OTEL_ENDPOINT": "http://h:4318",
        "GREENLANE_SIGNING_KEY": "key",
        "GREENLANE_SIGNING_KEY_FILE": "/run/key",
        "GREENLANE_WITNESS": "/mnt/heads",
        "GREENLANE_ACCESS": "keys",
        "GREENLANE_RATE_LIMIT": "600",
        "GREENLANE_OIDC_ISSUER": "https://id.bank.example",
        "GREENLANE_OIDC_AUDIENCE": "greenlane",
        "GREENLANE_OIDC_JWKS": "jwks.json",
        "GREENLANE_OIDC_ROLES": "groups",
        "GREENLANE_OIDC_REGIONS": "provinces",
        "GREENLANE_RULES_MODE": "releases",
        "GREENLANE_TIME_ZONE": "UTC",
        "GREENLANE_MASTER_KEY": "key",
        "GREENLANE_MASTER_KEY_FILE": "/run/master",
        "GREENLANE_KEY_STORE": "postgresql://h/keys",
        "GREENLANE_RETENTION": "*=7",
        "GREENLANE_CONNECTIONS": "100",
        "GREENLANE_CLIENT_MEMORY": "32",
        "GREENLANE_HEAD_TIMEOUT": "1",
        "GREENLANE_BODY_TIMEOUT": "2",
        "GREENLANE_ANSWER_TIMEOUT": "3",
        "GREENLANE_DRAFT_SECONDS": "20",
        "GREENLANE_DRAFT_MEMORY": "256",
        "GREENLANE_DRAFT_ANSWER": "8",
        "GREENLANE_DRAFT_PROCESSES": "1",
        "GREENLANE_DRAFT_WAIT": "0",
        "GREENLANE_ANSWER_LIMIT": "2000000",
        "GREENLANE_FAULT_LIMIT": "10",
        "GREENLANE_DECISION_STEPS": "20000",
    }
    oidc = ("https://id.bank.example", "greenlane", "jwks.json", "groups", "provinces")
    files = Path("/run/key"), Path("/mnt/heads")
    first = ("postgresql://h/d", Path("/srv/rules"), "bitmap", "full", "0.0.0.0", 80, 4, 16, 5, "debug")
    last = ("releases", ZoneInfo("UTC"))
    privacy = ("key", Path("/run/master"), "postgresql://h/keys", "*=7")
    clients, drafts, limits = (100, 32, 1, 2, 3), (20, 256, 8, 1, 0), (2_000_000, 10, 20_000)
    assert read_settings(environment) == Settings(
        *(*first, "http://h:4318", "key", *files, "keys", 600, *oidc, *last, *privacy, *clients, *drafts, *limits)
    )
    assert {"GREENLANE_" + v for v in VARIABLES} | {"DATABASE_URL"} == set(environment)


def test_every_variable_is_documented() -> None:
    """docs/api.md lists each setting with its default."""
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for name in ["DATABASE_URL", *("GREENLANE_" + v for v in VARIABLES)]:
        assert f"`{name}`" in page


def test_all_faults_at_once() -> None:
    """Unknown names come with the nearest known one, wrong values with what is expected."""
    with pytest.raises(SettingsError) as refused:
        read_settings({"GREENLANE_MATCHR": "rete", "GREENLANE_TRACE": "some", "GREENLANE_PORT": "99999"})
    assert refused.value.faults == (
        "unknown setting `GREENLANE_MATCHR`: did you mean `GREENLANE_MATCHER`?",
        "`GREENLANE_PORT` is `99999`: a whole number from 0 to 65535 is expected",
        "`GREENLANE_TRACE` is `some`: one of none, fired, full is expected",
    )


@pytest.mark.parametrize("text", ["", "Beijing", "../etc/passwd", "Asia"])
def test_time_zones_by_name_only(text: str) -> None:
    """A zone that is not known is refused at the start, not when a day is first asked for."""
    with pytest.raises(SettingsError, match="time zone"):
        read_settings({"GREENLANE_TIME_ZONE": text})


@pytest.mark.parametrize("text", ["", "-1", "1.5", "１", "eight", "9" * 5000, "000000080" + "0" * 9])
def test_whole_numbers_only(text: str) -> None:
    """Nothing that merely looks like a number."""
    with pytest.raises(SettingsError):
        read_settings({"GREENLANE_PORT": text})


@pytest.mark.parametrize("name", ["GREENLANE_SIGNING_KEY", "GREENLANE_MASTER_KEY"])
def test_keys_are_not_shown(name: str) -> None:
    """Settings that end up in a log or a traceback do not tell them."""
    assert "secret" not in repr(read_settings({name: "secret"}))


@pytest.mark.parametrize(
    ("url", "directory"),
    [
        ("sqlite:///var/greenlane.db", "var"),
        ("sqlite:////srv/data/greenlane.db", "/srv/data"),
        ("sqlite:///greenlane.db", "."),
        ("postgresql://host/greenlane", "var"),
    ],
)
def test_the_directory_beside_the_database(url: str, directory: str) -> None:
    """Keys and heads are kept beside a SQLite file, so that two databases do not share them."""
    assert Settings(url).directory == Path(directory)


@pytest.mark.parametrize(
    ("host", "access", "local"),
    [
        ("127.0.0.1", "auto", True),
        ("127.8.0.1", "auto", True),
        ("::1", "auto", True),
        ("localhost", "auto", True),
        ("0.0.0.0", "auto", False),
        ("::", "auto", False),
        ("127.0.0.1.example.com", "auto", False),
        ("192.168.1.7", "auto", False),
        ("127.0.0.1", "keys", False),
        ("0.0.0.0", "local", True),
    ],
)
def test_who_needs_a_key(host: str, access: Access, local: bool) -> None:
    """Nobody calls without a key where other machines can call, unless the operator says so."""
    assert Settings(host=host, access=access).local is local


OIDC = {
    "GREENLANE_OIDC_ISSUER": "https://id.bank.example",
    "GREENLANE_OIDC_AUDIENCE": "greenlane",
    "GREENLANE_OIDC_JWKS": "https://id.bank.example/jwks",
}


def test_an_identity_provider_is_set_whole_or_not_at_all() -> None:
    """Half of it would take no token, or tokens for others."""
    assert read_settings(OIDC).oidc_issuer == "https://id.bank.example"
    with pytest.raises(SettingsError) as refused:
        read_settings({"GREENLANE_OIDC_ISSUER": "https://id.bank.example", "GREENLANE_OIDC_JWKS": ""})
    assert refused.value.faults == ("tokens need `GREENLANE_OIDC_AUDIENCE`, `GREENLANE_OIDC_JWKS` as well",)


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://id.bank.example/jwks", True),
        ("http://127.0.0.1:8080/jwks", True),
        ("http://localhost/jwks", True),
        ("/etc/greenlane/jwks.json", True),
        ("jwks.json", True),
        ("http://id.bank.example/jwks", False),
        ("ftp://id.bank.example/jwks", False),
        ("file:///etc/jwks.json", False),
    ],
)
def test_keys_come_from_where_nobody_can_change_them(address: str, good: bool) -> None:
    """Over TLS, from this machine, or from a file."""
    environment = OIDC | {"GREENLANE_OIDC_JWKS": address}
    if good:
        assert read_settings(environment).oidc_jwks == address
        return
    with pytest.raises(SettingsError, match="a file or an https address is expected"):
        read_settings(environment)


@pytest.mark.parametrize(
    "text", ["", "30", "DECLINED=5", "*=30 DECLINED=5", "DECLINED=5,*=30", "DECLINED=x *=30", "*=1000"]
)
def test_what_is_no_retention(text: str) -> None:
    """Years for everything, or nothing is accepted: what is not named must not be kept for ever unnoticed."""
    with pytest.raises(SettingsError, match="years by status, the others last, are expected"):
        read_settings({"GREENLANE_RETENTION": text})

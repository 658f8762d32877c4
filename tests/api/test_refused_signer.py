"""A service that may not sign the log any more stores nothing, and says so wherever something is to be stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from greenlane.api.app import create_app
from greenlane.api.cli import main
from greenlane.api.ledger.database import reading
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.tables import metadata
from greenlane.api.wiring.services import Services
from tests.api.callers import Caller
from tests.api.conftest import USCC
from tests.api.submitting import case_file, submit


@dataclass(frozen=True)
class Refused:
    """A service that may not sign any more, and who may do everything there; `made` are paths of what there is."""

    services: Services
    eve: Caller
    made: Mapping[str, str]


@pytest.fixture
def refused(start: Callable[..., Services], application: dict[str, Any]) -> Refused:
    """Something that each operation can be about is stored, and then the log is signed with another key."""
    services = start(rules_mode="releases")
    app = create_app(services)
    eve, ann = Caller(app, "eve"), Caller(app, "ann")
    decision, reviewed = (eve.post("/v1/decisions", application).headers["Location"] for _ in range(2))
    assert eve.post(f"{reviewed}/review", {"requested_by": "customer", "reason": "营收已更正"}).status_code == 201
    names = ("draft", "submitted", "approved", "active")
    releases = [
        ann.post("/v1/releases", {"files": files(at, application)}).get_json()["release"] for at in range(500, 504)
    ]
    made = dict(zip(names, (f"/v1/releases/{release}" for release in releases), strict=True))
    for name in names[1:]:
        submit(ann, made[name].removeprefix("/v1/releases/"))
    for name in names[2:]:
        assert eve.post(f"{made[name]}/approve").status_code == 200
    assert eve.post(f"{made['active']}/activate").status_code == 200
    key = eve.post("/v1/keys", {"name": "branch", "roles": ["read"]}).get_json()["key"]["id"]
    with services.ledger.writing() as work:
        work.log.rotate(new_signing_key())
    return Refused(services, eve, {**made, "decision": decision, "reviewed": reviewed, "key": f"/v1/keys/{key}"})


def files(limit: int, application: dict[str, Any]) -> dict[str, str]:
    """The rules with this limit, above which the application is."""
    return {"limit.yaml": f"{limit} 1.1.{1000 - limit}", "cases/EX-1.json": case_file(application, tier="ordinary")}


def stored(services: Services) -> list[Any]:
    """Every row of every table."""
    with reading(services.ledger.database) as connection:
        return [connection.execute(select(table)).all() for table in metadata.sorted_tables]


WRITING: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "POST /v1/decisions": ("/v1/decisions", lambda application: application),
    "POST /v1/decisions/{decision_id}/review": (
        "{decision}/review",
        lambda _: {"requested_by": "customer", "reason": "营收已更正"},
    ),
    "POST /v1/decisions/{decision_id}/review/outcome": (
        "{reviewed}/review/outcome",
        lambda _: {"outcome": "upheld", "comment": "结论不变"},
    ),
    "POST /v1/erasures": ("/v1/erasures", lambda _: {"customer": USCC}),
    "POST /v1/kill-switch": ("/v1/kill-switch", lambda _: {"on": True, "reason": "利率异常"}),
    "POST /v1/releases": ("/v1/releases", lambda _: {"files": {"limit.yaml": "900 1.1.0"}}),
    "POST /v1/releases/{release_id}/submit": ("{draft}/submit", lambda _: {}),
    "POST /v1/releases/{release_id}/approve": ("{submitted}/approve", lambda _: {}),
    "POST /v1/releases/{release_id}/reject": ("{submitted}/reject", lambda _: {"comment": "不可"}),
    "POST /v1/releases/{release_id}/activate": ("{approved}/activate", lambda _: {}),
    "POST /v1/releases:rollback": ("/v1/releases:rollback", lambda _: {"comment": "误伤"}),
    "POST /v1/keys": ("/v1/keys", lambda _: {"name": "branch", "roles": ["read"]}),
    "POST /v1/keys/{key_id}/rotate": ("{key}/rotate", lambda _: None),
    "POST /v1/keys/{key_id}/revoke": ("{key}/revoke", lambda _: None),
    "POST /v1/decisions:batch": ("/v1/decisions:batch", lambda application: {"applications": [application]}),
}
"""For each operation that stores something, the path it is called by here, and its body."""

READING = {"POST /v1/decisions:search", "POST /v1/decisions/{decision_id}/replay"}
"""Operations that are a POST and store nothing."""


@pytest.mark.parametrize("operation", WRITING)
def test_nothing_is_stored(refused: Refused, application: dict[str, Any], operation: str) -> None:
    """The store is unavailable, as is declared, and every row is as it was."""
    before = stored(refused.services)
    path, body = WRITING[operation]
    told = refused.eve.post(path.format(**refused.made), body(application))
    assert (told.status_code, told.get_json()["code"]) == (503, "store_unavailable")
    assert stored(refused.services) == before


def test_no_operation_is_forgotten(client: FlaskClient) -> None:
    """Every operation that is no GET is tried above, or stores nothing."""
    paths = client.get("/openapi.json").get_json()["paths"]
    methods = ("post", "put", "patch", "delete")
    found = {f"{method.upper()} {path}" for path, item in paths.items() for method in methods if method in item}
    assert found == WRITING.keys() | READING


@pytest.mark.usefixtures("refused")
def test_the_command_line_says_which_key(tmp_path: Path) -> None:
    """`greenlane erase` ends with a message, not with a crash."""
    variables = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/greenlane.db",
        "GREENLANE_RULES": str(tmp_path / "rules"),
        "GREENLANE_SIGNING_KEY_FILE": str(tmp_path / "keys" / "signing.key"),
        "GREENLANE_WITNESS": str(tmp_path / "heads.jsonl"),
    }
    done = CliRunner().invoke(main, ["erase", "--customer", USCC, "--yes"], env=variables)
    assert done.exit_code == 1
    assert "the log is signed with key" in done.output

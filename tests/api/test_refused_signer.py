"""A service that may not sign the log any more stores nothing, and says so wherever something is to be stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from greenlane.api.app import create_app
from greenlane.api.cli import main
from greenlane.api.ledger.database import reading
from greenlane.api.ledger.proof.signing_key import new_signing_key
from greenlane.api.ledger.tables import metadata
from greenlane.api.wiring.services import Services
from tests.api.callers import Caller
from tests.api.conftest import USCC

Refused = tuple[Services, Caller, str]


@pytest.fixture
def refused(start: Callable[..., Services], application: dict[str, Any]) -> Refused:
    """Somebody who may do everything, and the path of a decision that was made before the log got another key."""
    services = start()
    eve = Caller(create_app(services), "eve")
    made = eve.post("/v1/decisions", application)
    assert made.status_code == 201
    with services.ledger.writing() as work:
        work.log.rotate(new_signing_key())
    return services, eve, str(made.headers["Location"])


def stored(services: Services) -> list[Any]:
    """Every row of every table."""
    with reading(services.ledger.database) as connection:
        return [connection.execute(select(table)).all() for table in metadata.sorted_tables]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("{decision}/review", {"requested_by": "customer", "reason": "营收已更正"}),
        ("/v1/erasures", {"customer": USCC}),
        ("/v1/kill-switch", {"on": True, "reason": "利率异常"}),
        ("/v1/releases", {"files": {"limit.yaml": "900 1.1.0"}}),
        ("/v1/decisions", None),
    ],
    ids=["review", "erasure", "kill switch", "release", "decision"],
)
def test_nothing_is_stored(refused: Refused, application: dict[str, Any], path: str, body: Any) -> None:
    """The store is unavailable, as is declared, and every row is as it was."""
    services, eve, decision = refused
    before = stored(services)
    told = eve.post(path.format(decision=decision), application if body is None else body)
    assert (told.status_code, told.get_json()["code"]) == (503, "store_unavailable")
    assert stored(services) == before


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

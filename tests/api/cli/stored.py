"""A decision in the database that commands use."""

from __future__ import annotations

from pathlib import Path

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.wiring.services import build_services
from tests.api.cli.conftest import EXAMPLES, ROOT


def decide(folder: Path) -> str:
    """The id of a decision by the shipped rules in `greenlane.db` there."""
    services = build_services(Settings(database_url=f"sqlite:///{folder}/greenlane.db", rules=ROOT / "rules"))
    body = (EXAMPLES / "EX-06.json").read_bytes()
    client = create_app(services).test_client()
    answer = client.post("/v1/decisions", data=body, headers={"Content-Type": "application/json"}).get_json()
    services.close()
    return str(answer["decision_id"])

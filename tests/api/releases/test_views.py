"""What decides can be read by anyone who calls the service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from greenlane.api.app import create_app
from greenlane.api.wiring.services import Services


def test_the_current_ruleset(client: FlaskClient) -> None:
    """Its release, owner and time in force."""
    body = client.get("/v1/rulesets/current").get_json()
    assert (body["owner"], body["effective"]) == ("Tests", {"from": "2024-01-01", "until": None})
    assert body["release"]["version"] == "1.0.0"


def test_releases(start: Callable[..., Services], rules_directory: Path) -> None:
    """Every release that was started, the last first, the current one marked; each with its files."""
    create_app(start())
    (rules_directory / "limit.yaml").write_text("2000 1.1.0")
    client = create_app(start()).test_client()
    lines = client.get("/v1/releases").get_json()["releases"]
    assert sorted((line["version"], line["current"]) for line in lines) == [("1.0.0", False), ("1.1.0", True)]
    (current,) = (line for line in lines if line["current"])
    release = client.get(f"/v1/releases/{current['id']}").get_json()
    assert release.pop("steps")[0]["step"] == "loaded"
    assert release.pop("submission") is None
    assert release == {**current, "files": {"limit.yaml": "2000 1.1.0"}}
    assert client.get("/v1/releases/rel-0").status_code == 404


def test_the_vocabulary(client: FlaskClient) -> None:
    """Every fact with its place, type, labels and limits."""
    facts = {f["name"]: f for f in client.get("/v1/vocabulary").get_json()["facts"]}
    assert facts["employees"] == {
        "name": "employees",
        "path": ["applicant", "employees"],
        "type": "number",
        "zh": "中文 employees",
        "en": "employees",
        "unit": "人",
        "allowed": None,
        "minimum": 0,
        "maximum": None,
        "whole": True,
        "pattern": None,
        "check": None,
        "required": False,
        "absent": None,
        "sensitivity": 1,
        "personal": False,
    }

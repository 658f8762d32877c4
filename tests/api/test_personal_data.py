"""Personal data of the worked cases: in clear for whoever may see it, and nowhere else."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text

from greenlane.api import logs
from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.decisions.disclosure import MASKED
from greenlane.api.json_objects import encode
from greenlane.api.wiring.services import build_services
from greenlane.engine.decide.application import facts_of
from greenlane.engine.explain import mask
from greenlane.engine.json_text import decode
from tests.api.personal_callers import ADMIN, OFFICER, READER, As

ROOT = Path(__file__).parents[2]
CASES = {path.stem: path.read_bytes() for path in sorted((ROOT / "examples" / "applications").glob("*.json"))}


@dataclass(frozen=True)
class Decided:
    """A worked case that was decided with a full trace, and the values in it that are personal and tell themselves."""

    body: bytes
    answer: bytes
    path: str
    telling: frozenset[str]

    def found_in(self, content: bytes) -> set[str]:
        """The personal values in some content, as words of their own."""
        text = content.decode("utf-8", "replace")
        return {value for value in self.telling if re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w-]|\.\d)", text)}


@dataclass(frozen=True)
class World:
    """A service that has decided all worked cases."""

    directory: Path
    client: As
    cases: list[Decided]
    log: io.StringIO


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Decides every worked case; what is logged meanwhile is kept."""
    directory = tmp_path_factory.mktemp("world")
    # Without their worked cases: these are of the same companies, and rule files are not secret.
    rules = shutil.copytree(ROOT / "rules", directory / "rules", ignore=shutil.ignore_patterns("cases"))
    services = build_services(Settings(f"sqlite:///{directory}/greenlane.db", Path(rules)))
    ruleset = services.releases.policy.ruleset
    words = re.findall(r"[\w.]+", "".join(ruleset.files.values()))
    client, log = As(create_app(services)), io.StringIO()
    logs.configure("debug", log)
    cases = []
    for name, body in CASES.items():
        headers = {"Idempotency-Key": f"{name}-{decode(body)['applicant']['uscc']}"}
        made = client(None).post(
            "/v1/decisions?trace=full", data=body, headers=headers, content_type="application/json"
        )
        assert made.status_code == 201
        values = mask(ruleset, facts_of(decode(body), ruleset.vocabulary), None).values
        # A limit of the policy that happens to be somebody's figure tells nothing about them.
        telling = frozenset(str(value) for value in values if not isinstance(value, date)) - set(words)
        assert len(telling) > 2
        cases.append(Decided(body, made.data, made.headers["Location"], telling))
    yield World(directory, client, cases, log)
    structlog.reset_defaults()
    services.close()


def test_whoever_may_sees_everything(world: World) -> None:
    """Without a key, on this machine, answers are as they were given."""
    for case in world.cases:
        assert world.client(None).get(case.path).data == case.answer
        assert case.found_in(world.client(None).get(f"{case.path}/trace").data)


@pytest.mark.parametrize("rest", ["", "/trace", "/explanation"])
def test_a_reader_sees_no_personal_value(world: World, rest: str) -> None:
    """Neither in the answer, nor in its trace, nor in sentences: and what is not personal is all there."""
    for case in world.cases:
        shown, full = world.client(READER).get(case.path + rest), world.client(None).get(case.path + rest)
        assert shown.status_code == 200
        assert case.found_in(shown.data) == set()
        if rest != "/explanation":
            assert unmasked_parts(shown.get_json(), full.get_json()) == []
        else:
            assert [s["row"] for s in shown.get_json()["sentences"]] == [s["row"] for s in full.get_json()["sentences"]]


def unmasked_parts(shown: Any, full: Any) -> list[Any]:
    """Where what is shown differs from the whole other than by being masked."""
    if shown in (MASKED, full):
        return []
    if isinstance(shown, dict) and isinstance(full, dict) and shown.keys() == full.keys():
        return [part for key in full for part in unmasked_parts(shown[key], full[key])]
    if isinstance(shown, list) and isinstance(full, list) and len(shown) == len(full):
        return [part for pair in zip(shown, full, strict=True) for part in unmasked_parts(*pair)]
    if isinstance(shown, str) and isinstance(full, str) and "***" in shown:
        return []
    return [(shown, full)]


def test_a_replay_tells_a_reader_nothing(world: World) -> None:
    """It says identical, which is no personal data."""
    for case in world.cases[:3]:
        shown = world.client(READER).post(f"{case.path}/replay")
        assert shown.get_json()["identical"] is True
        assert case.found_in(shown.data) == set()


def test_a_search_masks_companies(world: World) -> None:
    """A reader who knows the code may look for it, and is not told it of others."""
    lines = world.client(READER).get("/v1/decisions?limit=100").get_json()["decisions"]
    assert len(lines) == len(world.cases)
    assert all(line["uscc"] == MASKED and line["application_id"].startswith("APP") for line in lines)
    company = decode(world.cases[0].body)["applicant"]["uscc"]
    found = world.client(READER).post("/v1/decisions:search", json={"company": company}).get_json()["decisions"]
    assert f"/v1/decisions/{found[0]['decision_id']}" in {case.path for case in world.cases}
    assert (
        world.client(None).post("/v1/decisions:search", json={"company": company}).get_json()["decisions"][0]["uscc"]
        == company
    )


def test_a_company_never_stands_in_an_address(world: World) -> None:
    """It is refused there with what to do instead, and the refusal does not repeat it."""
    company = decode(world.cases[0].body)["applicant"]["uscc"]
    refused = world.client(None).get(f"/v1/decisions?company={company}")
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (422, "in_address")
    assert company not in refused.text
    faults = world.client(None).get(f"/v1/decisions?company={company}&limit=0&compny=x").get_json()["errors"]
    told = [(f["parameter"], f["code"]) for f in faults]
    assert told == [("company", "in_address"), ("compny", "unknown_field"), ("limit", "too_small")]
    path = world.client(None).get("/openapi.json").get_json()["paths"]["/v1/decisions"]["get"]
    assert "company" not in {parameter["name"] for parameter in path["parameters"]}


def test_problems_repeat_no_value(world: World) -> None:
    """A wrong application is answered by where it is wrong, never by what stands there."""
    for case in world.cases:
        wrong = decode(case.body)
        wrong["applicant"]["uscc"] = wrong["applicant"]["uscc"][:-1] + "?"
        wrong["request"]["product"] = "NONE"
        if "financials" in wrong:
            wrong["financials"] = {key: str(value) for key, value in wrong["financials"].items()}
        refused = world.client(None).post("/v1/decisions", data=encode(wrong), content_type="application/json")
        assert refused.status_code == 422
        assert case.found_in(refused.data) == set()
        assert wrong["applicant"]["uscc"] not in refused.text


def test_logs_and_metrics_tell_nothing(world: World) -> None:
    """Every request of this page was logged and counted."""
    world.client(None).get("/v1/nowhere")
    logged = world.log.getvalue().encode()
    assert logged.count(b'"route"') > len(world.cases)
    metrics = world.client(None).get("/metrics").data
    for case in world.cases:
        strings = Decided(case.body, b"", "", frozenset(v for v in case.telling if not v.isdigit() or len(v) > 4))
        assert strings.found_in(logged) == strings.found_in(metrics) == set()


def test_the_files_hold_no_personal_text(world: World) -> None:
    """Nothing in the database, its log of writes, the witnessed heads or the key store names anyone, not even a key."""
    content = b"".join(path.read_bytes() for path in world.directory.rglob("*") if path.is_file())
    assert len(content) > 1_000_000
    for case in world.cases:
        application = decode(case.body)
        for name in (
            application["applicant"]["uscc"],
            application["applicant"].get("name"),
            application["application_id"],
        ):
            assert name is None or name.encode() not in content
        for value in case.telling:
            assert f'":{value}'.encode() not in content
            assert f'": {value}'.encode() not in content


def test_reading_for_others_is_recorded(world: World) -> None:
    """Who read what when stands in the log; masked reading is nobody's business."""
    engine = create_engine(f"sqlite:///{world.directory}/greenlane.db")
    decision_id = world.cases[-1].path.rpartition("/")[2]
    query = text("SELECT content FROM log_events WHERE kind = 'access' AND subject = :subject ORDER BY seq")

    def recorded() -> list[dict[str, Any]]:
        with engine.connect() as connection:
            return [decode(c.encode()) for c in connection.execute(query, {"subject": decision_id}).scalars()]

    before = len(recorded())
    world.client(READER).get(f"{world.cases[-1].path}/trace")
    assert len(recorded()) == before
    world.client(OFFICER).get(f"{world.cases[-1].path}/trace")
    (told,) = recorded()[before:]
    assert (told["caller"], told["what"]) == ("officer", "trace")
    assert told.keys() == {"caller", "what", "at"}
    engine.dispose()


def test_a_search_is_recorded_once(world: World) -> None:
    """One entry for a page, with the ids of all that it shows, whether it shows two decisions or all of them."""
    engine = create_engine(f"sqlite:///{world.directory}/greenlane.db")

    def entries() -> list[tuple[str, dict[str, Any]]]:
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT subject, content FROM log_events WHERE kind = 'access' ORDER BY seq")
            )
            return [(row.subject, decode(row.content.encode())) for row in rows]

    for limit in (2, len(world.cases)):
        before = len(entries())
        shown = world.client(OFFICER).get(f"/v1/decisions?limit={limit}").get_json()["decisions"]
        ((subject, told),) = entries()[before:]
        assert (subject, told["caller"], told["what"]) == ("search", "officer", "search")
        assert told["decisions"] == [line["decision_id"] for line in shown]
        assert len(shown) == limit
    before = len(entries())
    (line,) = world.client(OFFICER).get("/v1/decisions?limit=1").get_json()["decisions"]
    ((subject, told),) = entries()[before:]
    assert (subject, "decisions" in told) == (line["decision_id"], False)
    engine.dispose()


def test_an_erased_case(world: World) -> None:
    """Last: the customer of the first case is erased, and everything about them says so and what stays."""
    case, company = world.cases[0], decode(world.cases[0].body)["applicant"]["uscc"]
    denied = world.client(READER).post("/v1/erasures", json={"customer": company})
    assert denied.status_code == 403
    done = world.client(ADMIN).post("/v1/erasures", json={"customer": company})
    assert done.get_json()["erased"] is True
    answer = decode(case.answer)
    for method, rest in (("get", ""), ("get", "/trace"), ("get", "/explanation"), ("post", "/replay")):
        gone = getattr(world.client(None), method)(case.path + rest)
        assert (gone.status_code, gone.get_json()["code"]) == (410, "erased")
        remains = gone.get_json()["remains"]
        assert remains["status"] == answer["status"]
        assert "SEG-03" in remains["path"]["segmentation"]
        assert case.found_in(gone.data) == set()
    key = {"Idempotency-Key": f"EX-01-{company}"}
    again = world.client(None).post(
        "/v1/decisions?trace=full", data=case.body, headers=key, content_type="application/json"
    )
    assert (again.status_code, again.get_json()["code"]) == (410, "erased")
    assert world.client(None).post("/v1/decisions:search", json={"company": company}).get_json()["decisions"] == []
    assert world.client(ADMIN).post("/v1/erasures", json={"customer": company}).get_json()["erased"] is False
    fresh = world.client(None).post("/v1/decisions", data=case.body, content_type="application/json")
    assert fresh.status_code == 201
    assert world.client(None).get(fresh.headers["Location"]).data == fresh.data


def test_masked_values_are_typed() -> None:
    """Programs can tell a masked value from a text."""
    assert encode(MASKED) == b'{"masked":true}'
    assert Decimal(1) != MASKED

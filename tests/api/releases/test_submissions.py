"""What a submission is judged by: the worked cases that the rules own, which must reach every row that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from greenlane.api.app import create_app
from greenlane.api.config import Settings
from greenlane.api.releases.examination import Differences
from greenlane.api.releases.submission_proofs import coverage_of
from greenlane.api.wiring.services import build_services
from greenlane.engine.check.describe import ROW, ItemKey, RulesetItem
from greenlane.engine.json_text import decode
from greenlane.engine.policy import read_ruleset
from greenlane.engine.worked_cases import CaseResult
from tests.api.callers import Caller
from tests.api.conftest import SteadyClock
from tests.api.sandbox_here import examined_here
from tests.api.small_rules import CORRECTED, FILES, LOWER, case, changed, raised
from tests.api.submitting import asked, submit

Refused = tuple[str, list[tuple[str, str]]]


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Caller]:
    """An author of the small rules, where releases decide."""
    for path, text in FILES.items():
        (tmp_path / "rules" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "rules" / path).write_text(text, encoding="utf-8")
    settings = Settings(f"sqlite:///{tmp_path}/greenlane.db", tmp_path / "rules", rules_mode="releases")
    with examined_here():
        services = build_services(settings, SteadyClock())
    yield Caller(create_app(services), "ann")
    services.close()


def drafted(ann: Caller, files: Mapping[str, str]) -> str:
    """The id of a draft."""
    made = ann.post("/v1/releases", {"files": files})
    assert made.status_code == 201, made.get_json()
    return str(made.get_json()["release"])


def refused(ann: Caller, files: Mapping[str, str]) -> Refused:
    """The code of the problem, and code and place of each fault."""
    response = asked(ann, drafted(ann, files))
    assert response.status_code == 409
    body = response.get_json()
    return body["code"], [(fault["code"], fault["place"]) for fault in body["errors"]]


def scenarios(ann: Caller, files: Mapping[str, str]) -> Any:
    """What is recorded of the cases of a submission."""
    release = drafted(ann, files)
    sha256 = submit(ann, release)["evidence"]["scenarios"]
    return decode(ann.get(f"/v1/releases/{release}/evidence/{sha256}").data)


def test_the_cases_reach_what_is_changed(ann: Caller) -> None:
    """The evidence names each changed row with the cases in which it holds, and every case with its status."""
    in_force = ann.get("/v1/releases").get_json()["releases"][0]["id"]
    found = scenarios(ann, {**LOWER, "cases/C.json": case(600, "MANUAL")})
    assert found["changed"] == {
        "against": in_force,
        "rows": [
            {"row": "LIM-1", "in": "limit", "source": "pricing.yaml:14", "change": ["changed"], "cases": ["B", "C"]}
        ],
    }
    assert [(each["name"], each["status"], each["differences"]) for each in found["cases"]] == [
        ("A", "APPROVED", []),
        ("B", "REFERRED", []),
        ("C", "REFERRED", []),
    ]
    assert found["rows"] == {"total": 2, "held": 2}


def test_a_changed_row_that_no_case_reaches(ann: Caller) -> None:
    """Refused at the row; what keeps the nearest case from it is told, and how to go on."""
    files = {path: text for path, text in LOWER.items() if path != "cases/B.json"}
    assert refused(ann, files) == ("rows_not_reached", [("not_reached", "pricing.yaml:14:1")])
    (fault,) = asked(ann, drafted(ann, files)).get_json()["errors"]
    told = "the changed row `LIM-1` holds in no case; nearest is `A`: `amount_wan` is 100, not `> 500`"
    assert fault["detail"] == told
    assert fault["help"] == (
        "copy `cases/A.json`, change the application until the row holds, `greenlane test --update`"
    )


def test_a_changed_row_that_is_passed_over(ann: Caller) -> None:
    """It holds in a case, but a row before it says the result: no case shows what it does."""
    files = raised(changed("pricing.yaml", "| STANDARD | R2  ", "| STANDARD | R3  "), "1.1.0")
    del files["cases/A.json"]
    assert refused(ann, files) == ("rows_not_reached", [("not_reached", "pricing.yaml:15:1")])


def test_rows_that_are_added_or_removed(ann: Caller) -> None:
    """A new one needs a case; one that is no more has none."""
    first = FILES["pricing.yaml"].splitlines(keepends=True)[-2]
    added = first.replace("LIM-1", "LIM-0").replace("> 1000   ", "> 900000 ").replace("R1", "R0")
    more = raised({**FILES, "pricing.yaml": FILES["pricing.yaml"].replace(first, added + first)}, "1.1.0")
    assert refused(ann, more) == ("rows_not_reached", [("not_reached", "pricing.yaml:14:1")])
    without = raised({**FILES, "pricing.yaml": FILES["pricing.yaml"].replace(first, "")}, "1.1.0")
    without["cases/B.json"] = case(5000, "STANDARD")
    assert scenarios(ann, without)["changed"]["rows"] == []


def test_each_changed_row_is_told_once() -> None:
    """With all that happened to it, in the order of the files; what is removed and what is no row is left out."""
    rows = [RulesetItem(ItemKey(ROW, name), "t", {"a": "1", "b": "1"}, f"t.yaml:{n}") for n, name in enumerate("ABCD")]
    moved = RulesetItem(rows[2].key, "t", {"a": "2", "b": "2"}, "t.yaml:2")
    other = RulesetItem(ItemKey("fact", "x"), "", {"type": "number"})
    differences = Differences.between((rows[0], rows[1], rows[2]), (other, moved, rows[0], rows[3]))
    results = [CaseResult(name, "", {}, (), frozenset(held)) for name, held in (("one", "AC"), ("two", "CB"))]
    ruleset = read_ruleset({path: text.encode() for path, text in FILES.items()})
    assert coverage_of(differences, ruleset, results) == [
        {"row": "C", "in": "t", "source": "t.yaml:2", "change": ["moved", "changed"], "cases": ["one", "two"]},
        {"row": "D", "in": "t", "source": "t.yaml:3", "change": ["added"], "cases": []},
    ]


def test_requirements_need_no_case(ann: Caller) -> None:
    """They hold where something is amiss, which no case should show."""
    answer = "referred: REFERRED, requires: {R9: {then: outcome.rate > 0, zh: 须有利率, en: A rate is missing}}}"
    required = raised(changed("ruleset.yaml", "referred: REFERRED}", answer), "1.1.0")
    assert scenarios(ann, required)["changed"]["rows"] == []


def test_what_is_no_row_needs_no_case(ann: Caller) -> None:
    """Data and values are compared by what the cases say of the outcome."""
    assert scenarios(ann, CORRECTED)["changed"]["rows"] == []


def test_a_difference_names_its_rows(ann: Caller) -> None:
    """In the language asked for, and in the pointer of the case's file."""
    release = drafted(ann, changed("cases/A.json", "STANDARD", "MANUAL", LOWER))
    (fault,) = asked(ann, release).get_json()["errors"]
    assert fault["pointer"] == "/files/cases~1A.json/expected/lane"
    assert fault["detail"] == 'expected "MANUAL", decided "STANDARD" (by LIM-2)'


def test_a_case_that_is_left_out_shows(ann: Caller) -> None:
    """In the difference from the release in force, like one that expects something else."""
    files = {path: text for path, text in raised(FILES, "1.1.0").items() if path != "cases/A.json"}
    files["cases/B.json"] = case(5001, "MANUAL")
    changes = ann.get(f"/v1/releases/{drafted(ann, files)}/diff").get_json()["changes"]
    assert [(c["change"], c["kind"], c["name"], c.get("cell"), c.get("new")) for c in changes] == [
        ("removed", "case", "A", None, None),
        ("changed", "heading", "small-lending", "version", "1.1.0"),
        ("changed", "case", "B", "/application/amount_wan", "5001"),
    ]

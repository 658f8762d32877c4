"""Worked cases of a ruleset: JSON files in `cases`, read with the rules."""

from __future__ import annotations

from decimal import Decimal

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import has_errors
from greenlane.engine.rules.files import read
from tests.engine.rules.files.surroundings import with_file

CASE = '{"application": {"amount_wan": 1.50, "product": "LOAN"}, "expected": {"tier": null}}'


def test_a_case_is_part_of_the_ruleset() -> None:
    """Named by its file, numbers as decimals with their digits; its text is among the files, and so in the release."""
    ruleset = read(with_file("cases/第一.json", CASE)).ruleset
    assert ruleset is not None
    (case,) = ruleset.cases.values()
    assert (case.name, str(case.place)) == ("第一", "cases/第一.json:1:1")
    assert case.application == {"amount_wan": Decimal("1.50"), "product": "LOAN"}
    assert str(case.application["amount_wan"]) == "1.50"
    assert case.expected == {"tier": None}
    assert ruleset.files["cases/第一.json"] == CASE


@pytest.mark.parametrize(
    "path", ["case.json", "ruleset.schema.json", "cases/notes.txt", "cases/old/a.json", "x/cases/a.json"]
)
def test_other_files_are_left_alone(path: str) -> None:
    """Whatever they hold: the folder is that beside ruleset.yaml."""
    reading = read(with_file(path, "{"))
    assert reading.ruleset is not None
    assert not reading.ruleset.cases


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["GL501"]),
        ("{", ["GL501"]),
        ('{"application": {}, "application": {}, "expected": {}}', ["GL501"]),
        ('{"application": ' + "[" * 20 + "]" * 20 + "}", ["GL501"]),
        ('{"application": {"amount_wan": NaN}, "expected": {}}', ["GL501"]),
        ("[]", ["GL117"]),
        ("{}", ["GL116", "GL116"]),
        ('{"application": [], "expected": null}', ["GL117", "GL117"]),
        ('{"application": {}, "expcted": {}}', ["GL115", "GL116"]),
    ],
)
def test_what_is_no_case(text: str, codes: list[str]) -> None:
    """Each fault at the file, all at once; a ruleset with one of them does not decide."""
    reading = read(with_file("cases/a.json", text))
    assert reading.ruleset is None
    assert [d.code for d in reading.diagnostics] == codes
    assert {str(d.place) for d in reading.diagnostics} == {"cases/a.json:1:1"}


def test_an_application_that_the_rules_do_not_take() -> None:
    """Every fault of it by its pointer, as an error; one that they take is none, whatever is expected of it."""
    text = '{"application": {"product": "LOAM", "applied": "2026-02-30", "amonut_wan": 1}, "expected": {}}'
    reading = read(with_file("cases/a.json", text))
    assert reading.ruleset is not None
    found = [d for d in check(reading.ruleset) if d.code == "GL502"]
    assert has_errors(found)
    assert [d.message.partition(":")[0] for d in found] == [
        "`/application/amonut_wan`",
        "`/application/applied`",
        "`/application/product`",
    ]
    assert found[0].help == "did you mean `amount_wan`?"
    sound = read(
        with_file("cases/a.json", text.replace("LOAM", "LOAN").replace("30", "28").replace("amonut", "amount"))
    )
    assert sound.ruleset is not None
    assert not [d for d in check(sound.ruleset) if d.code == "GL502"]

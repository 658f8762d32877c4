"""docs/language.md: what is said to be read is read, and what is only described is refused by the checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from greenlane.engine.check import check
from greenlane.engine.diagnostics import DiagnosticSink, Severity
from greenlane.engine.rules.files import read
from greenlane.engine.rules.files.file_schemas import (
    ANSWER,
    COLUMN,
    DECISION,
    FACT,
    REQUIREMENT,
    RULESET,
    SECTION,
    TABLE,
)
from greenlane.engine.rules.files.schema import MapSchema
from greenlane.engine.rules.files.table_lexer import COLUMN_WORDS
from greenlane.engine.rules.files.yaml_documents import read_documents
from tests.engine.rules.files.surroundings import FILES, with_file

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
REGISTER = re.compile(r"^\| key \| (?:stands in|file) .*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)
BLOCKS = re.findall(r"^```yaml ?\S*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DIAGNOSTIC = re.compile(r"^\| (GL\d{3}) \| [EW] \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
REFUSALS = {"GL115", "GL116", "GL117", "GL118", "GL201", "GL204"}


class Entry(NamedTuple):
    """A line of the register: what is written in its first two cells, and its state."""

    key: str
    place: str
    state: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys it is about; none where it is about a form of one."""
        names = re.findall(r"`([^`]+)`", self.key)
        return tuple(names) if ", ".join(f"`{name}`" for name in names) == self.key else ()


def _entries() -> list[Entry]:
    lines = "".join(REGISTER.findall(PAGE)).splitlines()
    cells = [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines]
    return [Entry(each[0], place, each[-1]) for each in cells for place in each[1].split(", ")]


ENTRIES = _entries()
SCHEMAS: Mapping[str, MapSchema] = {
    "ruleset": RULESET,
    "answer": ANSWER,
    "requirement": REQUIREMENT,
    "fact": FACT,
    "decision": DECISION,
    "section": SECTION,
    "table": TABLE,
    "column": COLUMN,
}
TABLE_OF_ROWS = """\
decision: x
title: {zh: 甲, en: A}
hit: collect
undetermined: ignore
outputs: {points: {type: number}}
rows: |
  id  | rating | points
  R-1 | AAA    | 1
"""
IN_SECTIONS = (
    TABLE_OF_ROWS.replace("rows: |", "sections:\n  - rows: |")
    .replace("  id ", "      id ")
    .replace("  R-1", "      R-1")
)


def _in(path: str, old: str, new: str) -> dict[str, bytes]:
    """The small ruleset with a piece of one of its files exchanged."""
    assert old in FILES[path]
    return with_file(path, FILES[path].replace(old, new, 1))


def _manifest(line: str) -> dict[str, bytes]:
    return with_file("ruleset.yaml", FILES["ruleset.yaml"] + line + "\n")


def _answer(old: str, new: str) -> dict[str, bytes]:
    return _in("ruleset.yaml", old, new)


def _fact(kind: str) -> dict[str, bytes]:
    return _in("vocabulary.yaml", "type: number, unit: 人, min: 0, whole: true", kind)


def _decision(line: str) -> dict[str, bytes]:
    return with_file("decision.yaml", TABLE_OF_ROWS.replace("hit: collect", f"{line}\nhit: collect"))


def _section(line: str) -> dict[str, bytes]:
    return with_file("decision.yaml", IN_SECTIONS.replace("  - rows: |", f"  - {line}\n    rows: |"))


def _column(name: str) -> dict[str, bytes]:
    text = TABLE_OF_ROWS.replace("points\n  R-1", f"points | {name}\n  R-1").replace("| 1\n", "| 1 | x\n")
    return with_file("decision.yaml", text)


def _table(line: str) -> dict[str, bytes]:
    return _in("reference/reference.yaml", "    dated by: published\n", f"    dated by: published\n    {line}\n")


# What is only described, as an author would write it, by its key and the place it stands in.
SAMPLES: Mapping[tuple[str, str], Mapping[str, bytes]] = {
    ("`languages`", "ruleset"): _manifest("languages: [zh, en]"),
    ("`units`", "ruleset"): _manifest("units: {元: {zh: 元, en: CNY}}"),
    ("`application`", "ruleset"): _manifest("application: {as_of: applied}"),
    ("`portfolio`", "ruleset"): _manifest("portfolio: {by: {product: product}}"),
    ("`monitoring`", "ruleset"): _manifest("monitoring: {alarms: alarms}"),
    ("`statuses`", "answer"): _answer(
        "referred: REFERRED", "referred: REFERRED, statuses: {REFERRED: {zh: 转, en: R}}"
    ),
    ("`shows`", "answer"): _answer("referred: REFERRED", "referred: REFERRED, shows: {a: {is: outcome.status}}"),
    ("`invariant`", "requirement"): _answer(
        "referred: REFERRED", "referred: REFERRED, requires: {Q1: {invariant: a, zh: 无, en: None}}"
    ),
    ("`type: list`, `type: context`", "fact"): _fact("type: list"),
    ("`of`", "fact"): _fact("type: number, of: number"),
    ("`allowed: from …`", "fact"): _fact("type: string, allowed: from rates.tenor"),
    ("`order`", "fact"): _fact("type: string, allowed: [A, B], order: [B, A]"),
    ("`better`", "fact"): _fact("type: number, better: higher"),
    ("`step`", "fact"): _fact("type: number, step: 1"),
    ("`changed by`", "fact"): _fact("type: number, changed by: customer"),
    ("`disclose`", "fact"): _fact("type: number, disclose: false"),
    ("`accept`", "fact"): _fact("type: number, accept: {GL315: kept}"),
    ("`complete`", "decision"): _decision("complete: once"),
    ("`complete`", "section"): _section("complete: once"),
    ("`because`", "decision"): _decision("because: on purpose"),
    ("`because`", "section"): _section("because: on purpose"),
    ("`clause`", "decision"): _decision("clause: B6"),
    ("`clause`", "section"): _section("clause: B6"),
    ("`accept`", "decision"): _decision("accept: {GL321: on purpose}"),
    ("`accept`", "section"): _section("accept: {GL321: on purpose}"),
    ("`disclose`", "decision"): _decision("disclose: false"),
    ("`clause`", "row"): _column("clause"),
    ("`accept`", "row"): _column("accept"),
    ("`replaces`", "row"): _column("replaces"),
    ("`key`", "table"): _table("key: [tenor, published]"),
    ("`accept`", "table"): _table("accept: {GL350: kept}"),
    ("`clauses`", "clauses.yaml"): with_file("clauses.yaml", "clauses: {B6: {source: x, zh: 甲, en: A}}\n"),
    ("`invariants`", "invariants.yaml"): with_file(
        "invariants.yaml", "invariants: {a: {then: listed, zh: 甲, en: A}}\n"
    ),
    ("`events`", "events.yaml"): with_file("events.yaml", "events: {overdue: {zh: 逾期, en: Overdue}}\n"),
    ("`windows`", "events.yaml"): with_file("events.yaml", "windows: {n: count of overdue in 90 days}\n"),
    ("`stages`", "financings.yaml"): with_file("financings.yaml", "stages: {need: {zh: 需求, en: Need}}\n"),
    ("`figures`", "figures.yaml"): with_file("figures.yaml", "figures: {n: {of: decisions, value: count}}\n"),
}
# Bounds of a list go with `type: list`.
WITHIN_ANOTHER = {("`min`, `max` of a list", "fact")}
# What is said of them is not whether they can be written.
BEHAVIOUR = {("`version` that must rise", "ruleset"), ("`covers`, enforced", "table")}
# Places that are described themselves, and folders.
NOT_THERE = {"application", "portfolio", "monitoring", "monitoring/*.yaml", "cases/*.json"}


def _known(place: str, key: str) -> bool:
    if place == "row":
        return key in COLUMN_WORDS
    return key in SCHEMAS[place].names


def test_the_register_is_there() -> None:
    """Every state is one of the two, and every place one that is known."""
    assert len(ENTRIES) > 70
    assert {entry.state for entry in ENTRIES} == {"read", "described"}
    places = {place for _, place in SAMPLES} | SCHEMAS.keys() | NOT_THERE | {"row", "scenarios/*.feature"}
    assert {entry.place for entry in ENTRIES} <= places


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.keys and (e.place in SCHEMAS or e.place == "row")], ids=str)
def test_the_state_of_a_key_is_the_readers(entry: Entry) -> None:
    """Read: the schema has it. Described: it has not."""
    assert [_known(entry.place, key) for key in entry.keys] == [entry.state == "read"] * len(entry.keys)


def test_whatever_is_described_has_a_sample() -> None:
    """And nothing else has."""
    described = {(entry.key, entry.place) for entry in ENTRIES if entry.state == "described"}
    outside = {(key, place) for key, place in described if place in NOT_THERE or place.startswith("scenarios")}
    assert described - outside - BEHAVIOUR - WITHIN_ANOTHER == SAMPLES.keys()


@pytest.mark.parametrize("text", [TABLE_OF_ROWS, IN_SECTIONS])
def test_what_samples_are_put_into_is_right(text: str) -> None:
    """So that nothing but the sample is refused."""
    assert read(with_file("decision.yaml", text)).diagnostics == ()


@pytest.mark.parametrize(("key", "place"), SAMPLES, ids=str)
def test_whatever_is_described_is_refused(key: str, place: str) -> None:
    """With one of the usual messages, at the place where it is written."""
    reading = read(SAMPLES[key, place])
    found = [*reading.diagnostics, *(check(reading.ruleset) if reading.ruleset else ())]
    errors = {d.code for d in found if d.severity is Severity.ERROR}
    assert errors & REFUSALS


@pytest.mark.parametrize("text", BLOCKS, ids=[text.split("\n")[0] for text in BLOCKS])
def test_an_example_is_the_yaml_of_rule_files(text: str) -> None:
    """Whatever its keys mean."""
    sink = DiagnosticSink()
    read_documents("example.yaml", text, sink)
    assert sink.sorted() == ()


def test_every_diagnostic_is_said_in_both_languages() -> None:
    """In Chinese, and in English without a final period; no code twice."""
    found = DIAGNOSTIC.findall(PAGE)
    assert len(found) > 20
    assert len({code for code, *_ in found}) == len(found)
    for _, _, zh, en in found:
        assert re.search("[一-鿿]", zh)
        assert not re.search("[一-鿿]", en)
        assert not en.endswith(".")

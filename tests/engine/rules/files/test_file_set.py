"""A cache of earlier readings changes nothing but the time that reading takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.engine.decide import LogicCache, TraceLevel, compile_ruleset
from greenlane.engine.rules.files import ParseCache, read
from tests.engine.rules.files.surroundings import with_file
from tests.engine.rules.files.test_bad_files import BAD, NAMES
from tests.examples import examples

SIZES = """\
decision: size
title: {zh: 规模, en: Size}
hit: first
undetermined: refer
outputs:
  size: {type: string, allowed: [S, L], zh: 规模, en: Size}
rows: |
  id | amount_wan | rating | size
  A  | < 100      | AAA    | S
  B  | >= 100     | -      | L
---
decision: twice
title: {zh: 两倍, en: Twice}
parameters: [amount_wan]
value: amount_wan * 2
"""
EDITS = (
    ("< 100 ", "< 200 "),
    (">= 100", ">= 1x0"),
    ("| S\n", "| M\n"),
    ("AAA", "AAAA"),
    ("amount_wan * 2", "amount_wan * tenor_months"),
    ("amount_wan * 2", "amount_wan * nothing_of_this_name"),
    ("growth rate", "growth"),
    ("amount_wan: {type: number", "amount_wan: {type: string"),
    ("allowed: [AAA, AA, A, none]", "allowed: [AAA, AA, none]"),
    ("version: 1.0.0", "version: 1.0.1"),
    ("title: {zh: 状态, en: Status}\n", ""),
    ("decision: twice", "decision: size"),
    ("---\ndecision: twice", "--- here\ndecision: twice"),
    ("title: {zh: 规模", "\n\n\ntitle: {zh: 规模"),
    ("3.45", "3.55"),
    ("published: {type: date}", "day: {type: date}"),
)


def edited(edits: frozenset[int]) -> dict[str, bytes]:
    """The small ruleset with some of the edits made."""
    files = with_file("sizes.yaml", SIZES.encode())
    for number in sorted(edits):
        before, after = EDITS[number]
        files = {path: text.replace(before.encode(), after.encode(), 1) for path, text in files.items()}
    return files


def test_every_edit_is_seen() -> None:
    """No edit of the list leaves the files as they are."""
    assert all(edited(frozenset([number])) != edited(frozenset()) for number in range(len(EDITS)))


@settings(max_examples=examples(35), deadline=None)
@given(st.lists(st.frozensets(st.integers(0, len(EDITS) - 1), max_size=3), min_size=2, max_size=6))
def test_a_cache_changes_nothing(history: list[frozenset[int]]) -> None:
    """Whatever was read before, with faults or without, a reading is the same as the first one would be."""
    cache = ParseCache()
    for edits in history:
        files = edited(edits)
        assert read(files, cache) == read(files)


def test_bad_files_one_after_the_other() -> None:
    """Faults are told anew each time, at their places, also between two readings of the same good files."""
    cache = ParseCache()
    good = with_file("sizes.yaml", SIZES.encode())
    for path in BAD:
        for files in (with_file(NAMES[path.parent.name], path.read_bytes()), good):
            assert read(files, cache) == read(files), path.name


def test_what_has_not_changed_is_the_same_object() -> None:
    """A changed cell costs its own decision: all others are not read again."""
    cache = ParseCache()
    before, after = (read(edited(frozenset(edits)), cache).ruleset for edits in ((), (0,)))
    assert before is not None
    assert after is not None
    same = {name for name, decision in after.decisions.items() if decision is before.decisions[name]}
    assert same == after.decisions.keys() - {"size"}


def test_names_that_change_are_read_by_all() -> None:
    """A decision may be another when a name is: none of them is taken from the cache."""
    cache = ParseCache()
    before, after = (read(edited(frozenset(edits)), cache).ruleset for edits in ((), (6,)))
    assert before is not None
    assert after is not None
    assert not any(decision is before.decisions[name] for name, decision in after.decisions.items())


def test_memory_of_logic_changes_nothing() -> None:
    """Rulesets that share logic decide as each would alone, also when other decisions come and go."""
    texts, logics = ParseCache(), LogicCache()
    facts = {"amount_wan": Decimal(150), "rating": "AAA", "tenor_months": Decimal(3)}
    for edits in ((), (0,), (4,), (0, 4), (9,), ()):
        files = edited(frozenset(edits))
        files["answer.yaml"] = files["answer.yaml"].replace(b'"{status: status}"', b'"{s: size, t: twice(3)}"')
        shared, alone = read(files, texts).ruleset, read(files).ruleset
        assert shared is not None
        assert alone is not None
        day = date(2024, 5, 1)
        remembered = compile_ruleset(shared, "bitmap", logics).decide(facts, day, TraceLevel.FULL)
        anew = compile_ruleset(alone, "bitmap").decide(facts, day, TraceLevel.FULL)
        assert remembered == anew
        assert remembered.trace == anew.trace


def test_the_oldest_documents_are_forgotten() -> None:
    """The cache is bounded, whatever is read."""
    cache = ParseCache()
    for number in range(30):
        files = edited(frozenset())
        parts = [f"decision: d{number}_{i}\ntitle: {{zh: a, en: a}}\nvalue: {i}\n" for i in range(100)]
        assert read({**files, "many.yaml": "---\n".join(parts).encode()}, cache).ruleset is not None
    assert len(cache.documents) == 1024

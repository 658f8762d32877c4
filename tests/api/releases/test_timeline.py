"""Which release is in force follows from the steps and the moment alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.releases.records import StepRecord
from greenlane.api.releases.timeline import Timeline, covers

LIFE = {"drafted", "submitted", "approved", "rejected"}


def day(number: int) -> str:
    """A moment on a day of March 2026."""
    return f"2026-03-{number:02}T00:00:00.000000Z"


def timeline(*lines: str) -> Timeline:
    """Steps from lines of: day recorded, kind, release, and for steps that take effect `from-until` as days."""
    steps = []
    for seq, line in enumerate(lines, 1):
        recorded, kind, release, *period = line.split()
        first, _, last = period[0].partition("-") if period else ("", "", "")
        more: dict[str, Any] = {"effective_from": day(int(first)) if first else None}
        more["effective_until"] = day(int(last)) if last else None
        steps.append(
            StepRecord(
                None if release == "-" else release,
                kind.replace("_", " "),  # type: ignore[arg-type]
                "ann" if kind in {"drafted", "submitted"} else "bob",
                day(int(recorded)),
                **more,
                seq=seq,
            )
        )
    return Timeline(tuple(steps))


PLANNED = timeline("1 seeded A 1", "2 activated B 10", "3 activated C 3-10", "12 rolled_back A 10")


@pytest.mark.parametrize(
    ("known", "at", "release"),
    [
        (1, 5, "A"),
        (1, 20, "A"),
        (2, 9, "A"),
        (2, 10, "B"),
        (3, 2, "A"),
        (3, 3, "C"),
        (3, 9, "C"),
        (3, 10, "B"),
        (12, 9, "C"),
        (12, 10, "A"),
        (12, 20, "A"),
    ],
)
def test_the_last_step_recorded_of_those_in_effect(known: int, at: int, release: str) -> None:
    """A plan waits for its day; a hotfix before it lasts until then; a rollback takes back the whole period."""
    step = PLANNED.known_at(day(known)).in_force(day(at))
    assert step is not None
    assert step.release_id == release


def test_nothing_before_the_first_step() -> None:
    """Neither before its time nor before it was known."""
    assert timeline("1 seeded A 5").in_force(day(4)) is None
    assert timeline("2 seeded A 1").known_at(day(1)).in_force(day(4)) is None


def test_a_correction_of_the_past() -> None:
    """As known before its recording the past is as it was; as known since, it is corrected."""
    found = timeline("1 seeded A 1", "20 activated B 5")
    assert [s.release_id for s in (found.in_force(day(6)), found.in_force(day(4))) if s] == ["B", "A"]
    then = found.known_at(day(19)).in_force(day(6))
    assert then is not None
    assert then.release_id == "A"


@pytest.mark.parametrize(
    ("lines", "now", "states"),
    [
        (["1 drafted A"], 1, {"A": "draft"}),
        (["1 drafted A", "2 submitted A"], 2, {"A": "submitted"}),
        (["1 drafted A", "2 submitted A", "3 rejected A"], 3, {"A": "rejected"}),
        (["1 drafted A", "2 submitted A", "3 approved A"], 3, {"A": "approved"}),
        (["3 approved A", "3 activated A 9"], 8, {"A": "approved"}),
        (["3 approved A", "3 activated A 9"], 9, {"A": "active"}),
        (["1 seeded A 1", "3 approved B", "3 activated B 9"], 8, {"A": "active", "B": "approved"}),
        (["1 seeded A 1", "3 approved B", "3 activated B 9"], 9, {"A": "superseded", "B": "active"}),
        (["1 seeded A 1", "3 activated B 9", "9 rolled_back A 9"], 9, {"A": "active", "B": "superseded"}),
        (["1 loaded A"], 1, {"A": "superseded"}),
    ],
)
def test_the_state_of_a_release_follows_from_its_steps(lines: list[str], now: int, states: dict[str, str]) -> None:
    """Superseded is never written down: it is what another release's time makes of it."""
    found = timeline(*lines)
    assert {release: found.state(release, day(now)) for release in states} == states


def test_plans() -> None:
    """What is still to come, the soonest first; a plan that a later step overrides is none any more."""
    found = timeline("1 seeded A 1", "2 activated C 20", "3 activated B 10-20", "4 activated D 25", "5 activated E 25")
    assert [s.release_id for s in found.planned(day(5))] == ["B", "C", "E"]
    assert found.until_the_next_plan(day(5), day(5)) == day(10)
    assert found.until_the_next_plan(day(1), day(12)) == day(20)
    assert found.until_the_next_plan(day(26), day(5)) is None


def test_the_kill_switch() -> None:
    """The last of its steps says whether it is on."""
    found = timeline("1 seeded A 1", "2 stopped -", "3 resumed -", "4 stopped -")
    on = [found.known_at(day(number)).stopped for number in range(1, 5)]
    assert [step.seq if step else None for step in on] == [None, 2, None, 4]


def test_authors_are_all_who_drafted_or_submitted() -> None:
    """Over every round."""
    steps = timeline("1 drafted A", "2 submitted A", "3 rejected A", "4 submitted A", "5 approved A")
    assert steps.authors("A") == {"ann"}
    last = steps.submitted("A")
    assert last is not None
    assert last.seq == 4


periods = st.tuples(st.sampled_from("ABC"), st.integers(1, 20), st.none() | st.integers(1, 8))


@given(st.lists(periods, max_size=8), st.integers(0, 8), st.integers(1, 28))
def test_against_the_obvious_way(given_periods: list[tuple[str, int, int | None]], known: int, at: int) -> None:
    """Painting the days one step after the other leaves on each day the release that is in force there."""
    steps = tuple(
        StepRecord(release, "activated", "bob", day(seq), day(first), day(first + length) if length else None, seq=seq)
        for seq, (release, first, length) in enumerate(given_periods, 1)
    )
    painted: dict[int, str] = {}
    for seq, (release, first, length) in enumerate(given_periods, 1):
        if known == 0 or seq <= known:
            painted |= dict.fromkeys(range(first, first + length if length else 40), release)
    whole = Timeline(steps)
    found = (whole.known_at(day(known)) if known else whole).in_force(day(at))
    assert (found.release_id if found else None) == painted.get(at)


@given(st.lists(periods, max_size=6), st.integers(1, 25), st.integers(1, 25), st.integers(1, 28))
def test_a_new_step_leaves_plans_in_place(
    given_periods: list[tuple[str, int, int | None]], now: int, begin: int, at: int
) -> None:
    """A step that ends where the next plan begins changes nothing from there on."""
    steps = tuple(
        StepRecord(release, "activated", "bob", day(1), day(first), day(first + length) if length else None, seq=seq)
        for seq, (release, first, length) in enumerate(given_periods, 1)
    )
    before = Timeline(steps)
    until = before.until_the_next_plan(day(begin), day(now))
    added = StepRecord("D", "activated", "bob", day(1), day(begin), until, seq=len(steps) + 1)
    found = Timeline((*steps, added)).in_force(day(at))
    assert (found is not None and found.release_id == "D") == covers(added, day(at))
    if until is not None and day(at) >= until:
        assert found == before.in_force(day(at))

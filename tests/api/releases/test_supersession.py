"""What an activation takes the place of is told before it is final."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.api.releases.records import StepRecord
from greenlane.api.releases.timeline import Activation, Timeline, superseded, warning
from tests.api.releases.test_timeline import day, timeline

THREE = timeline("1 seeded A 1", "10 activated B 10", "20 activated C 20")
ENDED = timeline("1 seeded A 1", "2 activated B 5-10", "3 activated C 8-12")

CASES = """
before | period | release | takes the place of         | warned of
THREE  | 25     | D       | C 25-                      | -
THREE  | 3-10   | D       | A 3-10                     | -
THREE  | 3      | D       | A 3-10, B 10-20, C 20-     | B C
THREE  | 10-20  | D       | B 10-20                    | -
THREE  | 3-15   | D       | A 3-10, B 10-15            | B
THREE  | 3      | C       | A 3-10, B 10-20            | B
THREE  | 20     | C       | -                          | -
ENDED  | 1      | D       | A 1-5, B 5-8, C 8-12, A 12- | B C
"""


def step(release: str, first: int, last: int | None) -> StepRecord:
    """An activation that is recorded after all others."""
    until = day(last) if last is not None else None
    return StepRecord(release, "activated", "bob", day(28), day(first), until, seq=99)


@pytest.mark.parametrize("line", CASES.strip().splitlines()[1:])
def test_what_is_replaced(line: str) -> None:
    """Stretch by stretch; a release takes nothing from itself, and what began before is no surprise."""
    name, period, release, places, warned = (cell.strip() for cell in line.split("|"))
    first, _, last = period.partition("-")
    new = step(release, int(first), int(last) if last else None)
    found = superseded({"THREE": THREE, "ENDED": ENDED}[name], new)
    told = [f"{o.step.release_id} {int(o.since[8:10])}-{int(o.until[8:10]) if o.until else ''}" for o in found]
    assert (", ".join(told) or "-") == places
    text = warning(Activation(new, found, recorded=False))
    later = [o.step.release_id for o in found if (o.step.effective_from or "") > day(int(first))]
    assert (" ".join(filter(None, later)) or "-") == warned
    assert (text is None) == (warned == "-")
    if text is not None:
        assert all(name in text.zh and name in text.en for name in warned.split())
        assert next(o.since for o in found if o.step.release_id == warned.split()[0]) in text.en


STEPS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 20), st.none() | st.integers(1, 8)), min_size=1, max_size=6
)


@given(STEPS, st.tuples(st.sampled_from("ABCD"), st.integers(1, 20), st.none() | st.integers(1, 8)))
def test_nothing_else_changes(steps: list[tuple[str, int, int | None]], new: tuple[str, int, int | None]) -> None:
    """At every moment the release in force is another one afterwards exactly where a stretch says so."""
    records = [step(release, first, first + length if length else None) for release, first, length in steps]
    before = Timeline(tuple(records))
    last = step(new[0], new[1], new[1] + new[2] if new[2] else None)
    after = Timeline((*records, last))
    found = superseded(before, last)
    for moment in map(day, range(1, 30)):
        was, now = before.in_force(moment), after.in_force(moment)
        within = [o for o in found if o.since <= moment and (o.until is None or moment < o.until)]
        if was is not None and now is not None and was.release_id != now.release_id:
            assert [o.step.release_id for o in within] == [was.release_id]
        else:
            assert within == []

"""Rows found by the network."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from greenlane.engine.decide.matching import RuleSetTooLargeError, conditions_of, matcher_of
from greenlane.engine.decide.matching.rete import Network
from tests.engine.decide.matching.building import Line, table

LINES = [
    Line({"p": "1"}, "x > 1"),
    Line({"p": "2"}, "x > 2"),
    Line({"p": "1, 2"}, "x > 3"),
    Line(when="x > 4"),
]


def test_the_network_hears_only_of_rows_that_the_arguments_leave_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call for one product does not tell it the conditions of all other products."""
    told: list[dict[int, int]] = []
    run = Network.run

    def noting(self: Network, codes_of: Any) -> Any:
        told.append(dict(codes_of(0, ())))
        return run(self, codes_of)

    monkeypatch.setattr(Network, "run", noting)
    matcher = matcher_of("rete", conditions_of(table(LINES), varying=frozenset({"p"})))
    shared = matcher.share({"x": Decimal(9)})
    held = [matcher.match({"x": Decimal(9), "p": Decimal(p)}, 0b1111, shared=shared).held for p in (1, 2, 3)]
    assert held == [0b1101, 0b1110, 0b1000]
    assert [len(codes) for codes in told] == [5, 5, 1]


def test_rows_that_fire_on_an_undetermined_condition_are_undetermined() -> None:
    """Held only where all conditions are true."""
    matcher = matcher_of("rete", conditions_of(table([Line({"x": "> 1"}), Line({"x": "> 1, null"}), Line({"y": "1"})])))
    assert matcher.match({"x": None, "y": Decimal(1)}, 0b111) == (0b110, 0b001, None, {})


def test_a_row_that_asks_for_too_much_is_refused_when_built() -> None:
    """Never while deciding."""
    endless = Line(when=" and ".join(f"x != {n}" for n in range(300)))
    with pytest.raises(RuleSetTooLargeError):
        matcher_of("rete", conditions_of(table([endless])))

"""Three ways, one answer: rows tried one by one, by bit masks and by the network, on generated tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenlane.engine.decide.matching import bits, conditions_of, matcher_of
from greenlane.engine.feel import STRICT, evaluate_node, parse_expression
from greenlane.engine.feel.values import FeelFunction
from tests.engine.decide.matching.building import Line, table
from tests.examples import examples

NUMBERS = st.sampled_from(("0", "1", "1.5", "2", "2.00", "-3"))
TEXTS = st.sampled_from(('"a"', '"b"', '"c"', '""'))
DAYS = st.sampled_from(('date("2026-03-01")', '@"2026-03-02"', '@"2026-03-31"'))
CONSTANTS = st.one_of(NUMBERS, TEXTS, DAYS, st.sampled_from(("true", "false", "null")))
ORDER = st.sampled_from(("<", "<=", ">", ">="))
NAMES = ("x", "y", "z")

_ends = st.tuples(st.sampled_from("[("), NUMBERS, NUMBERS, st.sampled_from("])"))
_range = _ends.map(lambda e: f"{e[0]}{e[1]}..{e[2]}{e[3]}")
_limit = st.tuples(ORDER, st.one_of(NUMBERS, TEXTS, DAYS)).map(" ".join)
_test = st.one_of(CONSTANTS, _range, _limit, st.just("null"), CONSTANTS.map(lambda c: f"!= {c}"))
_about_input = st.tuples(ORDER, NUMBERS, ORDER, NUMBERS).map(lambda t: f"? {t[0]} {t[1]} and ? {t[2]} {t[3]}")
_tests = st.lists(_test, min_size=1, max_size=3).map(", ".join)
CELLS = st.one_of(_tests, _tests.map(lambda t: f"not({t})"), st.just("-"), _about_input, st.just("> y"), st.just("= z"))

_name = st.sampled_from(NAMES)
_atom = st.one_of(
    st.tuples(_name, st.one_of(ORDER, st.sampled_from(("=", "!="))), CONSTANTS).map(" ".join),
    st.tuples(CONSTANTS, ORDER, _name).map(" ".join),
    st.tuples(_name, st.just("in"), _range).map(" ".join),
    st.tuples(_name, _tests).map(lambda t: f"{t[0]} in ({t[1]})"),
    st.tuples(_name, NUMBERS, NUMBERS).map(lambda t: f"{t[0]} between {t[1]} and {t[2]}"),
    _name,
    _name.map(lambda n: f"not({n})"),
    _name.map(lambda n: f"{n} = null"),
    st.tuples(_name, _name, NUMBERS).map(lambda t: f"{t[0]} + {t[1]} > {t[2]}"),
    _name.map(lambda n: f"f({n}) = true"),
)
_either = st.lists(_atom, min_size=1, max_size=3).map(" or ".join)
WHEN = st.one_of(st.just(""), st.lists(_either.map(lambda e: f"({e})"), min_size=1, max_size=3).map(" and ".join))
LINES = st.builds(Line, st.dictionaries(_name, CELLS, max_size=3), WHEN, st.integers(0, 1))
TABLES = st.tuples(st.lists(LINES, max_size=8), st.tuples(st.one_of(st.just(""), _either), st.just("")))

VALUES = st.one_of(
    st.sampled_from([Decimal(n) for n in ("-4", "-3", "0", "0.99", "1", "1.00", "1.01", "1.5", "1.7", "2", "3")]),
    st.sampled_from(["", "a", "aa", "b", "d"]),
    st.sampled_from([date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1)]),
    st.booleans(),
    st.none(),
    st.sampled_from([[Decimal(1)], {"a": Decimal(1)}, evaluate_node(parse_expression("1 / 0"), {}, STRICT)]),
)
SCOPES = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=4, max_size=4)
FUNCTION = FeelFunction(("p",), lambda p: p)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=TABLES, scopes=SCOPES, in_force=st.integers(0, 255))
def test_all_matchers_agree(made: tuple[list[Line], tuple[str, str]], scopes: list[Any], in_force: int) -> None:
    """Rows that hold, rows that cannot be told and the truth of every condition, on and beside every break."""
    conditions = conditions_of(table(*made), functions=frozenset({"f"}))
    matchers = [matcher_of(name, conditions) for name in ("linear", "bitmap", "rete")]  # type: ignore[arg-type]
    for scope in scopes:
        names = {**scope, "f": FUNCTION}
        linear, bitmap, rete = (matcher.match(names, in_force, True) for matcher in matchers)
        assert linear == bitmap == rete
        assert matchers[1].match(names, in_force) == linear._replace(truths=None)


@settings(max_examples=examples(35), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=TABLES, scopes=SCOPES, varying=st.sets(_name))
def test_what_is_shared_between_calls_changes_nothing(
    made: tuple[list[Line], tuple[str, str]], scopes: list[Any], varying: set[str]
) -> None:
    """With the varying names changing from call to call, each match is what it would be alone."""
    conditions = conditions_of(table(*made), varying=frozenset(varying), functions=frozenset({"f"}))
    everything = (1 << len(made[0])) - 1
    stays = {**scopes[0], "f": FUNCTION}
    for name in ("bitmap", "rete"):
        matcher = matcher_of(name, conditions)  # type: ignore[arg-type]
        shared = matcher.share(stays)
        for scope in scopes:
            names = {**stays, **{other: scope[other] for other in varying}}
            linear = matcher_of("linear", conditions).match(names, everything, True)
            assert matcher.match(names, everything, True, shared) == linear
            assert matcher.match(names, everything, True) == linear


@settings(max_examples=examples(35), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=TABLES, scopes=SCOPES)
def test_undetermined_rows_have_causes_and_others_truths(made: Any, scopes: list[Any]) -> None:
    """A row holds when all its conditions are true, fails when one is false; an undetermined one tells why."""
    conditions = conditions_of(table(*made), functions=frozenset({"f"}))
    matcher = matcher_of("bitmap", conditions)
    for scope in scopes:
        names = {**scope, "f": FUNCTION}
        match = matcher.match(names, (1 << len(made[0])) - 1, True)
        assert match.truths is not None
        for row in range(len(made[0])):
            truth = min((match.truths[index] for index in conditions.row_conditions(row)), default=2)
            assert (match.held >> row & 1, match.undetermined >> row & 1) == (truth == 2, truth == 1)
        assert all(conditions.causes(row, names, match.known) for row in bits(match.undetermined))

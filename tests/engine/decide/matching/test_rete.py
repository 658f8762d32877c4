"""What a network of rows gives: the rows whose conditions are all present, stratum by stratum."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import durable_rules_engine as native
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import greenlane.engine as engine
from greenlane.engine.decide.matching import TRUE, UNDETERMINED, RuleSetTooLargeError
from greenlane.engine.decide.matching.rete import MatchingError, Network
from greenlane.engine.decide.matching.rete_groups import LIMITS, Limits
from tests.examples import examples

ROW = st.lists(st.integers(0, 11), max_size=4).map(tuple)
STRATA = st.lists(st.lists(ROW, max_size=12), max_size=4)
CODES = st.dictionaries(st.integers(0, 13), st.sampled_from([UNDETERMINED, TRUE]))
MESSAGE = re.compile(r'\{"id":"f","sid":"1","z":0(,"c[0-9]+":[12])*\}')


def fired_by_hand(strata: Sequence[Sequence[tuple[int, ...]]], codes: Sequence[Mapping[int, int]]) -> list[list[int]]:
    """The rows that hold, found by looking at every condition of every row."""
    result, first = [], 0
    for rows, present in zip(strata, codes, strict=True):
        result.append([first + i for i, row in enumerate(rows) if all(c in present for c in row)])
        first += len(rows)
    return result


@settings(max_examples=examples(50), deadline=None)
@given(STRATA, st.data(), st.sampled_from([LIMITS, Limits(leaves=3, conditions=5, rows=4)]))
def test_fires_the_rows_found_by_hand(strata, data, limits):
    """A network agrees with looking at every row, in one group or many."""
    network = Network(strata, limits)
    for _ in range(3):
        codes = [data.draw(CODES) for _ in strata]
        fired = network.run(lambda stratum, _, given=codes: given[stratum])
        assert [list(rows) for rows in fired] == fired_by_hand(strata, codes)


@settings(max_examples=examples(35), deadline=None)
@given(st.lists(st.lists(ROW, min_size=1, max_size=6), min_size=1, max_size=4), CODES)
def test_chains_to_a_fixpoint(strata, facts):
    """Rows that assert conditions for later strata give what repeating until nothing changes gives."""

    def asserted(fired: Sequence[int]) -> dict[int, int]:
        return facts | {row % 12: TRUE for row in fired}

    seen: list[tuple[int, ...]] = []

    def codes_of(stratum: int, fired: tuple[int, ...]) -> dict[int, int]:
        assert stratum == len(seen)
        seen.append(fired)
        return asserted(fired)

    result = Network(strata).run(codes_of)
    so_far: list[int] = []
    first = 0
    for stratum, rows in enumerate(strata):
        assert list(seen[stratum]) == so_far
        present = asserted(so_far)
        expected = [first + i for i, row in enumerate(rows) if all(c in present for c in row)]
        assert list(result[stratum]) == expected
        so_far += expected
        first += len(rows)


def test_empty_row_always_fires():
    """A row without conditions holds for every application, and a stratum without rows asks for no codes."""
    asked = []

    def codes_of(stratum: int, fired: tuple[int, ...]) -> dict[int, int]:
        asked.append((stratum, fired))
        return {}

    assert Network([[(), (1,)], [], [()]]).run(codes_of) == ((0,), (), (2,))
    assert asked == [(0, ()), (2, (0,))]


def test_network_without_rows():
    """No strata, no rows, no faults."""
    assert Network([]).run(lambda stratum, fired: {}) == ()


def test_firing_order_is_the_order_of_rows():
    """The order in which conditions are told, and in which rows are kept inside, never shows."""
    rows = [tuple(random.Random(n).sample(range(40), 2)) for n in range(150)]
    network = Network([rows])
    for seed in range(20):
        conditions = list(range(40))
        random.Random(seed).shuffle(conditions)
        assert network.run(lambda *_, told=conditions: dict.fromkeys(told, TRUE)) == (tuple(range(150)),)


def test_undetermined_condition_counts_as_present():
    """Both codes make a row fire: what undetermined means is the caller's."""
    network = Network([[(0, 1)]])
    assert network.run(lambda *_: {0: TRUE, 1: UNDETERMINED}) == ((0,),)
    assert network.run(lambda *_: {0: TRUE}) == ((),)


@pytest.mark.parametrize("code", [0, 3, -1, None, "1", "信用", '"', 1e20, 2**60])
def test_other_codes_are_refused(code):
    """Anything but the two codes is refused before the native code sees it, and the network goes on working."""
    network = Network([[(0,)]])
    with pytest.raises(ValueError) as refused:
        network.run(lambda *_: {0: code})
    assert str(refused.value) == f"code {code!r} of a condition is neither 2 nor 1"
    assert network.run(lambda *_: {0: TRUE}) == ((0,),)


def test_code_of_a_condition_no_row_reads_is_passed_over():
    """The caller may tell more than the stratum needs."""
    assert Network([[(0,)]]).run(lambda *_: {0: TRUE, 99: TRUE}) == ((0,),)


@settings(max_examples=examples(35), deadline=None)
@given(
    st.lists(st.lists(st.integers(-(10**30), 10**30), max_size=3).map(tuple), min_size=1, max_size=20),
    st.sampled_from([UNDETERMINED, TRUE]),
)
def test_only_generated_names_and_codes_reach_the_native_code(rows, code):
    """Whatever numbers the caller gives conditions, messages and definitions are made of our own few names."""
    network = Network([rows])
    every = dict.fromkeys([c for row in rows for c in row], code)
    for group in network._groups:
        assert MESSAGE.fullmatch(group.message(every))
        names = re.findall(r'"([^"]*)"', group.definition)
        assert all(re.fullmatch(r"\d{3}|end|all|m|z|\$and|\$gte|c\d+", name) for name in names)
        assert group.definition.isascii()
    assert network.run(lambda *_: every) == (tuple(range(len(rows))),)


def test_no_disjunction_negation_or_inequality():
    """`$or` fires once for each branch, `$not` is wrong when facts come late, `$neq` is false on what is missing."""
    rows = [tuple(random.Random(n).sample(range(30), n % 4)) for n in range(200)]
    definitions = [json.loads(group.definition) for group in Network([rows])._groups]
    operators = set(re.findall(r"\$\w+", json.dumps(definitions)))
    assert operators == {"$and", "$gte"}
    assert all(len(rule["all"]) == 1 for definition in definitions for rule in definition.values())


def test_generated_names_do_not_collide():
    """The native code tells properties apart by a 32-bit hash only: ours are all different."""
    names = ["id", "sid", "$s", "z", *(f"c{i}" for i in range(LIMITS.conditions))]

    def fnv1(name: str) -> int:
        value = 2166136261
        for byte in name.encode():
            value = (value ^ byte) * 16777619 % 2**32
        return value

    assert len({fnv1(name) for name in names}) == len(names)


def test_row_with_too_many_conditions_is_refused():
    """What no splitting makes small enough is refused when the network is built, naming the row."""
    wide = tuple(range(LIMITS.conditions + 1))
    with pytest.raises(RuleSetTooLargeError) as refused:
        Network([[(0,), (1,)], [(2,), wide]])
    assert refused.value.row == 3
    assert str(refused.value) == "row 3: 241 conditions in one row, more than 240"
    widest = wide[:-1]
    assert Network([[widest]]).run(lambda *_: dict.fromkeys(widest, TRUE)) == ((0,),)


def test_native_fault_surfaces_and_the_network_recovers():
    """A native error is ours to tell, and the session it happened in is not used again."""
    network = Network([[(0,)]])
    handle = network._idle[0]._handles[0]
    native.assert_fact(handle, '{"id":"f","sid":"1","z":0}')
    with pytest.raises(MatchingError) as failed:
        network.run(lambda *_: {0: TRUE})
    assert str(failed.value) == "a fact was answered with code 2"
    assert network.run(lambda *_: {0: TRUE}) == ((0,),)


def test_locked_session_is_a_fault_not_an_empty_answer():
    """An action started and not finished locks a fact memory for a minute, in which nothing would seem to hold."""
    network = Network([[(0,)]])
    handle = network._idle[0]._handles[0]
    _, state = native.assert_fact(handle, '{"id":"other","sid":"1","z":0}')
    native.start_action_for_state(handle, state)
    native.retract_fact(handle, '{"id":"other","sid":"1"}')
    with pytest.raises(MatchingError) as failed:
        network.run(lambda *_: {0: TRUE})
    assert str(failed.value) == "the row that always holds did not fire last"
    assert network.run(lambda *_: {0: TRUE}) == ((0,),)


def test_error_of_the_caller_passes_through():
    """An exception in `codes_of` is the caller's own and leaves the network as it was."""
    network = Network([[(0,)]])

    def codes_of(stratum: int, fired: tuple[int, ...]) -> dict[int, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        network.run(codes_of)
    assert network.run(lambda *_: {0: TRUE}) == ((0,),)


def test_only_one_module_imports_durable_rules():
    """What is fenced in is reached through the fence alone."""
    root = Path(engine.__file__).parent
    importing = re.compile(r"^\s*(import|from) durable", re.MULTILINE)
    users = [path.name for path in root.rglob("*.py") if importing.search(path.read_text(encoding="utf-8"))]
    assert users == ["rete.py"]

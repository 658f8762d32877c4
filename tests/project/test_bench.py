"""What measures the log measures the store as it is; what measures peers measures one table everywhere, in turn."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from bench import doors
from bench.peer_tables import NodeTable
from bench.peers import PEERS, Peer, compare, node_absent, rows_of
from bench.proof import audited, line
from bench.random_tables import DAY, random_applications, random_rows, rule_files
from bench.report import PAGE, Loss, Part, over, slower_than, where_we_lose, write
from bench.timing import BLOCK_SECONDS, Block, Timing, in_process, per_call, ratio, times, turning
from greenlane.engine.decide.application import ApplicationError
from greenlane.engine.policy import Policy


def test_the_log_can_be_measured(tmp_path: Path) -> None:
    """A line of the table, and the audit of a store that verifies."""
    shown = line("SQLite", f"sqlite:///{tmp_path}/bench.db", 2, tmp_path, 1, 0.01)
    assert shown[:2] == ["SQLite", "2"]
    assert audited(tmp_path, 500).endswith("for each decision (500 in SQLite).")


ROWS, APPLICATIONS = random_rows(200, seed=3), random_applications(4)[:80]


@pytest.fixture(scope="module")
def policy() -> Policy:
    """A small random table, compiled."""
    return doors.unchecked(rule_files(ROWS))


@pytest.fixture(scope="module")
def wanted(policy: Policy) -> list[int]:
    """The rows that greenlane gives, several of them."""
    found = rows_of(policy, APPLICATIONS)
    assert len(set(found)) > 10
    return found


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_peers_give_the_same_rows(peer: Peer, wanted: list[int]) -> None:
    """What is measured side by side is the same table, read the same way."""
    if not peer.installed:
        pytest.skip(f"{peer.name} is not installed: `sh scripts/build.sh bench`")
    decide = peer.table(ROWS)
    assert [decide(application) for application in APPLICATIONS] == wanted


def test_the_peer_in_node_gives_the_same_rows(wanted: list[int]) -> None:
    """The same for json-rules-engine, which measures its own blocks when it is asked for one."""
    if absent := node_absent():
        pytest.skip(f"json-rules-engine: {absent}")
    with closing(NodeTable(ROWS, APPLICATIONS, warm_seconds=0)) as node:
        assert node.rows == wanted
        assert node.block(20) > 0


@pytest.mark.parametrize("checked", [False, True])
def test_zen_gives_the_same_rows(policy: Policy, checked: bool) -> None:
    """The same for zen, by every door that is measured; another table is noticed."""
    pytest.importorskip("zen", reason="zen-engine is not installed: `sh scripts/build.sh bench`")
    from bench.tables import compare as compare_with_zen
    from bench.zen_table import zen_engine

    compare_with_zen(policy, zen_engine(ROWS, checked=checked), APPLICATIONS)
    with pytest.raises(ValueError, match="in zen"):
        compare_with_zen(policy, zen_engine(ROWS[1:], checked=checked), APPLICATIONS)


# What is changed in an application, and whether it is still one.
CHANGES: Mapping[str, tuple[Mapping[str, object], bool]] = {
    "nothing": ({}, True),
    "a null": ({"rating": None}, True),
    "a fraction": ({"tenor": 1.5}, True),
    "a text that is not allowed": ({"rating": "zzz"}, False),
    "a number as a text": ({"tenor": "3"}, False),
    "a truth value as a number": ({"tenor": True}, False),
    "an unknown name": ({"other": 1}, False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_zen_with_a_schema_refuses_what_the_vocabulary_refuses(policy: Policy, change: str) -> None:
    """What is called a checked application on the page is so on both sides."""
    pytest.importorskip("zen", reason="zen-engine is not installed: `sh scripts/build.sh bench`")
    from bench.zen_table import KEY, zen_engine

    changed, taken = CHANGES[change]
    application = {**APPLICATIONS[0], **changed}
    other = zen_engine(ROWS, checked=True)
    if taken:
        policy.decide(application, DAY)
        other.evaluate(KEY, application)
        return
    with pytest.raises(ApplicationError):
        policy.decide(application, DAY)
    with pytest.raises(RuntimeError):
        other.evaluate(KEY, application)


def test_the_door_of_json_gives_what_that_of_dictionaries_gives(policy: Policy) -> None:
    """Bytes in and out hold the same outcome, its numbers as strings."""
    application = APPLICATIONS[0]
    decided = doors.from_dictionary(policy, DAY)(application)
    answered = json.loads(doors.from_json(policy, DAY)(json.dumps(application).encode()))
    assert decided == {"row": rows_of(policy, [application])[0]}
    assert answered == {"row": str(rows_of(policy, [application])[0])}
    traced = doors.from_dictionary(policy, DAY, "fired")(application)
    assert isinstance(traced, dict)
    assert traced["level"] == "fired"


class Sides:
    """Sides that note their blocks and take the times they are given, nanoseconds, the last one for ever."""

    def __init__(self, **times: list[float]) -> None:
        self.blocks: list[tuple[str, int]] = []
        self._times = times

    def made(self) -> dict[str, Block]:
        """The sides by name."""
        return {name: self._side(name, times) for name, times in self._times.items()}

    def _side(self, name: str, times: list[float]) -> Block:
        def block(calls: int) -> float:
            self.blocks.append((name, calls))
            return times.pop(0) if len(times) > 1 else times[0]

        return block


def test_sides_take_turns_in_both_orders() -> None:
    """After two turns that say how long a call takes, and a block that warms, every side has one block in each round.

    A block is of whole turns: one of a side that is slow, as many as there is time for of one that is fast.
    """
    slow, fast = BLOCK_SECONDS * 1e9, BLOCK_SECONDS * 1e9 / 500
    sides = Sides(slow=[slow], fast=[fast])
    found = per_call(sides.made(), turn=200, rounds=3)
    assert sides.blocks == [
        *[("slow", 200), ("slow", 200), ("fast", 200), ("fast", 200)],
        *[("slow", 200), ("fast", 400)],
        *[("slow", 200), ("fast", 400)],
        *[("fast", 400), ("slow", 200)],
        *[("slow", 200), ("fast", 400)],
    ]
    assert found == {"slow": Timing((slow,) * 3), "fast": Timing((fast,) * 3)}


def test_what_warms_is_not_counted() -> None:
    """Neither the turns before nor the first block."""
    cold, warm = 9 * BLOCK_SECONDS * 1e9, BLOCK_SECONDS * 1e9
    found = per_call(Sides(one=[cold, cold, cold, warm]).made(), turn=1, rounds=2)
    assert found["one"].rounds == (warm, warm)


def test_a_ratio_is_that_of_rounds() -> None:
    """The sides of one round met the same machine: a slow round does not set one side's median against another's."""
    ours, theirs = Timing((1, 10, 100)), Timing((300, 30, 50))
    assert (ours.cpu, theirs.cpu) == (10, 50)
    assert ratio(theirs, ours) == 3


def test_a_ratio_is_never_shown_as_nothing() -> None:
    """However much faster the peer is."""
    assert [times(r) for r in (0.0033, 0.094, 0.096, 1.184, 9.99, 151.4)] == [
        "0.0033",
        "0.094",
        "0.10",
        "1.18",
        "9.99",
        "151",
    ]


def test_every_block_begins_without_what_others_left_behind() -> None:
    """A cycle made before a block is collected before its first call."""

    class Left:
        """What refers to itself."""

    left = Left()
    left.itself = left  # type: ignore[attr-defined]
    seen = weakref.ref(left)
    gc.disable()
    try:
        del left
        assert seen() is not None
        found: list[object] = []
        in_process(lambda: found.append(seen()))(2)
    finally:
        gc.enable()
    assert found == [None, None]


def test_inputs_come_in_turn_from_block_to_block() -> None:
    """A block goes on where the one before ended."""
    found: list[int] = []
    block = turning(found.append, [1, 2, 3])
    block(2)
    block(2)
    assert found == [1, 2, 3, 1]


def test_another_row_is_noticed() -> None:
    """Nothing is measured when one answer differs."""
    with pytest.raises(ValueError) as caught:
        compare("other", [1, 2, 4], [1, 2, 3])
    assert str(caught.value) == "row 3 here, row 4 in other, for application 2"


def test_losses_are_what_is_slower_or_short_of_an_aim() -> None:
    """A ratio below 1 says how much faster the peer is; one between 1 and the aim says what was reached."""
    assert slower_than("zen", "a table", 0.5, 1.7) == [
        Loss("a table", "zen is 2.00 times as fast", "1.70 times as fast as zen")
    ]
    assert slower_than("zen", "a table", 0.5) == [Loss("a table", "zen is 2.00 times as fast", "no slower than zen")]
    assert slower_than("zen", "a table", 1.5, 1.7) == [
        Loss("a table", "1.50 times as fast as zen", "1.70 times as fast as zen")
    ]
    assert slower_than("zen", "a table", 1.7, 1.7) == []
    assert over("a decision", 2_000_000, 180_000) == [Loss("a decision", "2 ms", "at most 180 µs")]
    assert over("a decision", 180_000, 180_000) == []


def test_the_page_says_first_where_we_lose(tmp_path: Path) -> None:
    """The losses of all parts stand before what was measured, and a run without any says so."""
    page = tmp_path / "page.md"
    lost = Loss("a table", "zen is 2.00 times as fast", "no slower than zen")
    write([Part("## A part\n", (lost,)), Part("## Another\n")], page)
    text = page.read_text(encoding="utf-8")
    assert "| a table | zen is 2.00 times as fast | no slower than zen |" in text
    assert text.index("## Where we lose") < text.index("## A part") < text.index("## Another")
    assert "Nowhere in this run." in where_we_lose([])


def test_the_page_says_how_every_peer_is_called() -> None:
    """By which call, where its authors show it, and of which version: what the page says is what is measured."""
    page = PAGE.read_text(encoding="utf-8")
    for peer in PEERS:
        assert f"([documentation]({peer.documentation})): {peer.call}" in page
        try:
            assert f"- `{peer.name}` {version(peer.name)} " in page
        except PackageNotFoundError:
            assert f"- `{peer.name}` " in page


def test_the_page_says_how_greenlane_and_zen_are_called() -> None:
    """By their doors, and how to measure again."""
    pytest.importorskip("zen", reason="zen-engine is not installed: `sh scripts/build.sh bench`")
    from bench.tables import TABLES, told

    page = PAGE.read_text(encoding="utf-8")
    assert told() in page
    assert all(text in page for text, _ in TABLES)


def test_expressions_are_measured_by_the_doors_that_the_page_names() -> None:
    """With and without what a program has to convert."""
    pytest.importorskip("zen", reason="zen-engine is not installed: `sh scripts/build.sh bench`")
    from bench.expressions import told

    assert told() in PAGE.read_text(encoding="utf-8")

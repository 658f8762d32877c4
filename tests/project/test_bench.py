"""What measures the log measures the store as it is; what measures peers measures the same table everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.peer_tables import run_in_node
from bench.peers import PEERS, Peer, compare, node_absent, rows_of
from bench.proof import audited, line
from bench.random_tables import random_applications, random_rows, ruleset_of
from bench.report import Loss, Part, over, slower_than, where_we_lose, write
from greenlane.engine.decide import Decider, compile_ruleset


def test_the_log_can_be_measured(tmp_path: Path) -> None:
    """A line of the table, and the audit of a store that verifies."""
    shown = line("SQLite", f"sqlite:///{tmp_path}/bench.db", 2, tmp_path, 1, 0.01)
    assert shown[:2] == ["SQLite", "2"]
    assert audited(tmp_path, 500).endswith("for each decision (500 in SQLite).")


ROWS, APPLICATIONS = random_rows(200, seed=3), random_applications(4)[:80]


@pytest.fixture(scope="module")
def decider() -> Decider:
    """A small random table, compiled."""
    return compile_ruleset(ruleset_of(ROWS), "bitmap")


@pytest.fixture(scope="module")
def wanted(decider: Decider) -> list[int]:
    """The rows that greenlane gives, several of them."""
    found = rows_of(decider, APPLICATIONS)
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
    """The same for json-rules-engine, which measures itself when it is asked for rounds."""
    if absent := node_absent():
        pytest.skip(f"json-rules-engine: {absent}")
    run = run_in_node(ROWS, APPLICATIONS, rounds=1, round_seconds=0.01)
    assert run.rows == wanted
    assert run.cpu is not None
    assert run.cpu > 0


def test_zen_gives_the_same_rows(decider: Decider) -> None:
    """The same for zen, through the door that is measured."""
    pytest.importorskip("zen", reason="zen-engine is not installed: `sh scripts/build.sh bench`")
    from bench.tables import compare as compare_with_zen
    from bench.tables import zen_engine

    compare_with_zen(decider, zen_engine(ROWS), APPLICATIONS)


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

"""The hazards of durable_rules 2.0.28, each beside the fence that keeps a network clear of it.

Scripts run in a process of their own, because the hazards hang or kill it.
"""

import os
import random
import signal
import subprocess
import sys

import pytest

from greenlane.engine.decide.matching import TRUE
from greenlane.engine.decide.matching.rete import MatchingError, Network
from greenlane.engine.decide.matching.rete_groups import LIMITS, Limits

UNLIMITED = Limits(leaves=10**6, conditions=10**6, rows=10**6)

NATIVE = """
import json
import durable_rules_engine as native

def rule_set(rows, always=False):
    rules = {f"{i:03}": {"all": [{"m": {"$gte": {f"c{c}": 1}}}]} for i, c in enumerate(rows)}
    if always:
        rules["end"] = {"all": [{"m": {"z": 0}}]}
    return native.create_ruleset("g", json.dumps(rules))

def fact(sid, conditions):
    return f'{{"id":"f","sid":"{sid}","z":0' + "".join(f',"c{c}":1' for c in conditions) + "}"

def memory():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096
"""

NETWORK = """
import random
from greenlane.engine.decide.matching import TRUE
from greenlane.engine.decide.matching.rete import MatchingError, Network
from greenlane.engine.decide.matching.rete_groups import Limits

def memory():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096
"""

needs_proc = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
needs_glibc = pytest.mark.skipif(sys.platform != "linux", reason="fresh memory is filled by glibc's MALLOC_PERTURB_")


def run(script: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=os.environ | environment,
        check=False,
    )


def all_present(count: int) -> Network:
    return Network([[(c,) for c in range(count)]])


def test_siblings_beyond_the_native_table_hang():
    """Without groups, 520 tests below one node never finish compiling."""
    with pytest.raises(subprocess.TimeoutExpired):
        run(NATIVE + "rule_set(range(520))", timeout=2)


@pytest.mark.parametrize("count", [63, 64, 65, 512, 2000])
def test_rows_beyond_every_native_table_fire(count):
    """Rows are put in groups, so any number of them fires, all at once."""
    network = all_present(count)
    assert network.run(lambda *_: dict.fromkeys(range(count), TRUE)) == (tuple(range(count)),)


def test_pending_nodes_beyond_64_fail_without_groups():
    """65 nodes waiting to be visited, with the row that always holds, fail when they are reached, and only then."""
    network = Network([[(c,) for c in range(64)]], UNLIMITED)
    assert network.run(lambda *_: dict.fromkeys(range(63), TRUE)) == (tuple(range(63)),)
    with pytest.raises(MatchingError) as failed:
        network.run(lambda *_: dict.fromkeys(range(64), TRUE))
    assert str(failed.value) == "durable_rules failed: Could not assert fact, error code: 303"


@pytest.mark.parametrize("seed", range(5))
def test_pending_nodes_never_overflow_whatever_the_order(seed):
    """150 rows of several conditions hold at once, however rows, conditions and told codes are ordered."""
    rand = random.Random(seed)
    rows = [tuple(rand.sample(range(60), rand.choice([1, 2, 3, 5]))) for _ in range(150)]
    told = rand.sample(range(60), 60)
    assert Network([rows]).run(lambda *_: dict.fromkeys(told, TRUE)) == (tuple(range(150)),)


def test_group_at_its_limits_holds():
    """63 leaves with the row that always holds are exactly what the native code bears, in one group."""
    network = all_present(LIMITS.leaves)
    assert len(network._groups) == 1
    assert network.run(lambda *_: dict.fromkeys(range(LIMITS.leaves), TRUE)) == (tuple(range(LIMITS.leaves)),)


def test_rows_alike_share_a_group_up_to_its_limit():
    """Rows with the very same conditions end below one node, where the native table has 256 places."""
    rows = [(0, 1)] * 500
    assert Network([rows]).run(lambda *_: {0: TRUE, 1: TRUE}) == (tuple(range(500)),)
    with pytest.raises(MatchingError) as failed:
        Network([rows], UNLIMITED)
    assert str(failed.value) == "durable_rules refused a rule set: Could not create ruleset, error code: 108"


def test_fact_of_too_many_properties_fails_without_groups():
    """A fact has fewer than 255 properties; the conditions of a group stay below."""
    rows = [tuple(range(start, start + 10)) for start in range(0, 400, 10)]
    codes = dict.fromkeys(range(400), TRUE)
    with pytest.raises(MatchingError) as failed:
        Network([rows], UNLIMITED).run(lambda *_: codes)
    assert str(failed.value) == "durable_rules failed: Could not assert fact, error code: 302"
    assert Network([rows]).run(lambda *_: codes) == (tuple(range(40)),)


@needs_glibc
@pytest.mark.parametrize("cause", ["unmatched", "overflowing"])
def test_deleting_a_memory_where_no_action_was_started_kills_the_process(cause):
    """The native code frees pointers that only the start of an action sets."""
    asserting = {
        "unmatched": "assert native.assert_fact(h, fact(9, [999]).replace('z', 'y'))[0] == 1",
        "overflowing": "try: native.assert_fact(h, fact(9, range(100)))\nexcept native.error as e: pass",
    }[cause]
    script = f"{NATIVE}\nh = rule_set(range(100))\n{asserting}\nnative.delete_state(h, '9')\nprint('alive')"
    died = run(script, MALLOC_PERTURB_="165")
    assert died.returncode == -signal.SIGSEGV or died.returncode == -signal.SIGABRT
    assert died.stdout == ""


@needs_glibc
def test_sessions_close_after_failures():
    """An action has been started in every session when it is made, so closing it after code 303 is safe."""
    script = """
network = Network([[(c,) for c in range(100)]], Limits(10**6, 10**6, 10**6))
failed = 0
for _ in range(30):
    try:
        network.run(lambda *_: dict.fromkeys(range(100), TRUE))
    except MatchingError:
        failed += 1
    assert network.run(lambda *_: {5: TRUE}) == ((5,),)
del network
print(failed)
"""
    done = run(NETWORK + script, MALLOC_PERTURB_="165")
    assert (done.returncode, done.stdout, done.stderr) == (0, "30\n", "")


def test_without_clearing_one_application_reaches_the_next(monkeypatch):
    """The fact of one application stays until it is retracted; with the fence gone the next evaluation is refused."""
    network = Network([[(0,)]])
    monkeypatch.setattr("greenlane.engine.decide.matching.rete._RETRACTION", '{"id":"none","sid":"1"}')
    assert network.run(lambda *_: {0: TRUE}) == ((0,),)
    with pytest.raises(MatchingError):
        network.run(lambda *_: {})
    # Another identifier for every fact only hides it: joined rows would then see both applications.
    script = (
        NATIVE
        + """
h = native.create_ruleset("g", json.dumps({"000": {"all": [{"a": {"c0": 1}}, {"b": {"c1": 1}}]}}))
native.assert_fact(h, '{"id":"first","c0":1}')
_, state = native.assert_fact(h, '{"id":"second","c1":1}')
print(native.start_action_for_state(h, state)[1][:7])
"""
    )
    assert run(script).stdout == '{"000":\n'


@needs_proc
def test_a_session_for_every_call_leaks_natively():
    """A fact memory that is not reused grows the process by kilobytes for each decision."""
    script = (
        NATIVE
        + """
h = rule_set(range(20), always=True)
native.assert_fact(h, fact("first", []))
before = memory()
for n in range(200):
    _, state = native.assert_fact(h, fact(n, [1]))
    native.start_action_for_state(h, state)
    native.complete_and_start_action(h, state)
print((memory() - before) // 200)
"""
    )
    assert int(run(script).stdout) > 15_000


@needs_proc
def test_memory_stays_flat_over_200_000_decisions():
    """After a warm-up the process keeps its size within 5 %."""
    script = """
rand = random.Random(1)
rows = [tuple(rand.sample(range(30), rand.choice([1, 2, 3]))) for _ in range(20)]
network = Network([rows])
applications = [{c: TRUE for c in range(30) if rand.random() < 0.2} for _ in range(100)]
def decide(rounds):
    for _ in range(rounds):
        for codes in applications:
            network.run(lambda *_: codes)
decide(50)
sizes = [memory()]
for _ in range(10):
    decide(200)
    sizes.append(memory())
print(max(abs(size / sizes[0] - 1) for size in sizes))
"""
    done = run(NETWORK + script, timeout=120)
    assert float(done.stdout) < 0.05


@needs_proc
def test_networks_that_are_dropped_give_their_memory_back():
    """Releases come and go in one process; each closes its native rule sets."""
    script = """
def build(times):
    for _ in range(times):
        Network([[(c, c + 1) for c in range(70)]]).run(lambda *_: {1: TRUE, 2: TRUE})
build(20)
before = memory()
build(400)
print((memory() - before) // 400)
"""
    assert int(run(NETWORK + script).stdout) < 3_000


def test_no_thread_is_started_and_no_host_is_loaded():
    """The host of durable_rules runs timers in threads of its own; the native module beneath it does not."""
    script = """
import sys, threading
Network([[(0,)]]).run(lambda *_: {0: TRUE})
print(threading.active_count(), "durable" in sys.modules)
"""
    assert run(NETWORK + script).stdout == "1 False\n"
    host = run("import threading\nfrom durable.lang import get_host\nget_host()\nprint(threading.active_count() > 1)")
    assert host.stdout == "True\n"

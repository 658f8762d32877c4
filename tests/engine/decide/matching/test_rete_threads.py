"""One network in many threads and processes at once: no field of one application is ever seen by another."""

import os
import random
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

import pytest

from greenlane.engine.decide.matching import TRUE, UNDETERMINED
from greenlane.engine.decide.matching.rete import MatchingError, Network

CONDITIONS = 30
RANDOM = random.Random(7)
STRATA = [[tuple(RANDOM.sample(range(CONDITIONS), RANDOM.choice([1, 1, 2, 3]))) for _ in range(20)] for _ in range(2)]
THREADS = 8
RUNS = 10_000 // THREADS


class OneForAll(list):
    """A store of sessions that gives everyone the same one: the fence taken away."""

    def pop(self, *_):
        return self[0]

    def append(self, _):
        pass


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns after a few instructions."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def wrong_answers(network: Network, seed: int) -> int:
    """How many of many random applications of one thread were not decided as by hand."""
    rand = random.Random(seed)
    wrong = 0
    for _ in range(RUNS):
        codes = {c: rand.choice([TRUE, UNDETERMINED]) for c in range(CONDITIONS) if rand.random() < 0.4}
        expected = tuple(
            tuple(20 * stratum + i for i, row in enumerate(rows) if codes.keys() >= set(row))
            for stratum, rows in enumerate(STRATA)
        )
        try:
            wrong += network.run(lambda *_, told=codes: told) != expected
        except MatchingError:
            wrong += 1
    return wrong


def in_threads(network: Network) -> int:
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda seed=seed: counts.append(wrong_answers(network, seed)))
        for seed in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == THREADS
    return sum(counts)


def test_interleaved_applications_do_not_mix(restless):
    """10,000 applications from eight threads get the answers they get alone, with no more sessions than threads."""
    network = Network(STRATA)
    assert in_threads(network) == 0
    assert 1 <= len(network._idle) <= THREADS


def test_one_session_for_all_threads_would_mix_applications(restless):
    """Without a session each, applications get each other's rows: the hazard is real."""
    network = Network(STRATA)
    network._idle = OneForAll(network._idle)
    assert in_threads(network) > 0


def test_network_may_run_itself():
    """A condition may need a decision by the same network, for other facts: neither run sees the other's facts."""
    network = Network([[(0,), (1,)], [(2,)]])
    inner = []

    def codes_of(stratum: int, fired: tuple[int, ...]) -> dict[int, int]:
        if stratum:
            inner.append(network.run(lambda inner_stratum, _: {1: TRUE}))
        return {0: TRUE, 2: TRUE}

    assert network.run(codes_of) == ((0,), (2,))
    assert inner == [((1,), ())]


def in_child(check: Callable[[], object]) -> int:
    """The exit code of a forked process that runs the check."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            check()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def check_alone(network: Network) -> None:
    assert wrong_answers(network, 3) == 0


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded")
def test_network_built_before_a_fork_serves_parent_and_child():
    """A server that loads rules and then forks its workers may go on with them in each."""
    network = Network(STRATA)
    check_alone(network)
    assert in_child(lambda: check_alone(network)) == 0
    assert in_child(lambda: in_threads(network) == 0 or os._exit(2)) == 0
    assert in_child(lambda: check_alone(Network(STRATA))) == 0
    check_alone(network)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded")
def test_fork_while_another_thread_is_deciding(restless):
    """A session in use by a thread that the child does not have is never used in the child."""
    network = Network(STRATA)
    stop = threading.Event()
    answers: list[int] = []

    def decide() -> None:
        while not stop.is_set():
            answers.append(wrong_answers_short(network))

    threads = [threading.Thread(target=decide) for _ in range(3)]
    for thread in threads:
        thread.start()
    codes = [in_child(lambda: wrong_answers_short(network) == 0 or os._exit(2)) for _ in range(20)]
    stop.set()
    for thread in threads:
        thread.join()
    assert codes == [0] * 20
    assert sum(answers) == 0


def wrong_answers_short(network: Network) -> int:
    codes = dict.fromkeys(range(CONDITIONS), TRUE)
    return sum(network.run(lambda *_: codes) != (tuple(range(20)), tuple(range(20, 40))) for _ in range(20))

"""What fuzzing once found stays mended: every input of the corpus passes the check of its target, in little time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.bounds import lower_bounds
from tests.fuzz.checks import CHECKS, TEXT_CHECKS
from tests.fuzz.generated import ByChance
from tests.fuzz.seeds import CORPUS, seeds
from tests.fuzz.sentences import Sentences

INPUTS = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    lower_bounds(monkeypatch.setattr)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_finding_is_mended(path: Path) -> None:
    """No exception, no disagreement, no hang."""
    CHECKS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", ["cell", "rulefile", "dmn"])
def test_seeds_pass(target: str) -> None:
    """Fuzzing begins with inputs of which everything holds."""
    for seed in seeds(target):
        CHECKS[target](seed)


@pytest.mark.parametrize("part", range(4))
def test_sentences_pass(part: int) -> None:
    """A few hundred of the sentences that fuzzing makes, without coverage to guide it."""
    for number in range(part * 50, part * 50 + 50):
        sentences = Sentences(ByChance(random.Random(number)), depth=3)
        TEXT_CHECKS["expression"](sentences.expression())
        TEXT_CHECKS["cell"](sentences.cell())


def test_checks_can_fail() -> None:
    """A check that holds of everything would find nothing: one that is told a wrong rule file says so."""
    with pytest.raises(AssertionError, match="the schema refuses"):
        TEXT_CHECKS["rulefile"]("decision: x\ntitle: {zh: 甲, en: A}\nvalue: 1\nbasis: null\n")

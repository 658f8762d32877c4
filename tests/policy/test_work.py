"""What the shipped rules take of the budget of a decision."""

from __future__ import annotations

import pytest

from greenlane.engine.feel.scope import MAX_STEPS
from tests.policy.shipped import CASES, application, result


@pytest.mark.parametrize("case", CASES)
def test_a_hundredth_of_the_budget_is_enough(case: str) -> None:
    """So nothing that policy adds is near the limit, as docs/feel.md says."""
    narrow = result(application(case), most=MAX_STEPS // 100)
    assert narrow.as_json() == result(application(case)).as_json()

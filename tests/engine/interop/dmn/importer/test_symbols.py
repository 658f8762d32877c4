"""Names of models to names of rule files."""

from __future__ import annotations

import pytest

from greenlane.engine.interop.dmn.importer.symbols import NameAllocator, rule_name

NAMES = """
Monthly income            | monthly_income
MonthlyIncome             | monthly_income
monthlyIncome2            | monthly_income2
Pre-bureau risk category  | pre_bureau_risk_category
DTI                       | dti
SMELoan                   | sme_loan
Applicant's age           | applicant_s_age
 R&D / revenue (%)        | r_d_revenue
申请金额                  | 申请金额
申请 金额                 | 申请_金额
贷款LPR                   | 贷款LPR
3 year growth             | n_3_year_growth
%                         | unnamed
_x                        | x
"""
CASES = [line.split("|") for line in NAMES.strip().splitlines()]


@pytest.mark.parametrize(("text", "name"), CASES, ids=[text.strip() for text, _ in CASES])
def test_names_are_snake_case_where_they_are_english(text: str, name: str) -> None:
    """Words are joined by `_`; other scripts keep their letters."""
    assert rule_name(text.strip()) == name.strip()


def test_each_name_is_given_once() -> None:
    """The first that is free of several, then numbers."""
    namer = NameAllocator(())
    assert [namer.take("age", "applicant_age") for _ in range(4)] == [
        "age", "applicant_age", "applicant_age_2", "applicant_age_3",
    ]  # fmt: skip


@pytest.mark.parametrize(("word", "name"), [("date", "date_value"), ("if", "if_value"), ("code", "code_value")])
def test_names_that_mean_something_are_not_given(word: str, name: str) -> None:
    """Built-in functions, words of FEEL and of tables; also when what they became is taken."""
    namer = NameAllocator(())
    assert [namer.take(word) for _ in range(3)] == [name, f"{name}_2", f"{name}_3"]


def test_a_built_in_function_that_nothing_calls_may_be_a_name() -> None:
    """Where the model itself has it: rule files allow it, and it reads best."""
    namer = NameAllocator((), called=["date"])
    assert namer.take("product", original="product") == "product"
    assert namer.take("date", original="date") == "date_value"
    assert namer.take("count", original="Count") == "count_value"


def test_a_name_is_not_changed_into_one_that_would_be_hidden() -> None:
    """But it may stay what it is, since it was hidden there in the model too."""
    namer = NameAllocator(["rate"])
    assert namer.take("rate", original="Rate") == "rate_2"
    assert namer.take("rate", original="rate") == "rate"

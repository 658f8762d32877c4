"""The sentences about each decision, written out: what it read, which rows held, what it came to."""

from decimal import Decimal
from textwrap import dedent

from greenlane.engine.explain.steps import DecisionStep, Seen, SeenCondition, SeenRow
from greenlane.engine.explain.story import narrate
from greenlane.engine.explain.wording import as_text
from greenlane.engine.feel import Cause, Undetermined
from greenlane.engine.text import Text
from tests.engine.explain.shop import tickets

RULESET = tickets()
MISSING_AGE = Cause("missing", "age", Text("需要一个值", "a value is needed"))

PRICED = DecisionStep(
    "base_price", {}, {"prices": RULESET.references["prices"].contexts(), "day": "weekday"}, (), Decimal(40)
)
DISCOUNTED = DecisionStep(
    "discounts",
    {"day": "weekday"},
    {"base_price": Decimal(40), "age": Decimal(30), "favoured": False},
    (
        SeenRow("D-1", Seen.HELD, {"bp": Decimal(-500), "code": "P1"}),
        SeenRow("D-2", Seen.FAILED, {}, conditions=(SeenCondition("weekend", "day", "weekday"),)),
        SeenRow("D-3", Seen.FAILED, {}, conditions=(SeenCondition("true", "favoured", False),)),
    ),
    [{"bp": Decimal(-500), "code": "P1"}],
)


def told(language: str, *steps: DecisionStep) -> str:
    return as_text(narrate(steps, RULESET), language)


def text(expected: str) -> str:
    return dedent(expected).lstrip("\n")


def test_value_decision_in_english():
    """A value decision tells its expression, the values of the names in it, and the result."""
    assert told("en", PRICED) == text(
        """
        Base price, basis: price list [tickets.yaml:15]
          - formula: prices[item.day = day][1].price [tickets.yaml:18]
          - read: reference table Prices (prices), 2 rows; Day (day) = weekday
          - result: Base price (base_price) = 40
        """
    )


def test_value_decision_in_chinese():
    """The same in Chinese."""
    assert told("zh", PRICED) == text(
        """
        基础票价，依据：price list [tickets.yaml:15]
          - 公式：prices[item.day = day][1].price [tickets.yaml:18]
          - 读取：参考表 票价 prices（2行）；日子 day = weekday
          - 结果：基础票价 base_price = 40
        """
    )


def test_table_in_english():
    """A row that holds tells each of its conditions with the value seen, what it yields and its reason."""
    assert told("en", DISCOUNTED) == text(
        """
        Discounts (Day (day) = weekday), basis: house rules §2 [tickets.yaml:20]
          - read: Base price (base_price) = 40; Age (age) = 30年; Favoured (favoured) = no
          - D-1 holds, because `base_price > 0` is true (Base price (base_price) = 40); \
Day (day) = weekday meets `weekday`; `age > 5` is true (Age (age) = 30年), it yields Adjustment (bp) = -500 bp, \
reason: P1 Weekday discount [tickets.yaml:35]
          - Day (day) = weekday does not meet: D-2 (`weekend`)
          - Favoured (favoured) = no does not meet: D-3 (`true`)
          - result: Discounts (discounts) = [{bp: -500, code: P1}]
        """
    )


def test_table_in_chinese():
    """The same in Chinese."""
    assert told("zh", DISCOUNTED) == text(
        """
        折扣（日子 day = weekday），依据：house rules §2 [tickets.yaml:20]
          - 读取：基础票价 base_price = 40；年龄 age = 30年；优待 favoured = 否
          - D-1 成立，因为“base_price > 0”为真（基础票价 base_price = 40）；日子 day = weekday 符合“weekday”；\
“age > 5”为真（年龄 age = 30年），得出调整 bp = -500 bp，理由：P1 平日优惠 [tickets.yaml:35]
          - 日子 day = weekday 不符合：D-2（weekend）
          - 优待 favoured = 否 不符合：D-3（true）
          - 结果：折扣 discounts = [{bp: -500, code: P1}]
        """
    )


def test_rule_set_with_an_undetermined_row():
    """A row that cannot be decided names the missing fact by its label, and says what follows from it."""
    step = DecisionStep(
        "kinds",
        {},
        {"age": None, "child": Undetermined((MISSING_AGE,)), "member": True},
        (
            SeenRow("K-1", Seen.UNDETERMINED, {}, causes=(MISSING_AGE,)),
            SeenRow("K-2", Seen.UNDETERMINED, {}, causes=(MISSING_AGE,)),
            SeenRow("K-3", Seen.HELD, {"favoured": True}),
        ),
        {"child": Undetermined((MISSING_AGE,)), "favoured": True},
    )
    assert told("en", step) == text(
        """
        Kinds of visitor [tickets.yaml:1]
          - read: Age (age) = missing; Child (child) = undetermined (Age (age) is missing); Member (member) = yes
          - K-1 cannot be decided: Age (age) is missing, it goes to a person, reason: Under twelve [tickets.yaml:11]
          - K-2 cannot be decided: Age (age) is missing, it goes to a person, \
reason: Children are favoured [tickets.yaml:12]
          - K-3 holds, because Member (member) = yes meets `true`, it yields Favoured (favoured) = yes, \
reason: Members are favoured [tickets.yaml:13]
          - result: Kinds of visitor (kinds) = {child: undetermined (Age (age) is missing), favoured: yes}
        """
    )
    assert "K-1 无法判定：缺少年龄 age，转人工判断，理由：十二岁以下 [tickets.yaml:11]" in told("zh", step)


def test_default_is_told():
    """Where no row holds the default is named as such."""
    failed = SeenRow("S-1", Seen.FAILED, {}, conditions=(SeenCondition("> 0", "price", Decimal(0)),))
    assert told("en", DecisionStep("status", {}, {"price": Decimal(0)}, (failed,), "ASK")) == text(
        """
        Status [tickets.yaml:43]
          - read: Price (price) = 0
          - Price (price) = 0 does not meet: S-1 (`> 0`)
          - no row holds, so the default is taken
          - result: Status (status) = ASK
        """
    )


def test_rows_that_failed_otherwise():
    """A condition on several names is told by its text; a row without conditions by its id alone."""
    several = SeenRow("D-1", Seen.FAILED, {}, conditions=(SeenCondition("age > base_price"),))
    rows = (several, SeenRow("D-2", Seen.FAILED, {}))
    assert "  - do not hold: D-1 (`age > base_price`), D-2\n" in told("en", DecisionStep("discounts", {}, {}, rows, []))


def test_rows_not_in_force():
    """Rows that were not in force on the day are named."""
    rows = (SeenRow("D-1", Seen.NOT_IN_FORCE, {}), SeenRow("D-2", Seen.NOT_IN_FORCE, {}))
    step = DecisionStep("discounts", {}, {}, rows, [])
    assert "  - not in force on the day: D-1, D-2\n" in told("en", step)
    assert "  - 当日不生效：D-1、D-2\n" in told("zh", step)


def test_rows_that_failed_alike_share_a_sentence():
    """Rows kept from holding by the same value of the same fact are told together."""
    rows = tuple(
        SeenRow(row, Seen.FAILED, {}, conditions=(SeenCondition(cell, "day", value),))
        for row, cell, value in (("D-1", "weekday", None), ("D-2", "weekend", None), ("D-3", "weekday", "holiday"))
    )
    lines = told("zh", DecisionStep("discounts", {}, {}, rows, [])).splitlines()
    assert lines[1:3] == [
        "  - 日子 day = 缺失 不符合：D-1（weekday）、D-2（weekend）",
        "  - 日子 day = holiday 不符合：D-3（weekday）",
    ]


def test_sentences_know_their_row_and_place():
    """Each sentence carries its decision, row and place as data."""
    heading, _, held, *_ = narrate([DISCOUNTED], RULESET)
    assert (heading.heading, heading.decision, heading.row) == (True, "discounts", None)
    assert heading.source == RULESET.decisions["discounts"].place
    assert (held.heading, held.decision, held.row, str(held.source)) == (False, "discounts", "D-1", "tickets.yaml:35:7")


def test_long_inputs_are_told_where_they_were_made():
    """A list or context too long to be told twice is left to the decision that made it; plain values never are."""
    items = [{"bp": Decimal(n), "code": f"P{n}"} for n in range(20)]
    step = DecisionStep("price", {}, {"discounts": items, "base_price": Decimal(40)}, (), Decimal(1))
    assert "  - read: Discounts (discounts), told under its own heading; Base price (base_price) = 40\n" in told(
        "en", step
    )
    assert "折扣 discounts（见其自身的说明）" in told("zh", step)


def test_long_lists_are_cut():
    """A list that nobody would read is cut, and its length told."""
    step = DecisionStep("reasons", {}, {}, (), [Decimal(n) for n in range(100)])
    assert told("en", step).endswith("38, 39, … 100 in all]\n")
    assert told("zh", step).endswith("38, 39, ……共100项]\n")


def test_other_causes_are_told_by_their_message():
    """What is not missing says what went wrong."""
    cause = Cause("arithmetic", "", Text("除数为零", "division by zero"))
    step = DecisionStep("price", {}, {}, (), Undetermined((cause, MISSING_AGE)))
    assert "result: Price (price) = undetermined (division by zero, Age (age) is missing)" in told("en", step)
    assert "结果：票价 price = 无法判定（除数为零、缺少年龄 age）" in told("zh", step)


def test_further_calls_do_not_tell_again_what_they_read():
    """A function reads the same names in every call: they are told once, its arguments and rows each time."""
    first, second = told("en", DISCOUNTED), told("en", DISCOUNTED, DISCOUNTED).removeprefix(told("en", DISCOUNTED))
    line = "  - read: Base price (base_price) = 40; Age (age) = 30年; Favoured (favoured) = no\n"
    assert line in first
    assert second == first.replace(line, "  - read: as in its first call\n")

"""A small ruleset about a ticket shop: a value, a function, a table, a rule set and a reference table."""

from greenlane.engine.rules.files import read
from greenlane.engine.rules.ruleset import Ruleset

FILES = {
    "ruleset.yaml": """\
ruleset: tickets
language: 1
version: 1.0.0
owner: 票务 / Tickets
title: {zh: 票务, en: Tickets}
effective: {from: 2024-01-01}
answer: {outcome: outcome, status: status, reasons: reasons, referred: ASK}
""",
    "vocabulary.yaml": """\
facts:
  age: {type: number, unit: 年, whole: true, zh: 年龄, en: Age}
  member: {type: boolean, zh: 会员, en: Member}
  day: {type: string, allowed: [weekday, weekend], zh: 日子, en: Day}
""",
    "reference/reference.yaml": """\
tables:
  prices:
    file: prices.csv
    title: {zh: 票价, en: Prices}
    source: the shop
    columns: {day: {type: string, allowed: [weekday, weekend]}, price: {type: number}}
""",
    "reference/prices.csv": "day,price\nweekday,40\nweekend,60\n",
    "tickets.yaml": """\
decision: kinds
title: {zh: 顾客类别, en: Kinds of visitor}
kind: rule set
undetermined: refer
asserts:
  child: {type: boolean, zh: 儿童, en: Child}
  favoured: {type: boolean, zh: 优待, en: Favoured}
default: {child: false, favoured: false}
rows: |
  id  | age (年) | child | member | then           | zh         | en
  K-1 | < 12     | -     | -      | child: true    | 十二岁以下 | Under twelve
  K-2 | -        | true  | -      | favoured: true | 儿童优待   | Children are favoured
  K-3 | -        | -     | true   | favoured: true | 会员优待   | Members are favoured
---
decision: base_price
title: {zh: 基础票价, en: Base price}
basis: price list
value: prices[item.day = day][1].price
---
decision: discounts
title: {zh: 折扣, en: Discounts}
basis: house rules §2
parameters: [day]
hit: collect
undetermined: refer
referral: {bp: 0}
outputs:
  bp: {type: number, unit: bp, zh: 调整, en: Adjustment}
  code: {}
sections:
  - title: {zh: 常规, en: Usual}
    for: base_price > 0
    rows: |
      id  | day     | favoured | when     | bp   | code | zh       | en
      D-1 | weekday | -        | age > 5  | -500 | P1   | 平日优惠 | Weekday discount
      D-2 | weekend | -        | -        | 300  | P2   | 周末加价 | Weekend surcharge
      D-3 | -       | true     | -        | -900 | P3   | 优待折扣 | Favoured discount
---
decision: price
title: {zh: 票价, en: Price}
value: base_price * (10000 + sum(discounts(day).bp)) / 10000
---
decision: status
title: {zh: 状态, en: Status}
hit: first
undetermined: refer
outputs:
  status: {type: string, allowed: [SELL, ASK]}
default: {status: ASK}
rows: |
  id  | price | status
  S-1 | > 0   | SELL
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: discounts(day).code
---
decision: outcome
title: {zh: 结果, en: Outcome}
value: "{price: price}"
""",
}


def tickets() -> Ruleset:
    """The ruleset read from its files."""
    reading = read({name: text.encode() for name, text in FILES.items()})
    assert reading.ruleset is not None, reading.diagnostics
    return reading.ruleset

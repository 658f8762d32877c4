"""A small real ruleset: loans priced by a dated rate and a row, referred above a limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

RULESET = """\
ruleset: small-lending
language: 1
version: 1.0.0
owner: 政策部 / Policy
title: {zh: 小规则集, en: Small rules}
effective: {from: 2024-01-01}
answer: {outcome: outcome, status: status, reasons: reasons, referred: REFERRED}
"""
VOCABULARY = """\
facts:
  application_id: {type: string, required: true, zh: 申请编号, en: Application}
  application_date: {type: date, required: true, zh: 申请日, en: Applied on}
  amount_wan: {type: number, unit: 万元, min: 0, required: true, zh: 金额, en: Amount}
"""
PRICING = """\
decision: base
title: {zh: 基准, en: Base}
value: rates[published <= application_date][-1].rate
---
decision: limit
title: {zh: 限额, en: Limit}
hit: first
undetermined: refer
outputs:
  lane: {type: string, allowed: [STANDARD, MANUAL]}
  code: {}
rows: |
  id    | amount_wan (万元) | lane     | code | zh       | en
  LIM-1 | > 1000            | MANUAL   | R1   | 超过限额 | Above the limit
  LIM-2 | -                 | STANDARD | R2   | 限额以内 | Within the limit
"""
OUTCOME = """\
decision: outcome
title: {zh: 结果, en: Outcome}
value: "{rate: base, lane: limit.lane}"
---
decision: status
title: {zh: 状态, en: Status}
value: if limit.lane = "STANDARD" then "APPROVED" else "REFERRED"
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: "[limit.code]"
"""
REFERENCE = """\
tables:
  rates:
    file: rates.csv
    title: {zh: 利率, en: Rates}
    source: made up
    dated by: published
    columns:
      published: {type: date}
      rate: {type: number, unit: "%"}
"""


def application(amount: int = 800, day: str = "2026-03-02") -> dict[str, Any]:
    """An application."""
    return {"application_id": "APP-1", "application_date": day, "amount_wan": amount}


def case(amount: int, lane: str, **more: Any) -> str:
    """The file of a worked case: an application with this amount, and its lane."""
    return json.dumps({"application": application(amount) | more, "expected": {"lane": lane}}, ensure_ascii=False)


RATES = "published,rate\n2024-01-22,3.45\n2026-02-20,3.10\n"

FILES: Mapping[str, str] = {
    "ruleset.yaml": RULESET,
    "vocabulary.yaml": VOCABULARY,
    "pricing.yaml": PRICING,
    "outcome.yaml": OUTCOME,
    "reference/reference.yaml": REFERENCE,
    "reference/rates.csv": RATES,
    "cases/A.json": case(100, "STANDARD"),
    "cases/B.json": case(5000, "MANUAL"),
}


def changed(path: str, before: str, after: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    """The files with one place of one of them changed."""
    assert files[path].count(before) == 1, before
    return {**files, path: files[path].replace(before, after)}


def raised(files: Mapping[str, str], version: str) -> dict[str, str]:
    """The files with another version."""
    return changed("ruleset.yaml", "version: 1.0.0", f"version: {version}", files)


LOWER = raised(changed("pricing.yaml", "| > 1000            |", "| > 500             |"), "1.1.0")
"""A lower limit."""

CORRECTED = raised(changed("reference/rates.csv", "2026-02-20,3.10", "2026-02-20,3.00"), "1.2.0")
"""The rate of February as it should have been recorded."""

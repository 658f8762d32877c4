"""A small ruleset to put one more file into: everything a rule file may refer to, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping

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
groups:
  applicant: {zh: 申请人, en: Applicant}
facts:
  rating: {in: applicant, type: string, allowed: [AAA, AA, A, none], sensitivity: 3, zh: 评级, en: Rating}
  employees: {in: applicant, type: number, unit: 人, min: 0, whole: true, zh: 从业人员, en: Employees}
  amount_wan: {type: number, unit: 万元, min: 0, zh: 金额, en: Amount}
  tenor_months: {type: number, unit: 月, min: 0, zh: 期限, en: Tenor}
  product: {type: string, allowed: [LOAN, LEASE], required: true, zh: 产品, en: Product}
  listed: {type: boolean, absent: false, zh: 上市, en: Listed}
  applied: {type: date, required: true, zh: 申请日, en: Applied on}
  name: {in: applicant, type: string, personal: true, zh: 名称, en: Name}
  growth rate: {type: number, unit: "%", zh: 增速, en: Growth}
"""
DECISIONS = """\
decision: outcome
title: {zh: 结果, en: Outcome}
value: "{status: status}"
---
decision: status
title: {zh: 状态, en: Status}
value: if amount_wan > 0 then "APPROVED" else "REFERRED"
---
decision: reasons
title: {zh: 原因, en: Reasons}
value: "[]"
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
      tenor: {type: string, allowed: [1Y, 5Y+]}
      rate: {type: number, unit: "%", min: 0}
      note: {type: string, optional: true}
"""
RATES = """\
published,tenor,rate,note
2024-01-22,1Y,3.45,
2024-02-20,5Y+,3.95,"cut, the first"
"""

FILES: Mapping[str, str] = {
    "ruleset.yaml": RULESET,
    "vocabulary.yaml": VOCABULARY,
    "answer.yaml": DECISIONS,
    "reference/reference.yaml": REFERENCE,
    "reference/rates.csv": RATES,
}


def with_file(name: str, content: str | bytes) -> dict[str, bytes]:
    """The small ruleset with one file added, or replaced."""
    files = {path: text.encode() for path, text in FILES.items()}
    files[name] = content.encode() if isinstance(content, str) else content
    return files

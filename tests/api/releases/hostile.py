"""Rules that take more than they should, whatever else stops them: too much to read, and no end of computing."""

from __future__ import annotations

from tests.api.small_rules import FILES, changed

TABLE = """\
decision: t{n}
title: {{zh: 表{n}, en: Table {n}}}
hit: first
undetermined: refer
outputs: {{points: {{type: number}}, code: {{}}}}
rows: |
  id | amount_wan (万元) | points | code | zh | en
"""
CALL = """\
decision: f{n}
parameters: [amount_wan]
title: {{zh: 函数{n}, en: Function {n}}}
value: {value}
"""


def long_rules(tables: int, rows: int = 100) -> dict[str, str]:
    """The small rules and many rows."""
    files = dict(FILES)
    for n in range(tables):
        lines = [f"  R{n}X{row} | [{row}..{row + 1}) | {row} | C{n}X{row} | 零 | Row\n" for row in range(rows)]
        files[f"long/t{n}.yaml"] = TABLE.format(n=n) + "".join(lines)
    return files


def calling_twice(decisions: int) -> dict[str, str]:
    """The small rules and decisions each of which calls the next one twice, never with the same number."""
    calls = [f"f{n + 1}(amount_wan * 2) + f{n + 1}(amount_wan * 2 + 1)" for n in range(decisions - 1)]
    text = "---\n".join(CALL.format(n=n, value=value) for n, value in enumerate([*calls, "amount_wan"]))
    files = changed("outcome.yaml", "lane: limit.lane", "lane: limit.lane, sum: f0(amount_wan)")
    return {**files, "calls.yaml": text}

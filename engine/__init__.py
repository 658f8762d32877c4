"""Greenlane's engine: rule files in, decisions out. A pure library without clock, network or globals.

    files ── engine.rulefile.read ──▶ Ruleset ── engine.verify.check ──▶ diagnostics
                                        │ engine.decide.compile_ruleset
    facts ───────────────────────────▶ Decider.decide ──▶ Result ── engine.explain.explain ──▶ sentences

Expressions alone: `engine.feel.evaluate` and `engine.feel.test`.
"""

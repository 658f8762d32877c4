"""Greenlane's engine: rule files in, decisions out. A pure library without clock, network or globals.

    files ── greenlane.engine.rules.files.read ──▶ Ruleset ── greenlane.engine.check.check ──▶ diagnostics
                                        │ greenlane.engine.decide.compile_ruleset
    facts ───────────────────────────▶ Decider.decide ──▶ Result ── greenlane.engine.explain.explain ──▶ sentences

Expressions alone: `greenlane.engine.feel.evaluate` and `test` there.
"""
